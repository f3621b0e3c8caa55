"""All about one order, on a screen of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from numdeck.desk.desk import Desk
from numdeck.desk.events import EntryEvent, Event
from numdeck.model.record import OrderRecord
from numdeck.ui.details import record_details
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.pair import Pair
from numdeck.ui.shown import Shown, zone_name


class DetailsScreen(Screen[None]):
    """Every field and every code of an order, as they are now."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "Back", key_display="esc")]

    def __init__(self, desk: Desk, record: OrderRecord, shown: Shown, *, title_suffix: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._record = record
        self._shown = shown
        self._suffix = title_suffix

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        zone = zone_name(self._desk.clock.now(), utc=self._shown.utc)
        with VerticalScroll(id="details") as scroll:
            scroll.border_title = f"Order · times in {zone}{self._suffix}"
            yield from self._pairs()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to listen: what is read here is not to be out of date."""
        self._stop_listening = self._desk.listen(self._on_desk)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def _on_desk(self, event: Event) -> None:
        if isinstance(event, EntryEvent) and event.entry.id == self._record.id and event.entry.record != self._record:
            self._record = event.entry.record
            self.call_later(self._draw)

    async def _draw(self) -> None:
        scroll = self.query_one(VerticalScroll)
        async with self.batch():
            await scroll.remove_children()
            await scroll.mount_all(self._pairs())

    def _pairs(self) -> Iterator[Pair]:
        for name, text in record_details(self._record, self._shown, now=self._desk.clock.now()):
            yield Pair(name, text)
