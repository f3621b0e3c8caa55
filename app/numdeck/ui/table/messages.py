"""What a table tells its owner. The widget offers these as `Table.CursorMoved` and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from numdeck.ui.table.table import Table


@dataclass(eq=False)
class CursorMoved(Message, namespace="table"):
    """The cursor is on another row; `key` is None where there is no row, or none loaded yet."""

    table: Table
    key: str | None

    @property
    def control(self) -> Table:
        """The table, for the selector of an `on` decorator."""
        return self.table

    def can_replace(self, message: Message) -> bool:
        """Let the last of a burst of moves stand for all of them."""
        return isinstance(message, CursorMoved) and message.table is self.table


@dataclass(eq=False)
class RowOpened(Message, namespace="table"):
    """A row was double-clicked, or enter was pressed on it."""

    table: Table
    key: str

    @property
    def control(self) -> Table:
        """The table, for the selector of an `on` decorator."""
        return self.table


@dataclass(eq=False)
class HeaderSelected(Message, namespace="table"):
    """The title of a column was clicked. Whether this sorts is the owner's affair."""

    table: Table
    column_key: str

    @property
    def control(self) -> Table:
        """The table, for the selector of an `on` decorator."""
        return self.table
