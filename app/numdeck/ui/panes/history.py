"""The history pane: pages of the journal, read when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from numdeck.desk.port import DeskError, DeskPort
from numdeck.model.history_query import HistoryQuery, HistorySort, words_of
from numdeck.model.record import OrderRecord
from numdeck.ui.display import DisplayOptions
from numdeck.ui.panes.desk_table import DeskTable
from numdeck.ui.rows import HISTORY_COLUMNS, history_row
from numdeck.ui.table import PagedSource, Row, Sort

_SORTS: Final = (
    (HistorySort.WHEN, True, "when"),
    (HistorySort.WHEN, False, "when"),
    (HistorySort.PRICE, True, "price"),
    (HistorySort.SERVICE, False, "service"),
    (HistorySort.STATUS, False, "status"),
)


class HistoryTable(DeskTable):
    """Orders that have ended, newest first; filtered and sorted by the journal."""

    def __init__(
        self,
        desk: DeskPort,
        *,
        on_error: Callable[[Exception], None],
        title_suffix: str,
    ) -> None:
        self._desk = desk
        self._suffix = title_suffix
        self._on_error = on_error
        self._look = DisplayOptions()
        self._query = HistoryQuery()
        self._sort_index = 0
        self._pages = PagedSource[OrderRecord](
            self._fetch, key=lambda record: record.id, render=self._row_of, on_error=on_error
        )
        super().__init__(
            HISTORY_COLUMNS,
            self._pages,
            id="history",
            sort=Sort("when", True),
            stays_at_top=True,
        )

    def show(self, display: DisplayOptions) -> None:
        """Show rows in another way."""
        self._look = display
        self.refresh_visible_rows()

    async def reload(self) -> None:
        """Read again what the journal has; if it cannot be read, what was read stays."""
        try:
            counts = await self._desk.history_counts(self._query)
        except DeskError as error:
            self._on_error(error)
            return
        count, unseen = counts.matching, counts.unseen
        shift = max(0, count - len(self._pages)) if self._query == HistoryQuery() else 0
        self._pages.reload(count, shift)
        self.entitle(f"History {count:,}{f' · {unseen:,} unseen' if unseen else ''}{self._suffix}")
        self.empty_text = self._empty_words()
        self.source_changed()

    def _empty_words(self) -> str:
        """Why there are no rows."""
        if self._query.words:
            return "No row has these words.\nesc shows all again."
        return (
            "Nothing has ended yet."
            if self._desk.state.knows_history
            else "Not known yet: the history has not been read."
        )

    async def set_filter(self, text: str) -> None:
        """Show only orders that have all these words."""
        names = self._look.names
        words = words_of(text, services=names.services, countries=names.countries)
        self._query = replace(self._query, words=words)
        await super().set_filter(text)

    def next_sort(self) -> str:
        """See `DeskTable.next_sort`."""
        self._sort_index = (self._sort_index + 1) % len(_SORTS)
        key, descending, column = _SORTS[self._sort_index]
        self._query = replace(self._query, sort=key, descending=descending)
        self.sort = Sort(column, descending)
        return f"History sorted by {column}, {'descending' if descending else 'ascending'}."

    async def unseen(self) -> Sequence[tuple[int, str]]:
        """See `DeskTable.unseen`."""
        try:
            return await self._desk.history_unseen(self._query)
        except DeskError as error:
            self._on_error(error)
            return []

    def selected_record(self) -> OrderRecord | None:
        """The order under the cursor, if its page has come."""
        return None if self.cursor_key is None else self._pages.item(self.cursor_key)

    async def _fetch(self, offset: int, limit: int) -> Sequence[OrderRecord]:
        return await self._desk.history_page(self._query, offset, limit)

    def _row_of(self, record: OrderRecord) -> Row:
        return history_row(record, self._look, now=self._desk.clock.now())
