"""Draws lines of a table at one width in the styles of the moment, and keeps what it has drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Final

from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from numdeck.ui.table.cells import Column, Role, Row, Sort
from numdeck.ui.table.layout import Placed, place_columns
from numdeck.ui.table.strips import GUTTER, MARGIN, header_strip, message_strip, row_strip

_CACHED_STRIPS: Final = 512
"""Rows that are kept as drawn: a tall screen, and some pages of scrolling back."""


class Cursor(StrEnum):
    """The cursor of a table with and without the focus."""

    FOCUSED = "cursor"
    BLURRED = "cursor-blurred"

    @property
    def sign(self) -> str:
        """What stands before the row, so that the cursor is seen without colours too."""
        return "▌" if self is Cursor.FOCUSED else "▏"


PARTS: Final = ("row", "header", "header-sorted", "empty", *Role, *Cursor)
"""What can be styled, as component class `table--<part>`."""


class Painter:
    """Makes strips of rows. `style` looks up how parts of a table look, one laid over the other."""

    def __init__(self, columns: Sequence[Column], style: Callable[[tuple[str, ...]], Style]) -> None:
        self._columns = columns
        self._look_up = style
        self._styles: dict[tuple[str, ...], Style] = {}
        self._strips: LRUCache[tuple[Row | None, Cursor | None], Strip] = LRUCache(_CACHED_STRIPS)
        self._places: tuple[Placed, ...] = ()
        self._width = 0

    @property
    def width(self) -> int:
        """The width of every line, in cells."""
        return self._width

    @width.setter
    def width(self, width: int) -> None:
        if width != self._width:
            self._width = width
            self._places = place_columns(self._columns, width - MARGIN, GUTTER)
            self._strips.clear()

    def forget(self) -> None:
        """Draw everything anew from now on: the styles have changed."""
        self._styles.clear()
        self._strips.clear()

    def column_at(self, x: int) -> Column | None:
        """Return the column that has the cell `x`."""
        return next((place.column for place in self._places if place.x <= x < place.right), None)

    def row(self, row: Row | None, cursor: Cursor | None) -> Strip:
        """Draw a row; `None` is one that is not loaded yet."""
        strip = self._strips.get((row, cursor))
        if strip is None:
            style = partial(self._cell_style, row and row.role, cursor)
            sign = "" if cursor is None else cursor.sign
            strip = self._strips[row, cursor] = row_strip(row, self._places, self._width, sign, style)
        return strip

    def header(self, sort: Sort | None) -> Strip:
        """Draw the titles of the columns."""
        plain, sorted_ = self._style("header"), self._style("header", "header-sorted")
        return header_strip(self._places, self._width, sort, plain, sorted_)

    def message(self, text: str, y: int, height: int) -> Strip:
        """Draw line `y` of what stands in the middle of `height` lines when there are no rows."""
        lines = text.splitlines()
        number = y - max(0, height - len(lines)) // 2
        line = lines[number] if 0 <= number < len(lines) else ""
        return message_strip(line, self._width, self._style("row", "empty"))

    def blank(self) -> Strip:
        """Draw a line below the last row."""
        return Strip.blank(self._width, self._style("row"))

    def _cell_style(self, row: Role | None, cursor: Cursor | None, cell: Role | None) -> Style:
        return self._style("row", *(part for part in (row, cell, cursor) if part))

    def _style(self, *parts: str) -> Style:
        style = self._styles.get(parts)
        if style is None:
            style = self._styles[parts] = self._look_up(parts)
        return style
