"""One order, one id, however an answer spells it."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.order_id import canonical_id, wire_id

CANONICAL = "7106b2f0c3d44e5fa6b7c8d9e0f1a2b3"
DASHED = "7106b2f0-c3d4-4e5f-a6b7-c8d9e0f1a2b3"


@pytest.mark.parametrize("raw", [CANONICAL, DASHED, DASHED.upper(), CANONICAL.upper(), f"  {DASHED}\n"])
def test_every_spelling_of_a_uuid_is_one_id(raw: str) -> None:
    assert canonical_id(raw) == CANONICAL


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("12345", "12345"),
        ("Order-A1", "Order-A1"),
        (CANONICAL[:-1], CANONICAL[:-1]),
        (CANONICAL + "0", CANONICAL + "0"),
        ("g" * 32, "g" * 32),
        ("a\x1bb", "a^[b"),
        ("", ""),
    ],
)
def test_what_is_no_uuid_stays_as_its_cleaned_text(raw: str, canonical: str) -> None:
    assert canonical_id(raw) == canonical


def test_paths_have_the_dashed_spelling() -> None:
    assert wire_id(CANONICAL) == DASHED
    assert wire_id("12345") == "12345"


@given(st.uuids())
def test_to_the_wire_and_back(uuid: UUID) -> None:
    assert wire_id(canonical_id(str(uuid))) == str(uuid)
    assert canonical_id(wire_id(uuid.hex)) == uuid.hex


@given(st.text())
def test_a_canonical_id_stays_what_it_is(raw: str) -> None:
    once = canonical_id(raw)
    assert canonical_id(once) == once
