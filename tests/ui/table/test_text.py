from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from numdeck.ui.table import Align
from numdeck.ui.table.text import clean, fit

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
"""All code points: controls, surrogates, combining marks, joiners, emoji."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+1 555-555-5555", "+1 555-555-5555"),
        ("[b]literal[/b]", "[b]literal[/b]"),
        ("\x1b]52;c;aGk=\x07", "?]52;c;aGk=?"),
        ("\x9b2J\x7f\n", "?2J??"),
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("a\u00a0b\u3000c", "a b c"),
        ("❤\ufe0f 👍🏽", "❤ 👍"),
        ("👨\u200d👩", "👨👩"),
        ("\ud83d", "?"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(ANY_TEXT)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in clean(text))
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("code", 6, Align.LEFT, "code  "),
        ("code", 6, Align.RIGHT, "  code"),
        ("code", 4, Align.LEFT, "code"),
        ("Telegram", 5, Align.LEFT, "Tele…"),
        ("Telegram", 5, Align.RIGHT, "Tele…"),
        ("Telegram", 1, Align.LEFT, "…"),
        ("Telegram", 0, Align.LEFT, ""),
        ("日本語", 6, Align.LEFT, "日本語"),
        ("日本語", 5, Align.LEFT, "日本…"),
        # Half of a wide character cannot be shown.
        ("日本語", 4, Align.LEFT, "日 …"),
        ("e\u0301te\u0301", 3, Align.LEFT, "e\u0301te\u0301"),
    ],
)
def test_fit(text: str, width: int, align: Align, shown: str) -> None:
    assert fit(text, width, align) == shown


@given(ANY_TEXT, st.integers(0, 40), st.sampled_from(Align))
def test_the_width_is_exact_whatever_the_text(text: str, width: int, align: Align) -> None:
    assert cell_len(fit(text, width, align)) == width


def test_a_huge_text_costs_no_more_than_a_long_one() -> None:
    assert fit("x" * 10_000_000, 10) == "x" * 9 + "…"
