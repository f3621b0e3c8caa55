"""What comes in a shape that nobody documented is kept part by part: cleaned, bounded, and nothing made up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.extras import MAX_TOLD, Extras, Parts, bound, merge_extras, take_apart
from numdeck.model.text import clean

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=40,
)
CHECK = {"fraud_score": 0, "VOIP": False, "line_type": "Wireless", "carrier": None, "recent_abuse": True}


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (None, ()),
        ("", ()),
        ({}, ()),
        ([], ()),
        ("clean", (("", "clean"),)),
        (0, (("", "0"),)),
        (Decimal("0.0"), (("", "0.0"),)),
        (False, (("", "no"),)),
        (
            CHECK,
            (
                ("fraud_score", "0"),
                ("VOIP", "no"),
                ("line_type", "Wireless"),
                ("carrier", "—"),
                ("recent_abuse", "yes"),
            ),
        ),
        ({"a": {"b": [1, {"c": "x"}], "d": {}}}, (("a.b.1", "1"), ("a.b.2.c", "x"), ("a.d", "—"))),
        (["x", ["y"]], (("1", "x"), ("2.1", "y"))),
        ({"a\x1b": "\u202ex"}, (("a^[", "<U+202E>x"),)),
        ([[[[[["too deep"]]]]]], (("1.1.1.1.1", "…"),)),
        ("x" * 4096, (("", "x" * 4096),)),
        ("x" * 5000, (("", "x" * 4095 + "…"),)),
    ],
)
def test_how_it_comes_apart(value: object, parts: Parts) -> None:
    assert take_apart(value) == parts


@pytest.mark.parametrize("value", [list(range(10**5)), {str(n): "x" * 1000 for n in range(999)}], ids=["many", "long"])
def test_what_is_too_much_is_said_to_be(value: object) -> None:
    parts = take_apart(value)
    assert parts[-1] == ("…", "There is more, which is not kept.")
    assert len(parts) <= 65
    assert sum(len(name) + len(text) for name, text in parts[:-1]) <= MAX_TOLD


@given(JSON)
def test_whatever_its_shape_it_is_harmless(value: object) -> None:
    for name, text in take_apart(value):
        assert clean(name) == name
        assert text == clean(text, MAX_TOLD)
        assert text


def test_further_fields_are_joined_field_by_field() -> None:
    known: Extras = (("city", (("", "Berlin"),)), ("lines", (("1", "a"), ("2", "b"))))
    seen: Extras = (("lines", (("1", "c"),)), ("asn", (("", "64500"),)))
    joined = (("city", (("", "Berlin"),)), ("lines", (("1", "c"),)), ("asn", (("", "64500"),)))
    assert merge_extras(known, seen) == joined
    assert merge_extras(joined, seen) == joined
    assert merge_extras(known, ()) == known


def test_all_of_them_together_are_bounded() -> None:
    many = bound({str(number): (("", "x" * 1000),) for number in range(99)})
    assert [name for name, _ in many] == ["0", "1", "2", "3"]
