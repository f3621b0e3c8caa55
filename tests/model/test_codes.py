"""Joined codes come apart, sentences stay whole, and what grows is counted once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.codes import Code, Sight, new_codes, reread, reread_codes, split_codes
from numdeck.model.text import MAX_FIELD, clean

WHOLE = "A parcel is on its way to you. " * 9 + "79373"
CUT = clean(WHOLE)
CODES = st.lists(st.from_regex(r"[0-9]{5,8}", fullmatch=True), max_size=6).map(tuple)
TEXTS = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


@pytest.mark.parametrize(
    ("known", "seen", "fresh"),
    [
        ((), (), ()),
        ((), ("1",), ("1",)),
        (("1",), ("1",), ()),
        (("1",), ("1", "2"), ("2",)),
        (("1",), ("2", "1"), ("2",)),
        (("1",), ("1", "1"), ("1",)),
        (("1", "1"), ("1", "1"), ()),
        (("1", "1"), ("1",), ()),
        (("1", "2"), ("2",), ()),
        (("1", "2"), ("3",), ("3",)),
        (("1",), (), ()),
        ((), ("2", "1", "2"), ("2", "1", "2")),
        (("111 222",), ("111 222", "111 333"), ("111 333",)),
    ],
)
def test_new_codes(known: tuple[str, ...], seen: tuple[str, ...], fresh: tuple[str, ...]) -> None:
    assert new_codes(known, seen) == fresh


@given(TEXTS, TEXTS)
def test_no_code_is_lost_or_counted_twice(known: tuple[str, ...], seen: tuple[str, ...]) -> None:
    together = Counter(known + new_codes(known, seen))
    assert together == Counter(known) | Counter(seen)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("79373", ("79373",)),
        ("", ("",)),
        ("111,222", ("111", "222")),
        ("111, 222 ;333", ("111", "222", "333")),
        ("111,222,", ("111", "222")),
        ("111,", ("111",)),
        ("111|222", ("111", "222")),
        ("111\n222\r\n333", ("111", "222", "333")),
        ("111^J222", ("111", "222")),
        ("G-123456,G-654321", ("G-123456", "G-654321")),
        ("A1B2C3;D4E5F6", ("A1B2C3", "D4E5F6")),
        ("222,222", ("222", "222")),
        ("79373 12345", ("79373", "12345")),
        # One code in groups, an amount, or nobody knows:
        ("123 456", ("123 456",)),
        ("1234 5678", ("1234 5678",)),
        ("123-456", ("123-456",)),
        ("1,234", ("1,234",)),
        ("0,15", ("0,15",)),
        # Sentences:
        ("Your code is 111,222", ("Your code is 111,222",)),
        ("Hello, 79373", ("Hello, 79373",)),
        ("79373, valid for 5 minutes", ("79373, valid for 5 minutes",)),
        ("Code 79373^JDo not share it", ("Code 79373^JDo not share it",)),
        ("yes,no", ("yes,no",)),
        (",;|", (",;|",)),
        ("1234567890123,111", ("1234567890123,111",)),
    ],
)
def test_only_a_clear_list_is_split(text: str, codes: tuple[str, ...]) -> None:
    assert split_codes(text) == codes


@pytest.mark.parametrize(
    ("known", "seen", "fresh"),
    [
        (("1234",), ("1234 5678",), ("5678",)),
        (("1234", "5678"), ("1234 5678",), ()),
        (("1234 5678",), ("1234 5678 9012",), ("9012",)),
        (("1234 5678", "9012"), ("1234 5678 9012",), ()),
        (("1234",), ("1234 1234",), ("1234",)),
        ((), ("1234 5678",), ("1234 5678",)),
        (("9999",), ("1234 5678",), ("1234 5678",)),
        (("1234",), ("1234 is your code",), ("1234 is your code",)),
    ],
)
def test_codes_joined_by_spaces(known: tuple[str, ...], seen: tuple[str, ...], fresh: tuple[str, ...]) -> None:
    assert new_codes(known, seen) == fresh
    assert new_codes(known + fresh, seen) == (), "the same answer again is no news"


@pytest.mark.parametrize(
    ("known", "seen", "reread"),
    [
        (("111", "222"), ("333",), ((0, "111"), (1, "222"))),
        (("111,222",), (), ((0, "111"), (0, "222"))),
        (("111", "111,222", "111,222,333"), (), ((0, "111"), (1, "222"), (2, "333"))),
        (("111", "222", "111,222"), (), ((0, "111"), (1, "222"))),
        (("222", "222,222"), (), ((0, "222"), (1, "222"))),
        ((CUT,), (WHOLE,), ((0, WHOLE),)),
        ((CUT, CUT), (WHOLE,), ((0, WHOLE), (1, CUT))),
        ((CUT,), ("x" * MAX_FIELD,), ((0, CUT),)),
        ((CUT,), (CUT[:-2] + "x" + WHOLE[MAX_FIELD:],), ((0, CUT),)),
        ((WHOLE,), (WHOLE,), ((0, WHOLE),)),
    ],
)
def test_codes_stored_by_earlier_versions(
    known: tuple[str, ...], seen: tuple[str, ...], reread: tuple[tuple[int, str], ...]
) -> None:
    assert reread_codes(known, seen) == reread


def test_reread_keeps_when_a_code_was_seen() -> None:
    joined, whole = Code("111,222", 5.0, Sight.SEEN), Code("333", 9.0)
    assert reread((joined, whole), ("111", "222", "333")) == (
        Code("111", 5.0, Sight.SEEN),
        Code("222", 5.0, Sight.SEEN),
        whole,
    )
    assert reread((joined,), ("111,222",)) == (joined,)


@given(CODES, st.sampled_from([",", ";", ", ", " ", "\n", "|"]))
def test_joined_codes_are_split(codes: tuple[str, ...], separator: str) -> None:
    assert split_codes(separator.join(codes)) == (codes or ("",))


@given(CODES, st.sampled_from([",", " "]))
def test_each_joined_code_is_new_once(codes: tuple[str, ...], separator: str) -> None:
    known: tuple[str, ...] = ()
    for count in range(1, len(codes) + 1):
        seen = split_codes(separator.join(codes[:count]))
        fresh = new_codes(known, seen)
        assert fresh == codes[count - 1 : count]
        known += fresh
    assert Counter(known) == Counter(codes)


@given(
    st.lists(st.text("12 ,x", max_size=9), max_size=4).map(tuple), st.lists(st.text("12 ,x", max_size=9), max_size=4)
)
def test_a_repeated_answer_has_no_new_codes(known: tuple[str, ...], seen: list[str]) -> None:
    fresh = new_codes(known, tuple(seen))
    assert new_codes(known + fresh, tuple(seen)) == ()
