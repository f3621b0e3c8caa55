"""Finding by name or code: the best hit first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.search import MOST, Haystack, Named

SERVICES = Haystack([
    Named("wa", "WhatsApp"),
    Named("s1", "Telegram Premium"),
    Named("tg", "Telegram"),
    Named("x1", "Mini Telegram"),
    Named("x2", "Prototgram"),
    Named("te", "Tencent QQ"),
    Named("mm", "Microsoft"),
    Named("go", "Google, Gmail"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("tg", ["tg", "x2"]),
        ("TG", ["tg", "x2"]),
        ("telegram", ["tg", "s1", "x1"]),
        ("te", ["te", "tg", "s1", "x1"]),
        ("gmail", ["go"]),
        ("  premium   tele ", ["s1"]),
        ("whats", ["wa"]),
        ("nothing", []),
    ],
)
def test_the_best_hit_comes_first(typed: str, codes: list[str]) -> None:
    assert [entry.code for entry in SERVICES.search(typed)] == codes


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_finds_the_first_entries(typed: str) -> None:
    assert [entry.code for entry in SERVICES.search(typed, limit=2)] == ["wa", "s1"]


def test_no_more_than_can_be_shown() -> None:
    many = Haystack([Named(str(number), f"service {number}") for number in range(1000)])
    assert len(many.search("service")) == len(many.search("")) == MOST
    assert len(many) == 1000


def test_by_code() -> None:
    twice = Haystack([Named("tg", "first"), Named("TG", "second")])
    assert twice.by_code(" Tg ") == Named("tg", "first")
    assert twice.by_code("t") is None


@given(st.text(max_size=20))
def test_every_hit_has_every_word(typed: str) -> None:
    for entry in SERVICES.search(typed):
        assert all(word in entry.name.casefold() or word in entry.code for word in typed.casefold().split())
