"""The live table of active numbers."""

from __future__ import annotations

from collections.abc import Sequence

from numdeck.desk.port import DeskPort, StateView
from numdeck.desk.state import Entry
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from numdeck.ui.display import DisplayOptions
from numdeck.ui.panes.desk_table import DeskTable
from numdeck.ui.rows import ACTIVE_COLUMNS, ActiveSort, active_row, attempt_row
from numdeck.ui.table import Row, SequenceSource, Sort

ATTEMPT_PREFIX = "attempt:"
"""What the row key of a purchase attempt begins with; an order's row key is its id."""

Item = Entry | Attempt


class ActiveTable(DeskTable):
    """Orders on the desk, and purchases whose answer is out."""

    def __init__(self, desk: DeskPort, *, title_suffix: str = "") -> None:
        self._desk = desk
        self._suffix = title_suffix
        self._look = DisplayOptions()
        self._order = ActiveSort.NEWEST
        self._going_to: str | None = None
        self._items = SequenceSource[Item](key=row_key, render=self._row_of)
        super().__init__(
            ACTIVE_COLUMNS,
            self._items,
            id="active",
            sort=Sort(*self._order.value),
        )

    def show(self, display: DisplayOptions) -> None:
        """Show what the desk knows now."""
        self._look, state = display, self._desk.state
        attempts = sorted(state.attempts.values(), key=lambda attempt: -attempt.sent_at)
        entries = sorted(state.entries.values(), key=self._sort_key)
        items: list[Item] = [*attempts, *entries]
        self._items.replace(item for item in items if self._matches(item))
        self.entitle(self._title(state))
        self.empty_text = self._empty_words(state)
        self.source_changed()
        going_to, self._going_to = self._going_to, None
        if going_to is not None:
            self.move_cursor_to(going_to)

    def follow(self, attempt: Attempt) -> None:
        """If the cursor is on a purchase that turned out to be placed, let it go on to the order."""
        if self.cursor_key == row_key(attempt):
            self._going_to = attempt.order_id

    @property
    def has_unseen(self) -> bool:
        """Whether any order on the desk has an unseen code, in a row or filtered out."""
        return any(entry.record.unseen for entry in self._desk.state.entries.values())

    async def unseen(self) -> Sequence[tuple[int, str]]:
        """See `DeskTable.unseen`."""
        keys = [(place, self._items.key_at(place)) for place in range(len(self._items))]
        return [(place, key) for place, key in keys if key and _is_unseen(self._items.item(key))]

    def selected(self) -> Item | None:
        """The item under the cursor."""
        return None if self.cursor_key is None else self._items.item(self.cursor_key)

    def selected_entry(self) -> Entry | None:
        """The order under the cursor, if it is an order."""
        item = self.selected()
        return item if isinstance(item, Entry) else None

    def selected_record(self) -> OrderRecord | None:
        """See `DeskTable.selected_record`."""
        entry = self.selected_entry()
        return entry.record if entry else None

    async def reload(self) -> None:
        """See `DeskTable.reload`."""
        self.show(self._look)

    def next_sort(self) -> str:
        """See `DeskTable.next_sort`."""
        orders = list(ActiveSort)
        self._order = orders[(orders.index(self._order) + 1) % len(orders)]
        self.sort = Sort(*self._order.value)
        return f"Active numbers sorted: {self._order.name.lower()}."

    def _empty_words(self, state: StateView) -> str:
        """Why there are no rows. Before the first answer it is not known that there are none."""
        if self.filter_text:
            return "No row has these words.\nesc shows all again."
        if state.link.fresh_at is None:
            return "Not known yet: the service has not answered."
        return "No active numbers."

    def _title(self, state: StateView) -> str:
        hidden = len(state.entries) + len(state.attempts) - len(self._items)
        count = "?" if state.link.fresh_at is None and not state.open_count else str(state.open_count)
        unseen = sum(bool(entry.record.unseen) for entry in state.entries.values())
        new, less = f" · {unseen} unseen", f" · {hidden} hidden by the filter"
        return f"Active {count}{new if unseen else ''}{less if hidden else ''}{self._suffix}"

    def _sort_key(self, entry: Entry) -> tuple[object, ...]:
        record = entry.record
        match self._order:
            case ActiveSort.NEWEST:
                return (-record.bought.latest, record.id)
            case ActiveSort.OLDEST:
                return (record.bought.latest, record.id)
            case ActiveSort.SERVICE:
                return (self._look.names.service(record.service_code).casefold(), -record.bought.latest, record.id)
            case ActiveSort.COUNTRY:
                return (self._look.names.country(record.country_code).casefold(), -record.bought.latest, record.id)
            case ActiveSort.CODE:  # those that await the operator, then the other codes, the newest first
                seen_at = record.codes[-1].seen_at if record.codes else 0.0
                return (not record.unseen, -seen_at, -record.bought.latest, record.id)

    def _row_of(self, item: Item) -> Row:
        if isinstance(item, Attempt):
            return attempt_row(item, self._look, now=self._desk.clock.now())
        return active_row(item, self._desk.cancellation(item), self._look, now=self._desk.clock.now())

    def _matches(self, item: Item) -> bool:
        words = self.filter_text.casefold().split()
        if not words:
            return True
        texts = [cell if isinstance(cell, str) else cell.text for cell in self._row_of(item).cells]
        if isinstance(item, Entry):
            texts += [item.record.order.phone_number or "", *(code.text for code in item.record.codes)]
        haystack = " ".join(texts).casefold()
        return all(word in haystack for word in words)


def _is_unseen(item: Item | None) -> bool:
    return isinstance(item, Entry) and bool(item.record.unseen)


def row_key(item: Item) -> str:
    """The key of an item's row."""
    return ATTEMPT_PREFIX + item.id if isinstance(item, Attempt) else item.id
