"""Bytes from outside are text: harmless, true, and not too long."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numdeck.model.text import MAX_FIELD, clean, typeable

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=300)
"""Any text there may be in Python, lone surrogates too."""

LONG = "x" * MAX_FIELD


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text, 123 [TODO] [/b]", "plain text, 123 [TODO] [/b]"),
        ("", ""),
        ("Привет 你好 é", "Привет 你好 é"),
        ("\x1b[31mred", "^[[31mred"),
        ("\x00\t\n\r\x07", "^@^I^J^M^G"),
        ("\x1b]52;c;aGk=\x07", "^[]52;c;aGk=^G"),
        ("\x7f", "^?"),
        ("\x80\x9b\x9f", "~^@~^[~^_"),
        ("abc\u202edef", "abc<U+202E>def"),
        ("\u2066\u2069\u200e\u061c", "<U+2066><U+2069><U+200E><U+061C>"),
        ("12\u200b34\ufeff\u00ad", "12<U+200B>34<U+FEFF><U+00AD>"),
        ("\u2028\u2029", "<U+2028><U+2029>"),
        ("\ud800", "<U+D800>"),
        ("\ue000\U0010ffff", "<U+E000><U+10FFFF>"),
        ("\u3164\u115f\u2800\u034f", "<U+3164><U+115F><U+2800><U+034F>"),
        ("a\u00a0b\u3000c", "a b c"),
        ("e\u0301", "e\u0301"),
        ("e" + "\u0301" * 9 + "x", "e\u0301\u0301x"),
        ("\u0301", "◌\u0301"),
        ("\u0301\u0301\u0301", "◌\u0301\u0301"),
        ("\x1b\u0301", "^[\u0301"),
        ("\u2764\ufe0f", "\u2764"),
        ("a\U000e0100b", "ab"),
        (None, "None"),
        (12.5, "12.5"),
        (["a\x1b"], "['a\\x1b']"),
    ],
)
def test_clean(raw: object, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (LONG, LONG),
        (LONG + "x", LONG[:-1] + "…"),
        (LONG[:-1] + "\x1b", LONG[:-1] + "…"),
        (LONG[:-2] + "\x1b", LONG[:-2] + "^["),
        ("x" * 1_000_000, LONG[:-1] + "…"),
        ("\u202e" * 1000, ("<U+202E>" * 1000)[: MAX_FIELD - 1] + "…"),
    ],
)
def test_long_text_ends_in_an_ellipsis(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_other_limits() -> None:
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"


@given(ANYTHING, st.integers(1, 250))
@example("\x1b" * 300, 200)
@example("◌\u0301\u0301\u0301", 3)
def test_the_result_is_harmless(raw: str, limit: int) -> None:
    shown = clean(raw, limit)
    assert shown.isprintable(), "no control, format, private, unassigned or separating character but the space"
    assert len(shown) <= limit
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not _longest_run_of_marks(shown) > 2


@given(ANYTHING, st.integers(1, 250))
def test_cleaning_clean_text_changes_nothing(raw: str, limit: int) -> None:
    shown = clean(raw, limit)
    assert clean(shown, limit) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=MAX_FIELD))
def test_letters_signs_and_numbers_stay(raw: str) -> None:
    visible = [character for character in raw if clean(character) == character]
    assert clean("".join(visible)) == "".join(visible)
    assert len(raw) - len(visible) == sum(clean(character).startswith("<U+") for character in raw)


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character).startswith("M") else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    ("pasted", "typed"),
    [
        ("Telegram", "Telegram"),
        ("two\nlines\r", "two\nlines "),
        ("a\tb\u00a0c\u2003d", "a b c d"),
        ("SPRING\u200b\ufeff\u00ad", "SPRING"),
        ("\x1b[2J\x9b31mX\x00\x7f\u202e", "[2J31mX"),
        ("é e\u0301 漢字 👍", "é e\u0301 漢字 👍"),
    ],
)
def test_typeable(pasted: str, typed: str) -> None:
    assert typeable(pasted) == typed


@given(ANYTHING)
def test_typeable_text_is_harmless(pasted: str) -> None:
    assert typeable(pasted).replace("\n", "").isprintable()
