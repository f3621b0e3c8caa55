"""What the two tables of the desk have in common, and the field that filters them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.content import Content
from textual.widgets import Input

from numdeck.model.record import OrderRecord
from numdeck.ui.table import Table


class DeskTable(Table):
    """A table of orders that can be filtered and sorted, and knows where its unseen codes are."""

    filter_text = ""
    """The words that a row has to have."""
    _title_shown = ""

    async def reload(self) -> None:
        """Show the rows anew."""
        raise NotImplementedError

    async def set_filter(self, text: str) -> None:
        """Show only rows that have all these words."""
        self.filter_text = text
        self.border_subtitle = Content(f"/ {text}") if text else None
        await self.reload()

    def next_sort(self) -> str:
        """Go on to the next sort order; the result is a sentence that names it. `reload` shows it."""
        raise NotImplementedError

    async def unseen(self) -> Sequence[tuple[int, str]]:
        """The rows with unseen codes, as places from 0 on and keys; without filtered ones."""
        raise NotImplementedError

    def selected_record(self) -> OrderRecord | None:
        """The order under the cursor, if it is an order."""
        raise NotImplementedError

    def entitle(self, title: str) -> None:
        """Set the title. Setting the same title again would draw the whole widget."""
        if title != self._title_shown:
            self._title_shown = title
            self.border_title = Content(title)


class FilterField(Input):
    """Filters a table while words are typed. Hidden until it is opened."""

    def __init__(self) -> None:
        super().__init__(id="filter", placeholder="filter", compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.display = False
        self._table: DeskTable | None = None

    def open(self, table: DeskTable) -> None:
        """Let words be typed for a table."""
        self._table = table
        self.value = table.filter_text
        self.display = True
        self.focus()

    async def clear_filter(self, focused: DeskTable) -> bool:
        """Show all rows again: of the table that is being filtered, or of the focused one. False if it did already."""
        table = self._table if self.has_focus and self._table is not None else focused
        if not self.has_focus and not table.filter_text:
            return False
        await table.set_filter("")
        self._close(table)
        return True

    @on(Input.Changed)
    async def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._table is not None and self.has_focus:
            await self._table.set_filter(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._table is not None:
            self._close(self._table)

    def _close(self, table: DeskTable) -> None:
        self.display = False
        table.focus()
