"""From cells and places to lines of the screen, and what differs between two of them. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from numdeck.ui.table.cells import Align, Cell, Role, Row, Sort
from numdeck.ui.table.layout import Placed

ELLIPSIS: Final = "…"

_CODE_POINTS_PER_CELL: Final = 8
"""Code points looked at per cell: more combining marks than this on a letter are no language, but cost time."""


def clean(text: str) -> str:
    """Replace what a terminal could obey or cannot show.

    The caller is expected to have cleaned the text and to show what it took out; this is the last check before the
    terminal. Spaces of all kinds become a space; formatting characters (joiners, bidirectional controls), variation
    selectors and skin tones are left out; controls, lone surrogates and unassigned characters become "?".
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_clean_character, text))


def _clean_character(character: str) -> str:
    if _is_modifier(character):
        return ""
    if character.isprintable():
        return character
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Zs":
            return " "
        case _:
            return "?"


def _is_modifier(character: str) -> bool:
    # Variation selectors and skin tones change the character before them. Terminals disagree on how wide the result is,
    # and one wrong guess moves every column to the right of it.
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def fit(text: str, width: int, align: Align = Align.LEFT) -> str:
    """Cut (with "…") or pad `text` so that it takes exactly `width` terminal cells; wide characters count two."""
    if width <= 0:
        return ""
    text = clean(text[: width * _CODE_POINTS_PER_CELL])
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(text, width - 1) + ELLIPSIS
    return " " * missing + text if align is Align.RIGHT else text + " " * missing


GUTTER: Final = 2
"""Cells at the left edge of every line, where the cursor's sign stands."""

MARGIN: Final = 1
"""Cells at the right edge that stay empty, so that no text leans against the scrollbar."""


def row_strip(
    row: Row | None, places: Sequence[Placed], width: int, sign: str, style: Callable[[Role | None], Style]
) -> Strip:
    """Draw a row; `None` is a row that is not loaded yet.

    `sign` stands in the gutter; `style` says how a cell of a role looks in this row.
    """
    if row is None:
        row = Row((Cell(ELLIPSIS, Role.DIM),))
    cells = [cell if isinstance(cell, Cell) else Cell(cell) for cell in row.cells]
    blank = Cell("")
    drawn = [(place, cells[place.index] if place.index < len(cells) else blank) for place in places]
    return _line(((place, _pieces(cell, place, style)) for place, cell in drawn), width, sign, style(None))


def _pieces(cell: Cell, place: Placed, style: Callable[[Role | None], Style]) -> list[tuple[str, Style]]:
    """The text of a cell, cut and padded, in stretches of one style."""
    text, plain = fit(cell.text, place.width, place.column.align), style(cell.role)
    if not cell.marks or place.column.align is Align.RIGHT or clean(cell.text) != cell.text:
        return [(text, plain)]  # what is cleaned or moved has its marks elsewhere
    pieces: list[tuple[str, Style]] = []
    at = 0
    for mark in cell.marks:
        begin = max(at, mark[0])
        end = max(begin, mark[1])
        pieces += [(text[at:begin], plain), (text[begin:end], style(Role.MATCH))]
        at = end
    return [*pieces, (text[at:], plain)]


def header_strip(places: Sequence[Placed], width: int, sort: Sort | None, plain: Style, sorted_: Style) -> Strip:
    """Draw the titles; the column the rows are sorted by has a sign that is never cut off."""

    def titles() -> Iterable[tuple[Placed, list[tuple[str, Style]]]]:
        for place in places:
            column = place.column
            if sort is None or sort.column != column.key:
                yield place, [(fit(column.title, place.width, column.align), plain)]
                continue
            title = fit(column.title, min(cell_len(column.title), place.width - 2))
            yield place, [(fit(f"{title} {sort.sign}".lstrip(), place.width, column.align), sorted_)]

    return _line(titles(), width, "", plain)


def message_strip(text: str, width: int, style: Style) -> Strip:
    """Draw one line of text in the middle of the width."""
    indent = " " * ((width - cell_len(text)) // 2)
    return Strip([Segment(fit(indent + text, width), style)], width)


def _line(cells: Iterable[tuple[Placed, Iterable[tuple[str, Style]]]], width: int, sign: str, base: Style) -> Strip:
    segments = [Segment(fit(sign, min(GUTTER, width)), base)]
    x = min(GUTTER, width)
    for place, pieces in cells:
        segments.append(Segment(" " * (place.x - x), base))
        # Blanks look the same in every style that only colours the text: fewer colour codes on the wire.
        segments += [Segment(text, style if text.strip() else base) for text, style in pieces]
        x = place.right
    segments.append(Segment(" " * (width - x), base))
    # One colour code per stretch of one style, not per cell: about half of the bytes of a line.
    return Strip(Segment.simplify(segment for segment in segments if segment.text), width)


def damage(old: Strip, new: Strip) -> int:
    """Say how many cells from the left edge have to be drawn again to turn `old` into `new`; 0 if none.

    Textual draws a dirty region from the left edge of the widget, so only the right end of the difference matters.
    """
    if old is new:
        return 0
    if old.cell_length != new.cell_length:
        return max(old.cell_length, new.cell_length)
    right = new.cell_length
    for before, after in zip(reversed(list(old)), reversed(list(new)), strict=False):
        if before == after:
            right -= after.cell_length
            continue
        if before.style == after.style:
            right -= cell_len(_common_end(before.text, after.text))
        break
    return right


def _common_end(one: str, other: str) -> str:
    backwards = zip(reversed(one), reversed(other), strict=False)
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], backwards))
    return one[len(one) - length :]
