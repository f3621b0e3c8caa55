"""A table of rows for the terminal: fast with 100,000 rows, cheap as time passes, ignorant of what rows mean."""

from __future__ import annotations

from numdeck.ui.table.cells import ESSENTIAL, Align, Cell, Column, Role, Row, Sort
from numdeck.ui.table.paged import PagedSource
from numdeck.ui.table.source import LoadingSource, RowSource, SequenceSource
from numdeck.ui.table.table import Table

__all__ = [
    "ESSENTIAL",
    "Align",
    "Cell",
    "Column",
    "LoadingSource",
    "PagedSource",
    "Role",
    "Row",
    "RowSource",
    "SequenceSource",
    "Sort",
    "Table",
]
