"""What a row shows: plain, hashable values that the caller makes from whatever it knows."""

from __future__ import annotations

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
    ERROR = "error"
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
