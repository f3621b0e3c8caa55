from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from numdeck.ui.table import Align, Cell, Column, Role, Row, Sort
from numdeck.ui.table.layout import place_columns
from numdeck.ui.table.strips import GUTTER, MARGIN, clean, damage, fit, header_strip, message_strip, row_strip

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


BASE = Style(color="white", bgcolor="black")
STYLES = {None: BASE} | {role: BASE + Style(color=f"color({number})") for number, role in enumerate(Role, 1)}
COLUMNS = (
    Column(key="code", title="CODE", width=8),
    Column(key="service", title="SERVICE", width=10, min_width=4, priority=1, grow=1),
    Column(key="price", title="PRICE", width=6, align=Align.RIGHT, priority=2),
)
HOSTILE = st.text(st.characters(exclude_categories=()) | st.sampled_from("日👍🏽\u200d\ufe0f\u0301\x1b❤"), max_size=30)
MARKS = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=3).map(tuple)
CELLS = st.builds(Cell, HOSTILE, st.none() | st.sampled_from(Role), MARKS) | HOSTILE
ROWS = st.none() | st.builds(Row, st.lists(CELLS, max_size=5).map(tuple), st.none() | st.sampled_from(Role))
WIDTHS = st.integers(0, 130)


def draw(row: Row | None, width: int, sign: str = "") -> Strip:
    return row_strip(row, place_columns(COLUMNS, width - MARGIN, GUTTER), width, sign, STYLES.__getitem__)


def measured(strip: Strip) -> int:
    """The width as the compositor sees it, not as it was told."""
    return sum(cell_len(segment.text) for segment in strip)


def cells_of(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(character, segment.style) for segment in strip for character in segment.text]


def test_a_row() -> None:
    row = Row((Cell("79373 ●", Role.SUCCESS), "Telegram", "$0.15"))
    assert draw(row, 32, "▌").text == "▌ 79373 ●   Telegram      $0.15 "


def test_neighbours_of_one_style_are_one_segment() -> None:
    assert len(list(draw(Row(("79373", "Telegram", "$0.15")), 40))) == 1
    assert len(list(draw(Row((Cell("79373", Role.SUCCESS), Cell("", Role.DIM), "$0.15")), 40))) == 3


def test_marks_stand_out() -> None:
    marked = cells_of(draw(Row((Cell("Telegram", None, ((0, 2), (4, 5))),)), 40))
    stands_out = "".join(character for character, style in marked if style == STYLES[Role.MATCH])
    assert stands_out == "Teg"


def test_missing_cells_are_empty_and_a_row_not_loaded_says_so() -> None:
    assert draw(Row(("79373",)), 32).text.split() == ["79373"]
    assert draw(None, 32).text.split() == ["…"]


@given(ROWS, WIDTHS)
def test_a_row_is_as_wide_as_the_table(row: Row | None, width: int) -> None:
    strip = draw(row, width, "▌")
    assert strip.cell_length == measured(strip) == width
    assert strip.text.isprintable()


@given(WIDTHS, st.sampled_from([None, *(column.key for column in COLUMNS)]), st.booleans())
def test_the_header_is_as_wide_as_the_table(width: int, key: str | None, descending: bool) -> None:
    places = place_columns(COLUMNS, width - MARGIN, GUTTER)
    sort = None if key is None else Sort(key, descending)
    strip = header_strip(places, width, sort, BASE, STYLES[Role.STRONG])
    assert strip.cell_length == measured(strip) == width
    if sort is not None and any(place.column.key == key for place in places):
        assert sort.sign in strip.text


def test_a_narrow_title_gives_way_to_the_sign() -> None:
    places = place_columns([Column(key="code", title="CODE", width=4)], 10)
    assert header_strip(places, 10, Sort("code"), BASE, BASE).text.split() == ["C…", "▲"]


@given(HOSTILE, WIDTHS)
def test_a_message_is_as_wide_as_the_table(text: str, width: int) -> None:
    assert measured(message_strip(text, width, BASE)) == width


def test_damage_ends_where_the_difference_ends() -> None:
    before, after = (draw(Row((code, "Telegram", "$0.15")), 40) for code in ("2 min", "1 min"))
    assert damage(before, after) == GUTTER + 1
    assert damage(before, before) == 0
    assert damage(before, draw(Row(("2 min", "Telegram", "$0.15")), 40)) == 0
    assert damage(before, draw(Row(("2 min", "Telegram", "$0.16")), 40)) == 40 - MARGIN


@given(ROWS, ROWS, st.integers(10, 60))
def test_what_lies_right_of_the_damage_is_the_same(one: Row | None, other: Row | None, width: int) -> None:
    before, after = draw(one, width), draw(other, width)
    cells = damage(before, after)
    assert 0 <= cells <= width
    assert cells_of(before.crop(cells, width)) == cells_of(after.crop(cells, width))
    assert (cells == 0) == (cells_of(before) == cells_of(after))


def test_damage_of_another_width_is_all_of_it() -> None:
    assert damage(Strip([Segment("abc", BASE)], 3), Strip([Segment("abcd", BASE)], 4)) == 4
