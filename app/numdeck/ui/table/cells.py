"""What a table shows: rows of cells, columns, and the order the rows are in. Plain, hashable values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a row or a cell is, for its looks; each is a component class `table--<role>` of the table.

    Colour never carries meaning alone: a word or a sign in the row has to say the same.
    """

    MARKED = "marked"
    STRONG = "strong"
    DIM = "dim"
    SUCCESS = "success"
    WARNING = "warning"
    MATCH = "match"


class Cell(NamedTuple):
    """One cell: text, shown literally, and its role if it has one.

    `marks` are stretches of the text that stand out, as what was searched for: (begin, end) in characters, in order.
    """

    text: str
    role: Role | None = None
    marks: tuple[tuple[int, int], ...] = ()


class Row(NamedTuple):
    """One row: its cells in the order of the table's columns (a str is a cell without a role) and its role."""

    cells: tuple[Cell | str, ...]
    role: Role | None = None


ESSENTIAL = 0
"""The priority of a column that is never dropped."""


class Align(StrEnum):
    """Where the text of a column stands within its width."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table; widths are in terminal cells, without the gap between columns.

    `width` is what the column asks for, `min_width` (`width` if left out) what it still makes sense with. Room that is
    left over goes to the columns with a `grow` weight. When even the minimum widths do not fit, columns are dropped,
    the highest `priority` first; columns of priority `ESSENTIAL` stay.
    """

    key: str
    title: str
    width: int
    min_width: int | None = None
    align: Align = Align.LEFT
    priority: int = ESSENTIAL
    grow: int = 0

    def __post_init__(self) -> None:
        """Refuse a column that cannot be laid out."""
        if not 1 <= self.least <= self.width:
            raise ValueError(f"column {self.key!r}: 1 <= min_width <= width is broken")
        if self.priority < ESSENTIAL or self.grow < 0:
            raise ValueError(f"column {self.key!r}: priority and grow cannot be negative")

    @property
    def least(self) -> int:
        """The narrowest width the column still makes sense with, in cells."""
        return self.width if self.min_width is None else self.min_width

    @property
    def essential(self) -> bool:
        """Whether the column is never dropped."""
        return self.priority == ESSENTIAL


@dataclass(frozen=True, slots=True)
class Sort:
    """The order the rows are in: the key of a column, and the direction."""

    column: str
    descending: bool = False

    @property
    def sign(self) -> str:
        """The sign shown in the header of the column."""
        return "▼" if self.descending else "▲"
