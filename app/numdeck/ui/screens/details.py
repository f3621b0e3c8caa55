"""All about one order, on a screen of its own."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from numdeck.desk.events import EntryEvent, Event
from numdeck.desk.port import DeskPort
from numdeck.model.record import OrderRecord
from numdeck.ui.actions import bindings, named_actions
from numdeck.ui.codes import CodeBoard
from numdeck.ui.details import CODES, code_words, record_details
from numdeck.ui.display import zone_name
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.panes.text import LabelledRow
from numdeck.ui.rows import UNSEEN_SIGN
from numdeck.ui.screens.cover import CoverScreen


class Fields(VerticalScroll):
    """The fields to scroll through; up and down go from code to code where there are several."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "screen.step(-1)", "Newer code", show=False),
        Binding("down,j", "screen.step(1)", "Older code", show=False),
    ]


class DetailsScreen(CoverScreen[None]):
    """Every field and every code of an order, as they are now; the code under the cursor can be copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back", key_display="esc"),
        *bindings(named_actions("code.copy", "number.copy", "order.ack")),
    ]

    def __init__(self, desk: DeskPort, record: OrderRecord, codes: CodeBoard, *, title_suffix: str = "") -> None:
        super().__init__(desk, codes)
        self._record = record
        self._suffix = title_suffix
        self._cursor = 0
        self._code_pairs: list[LabelledRow] = []

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        zone = zone_name(self._desk.clock.now(), utc=self._codes.display.utc)
        with Fields(id="details") as scroll:
            scroll.border_title = f"Order · times in {zone}{self._suffix}"
            yield from self._pairs()
        yield self.code_line
        yield MessageLine(only_asks=True)
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to listen: what is read here is not to be out of date."""
        self._stop_listening = self._desk.listen(self._on_desk)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def _on_desk(self, event: Event) -> None:
        if isinstance(event, EntryEvent) and event.entry.id == self._record.id and event.entry.record != self._record:
            # The cursor stays on its code; on the newest one it goes on to the next newest.
            arrived = len(event.entry.record.codes) - len(self._record.codes)
            self._cursor += arrived if self._cursor else 0
            self._record = event.entry.record
            self.call_later(self._draw)

    async def _draw(self) -> None:
        scroll = self.query_one(Fields)
        async with self.batch():
            await scroll.remove_children()
            await scroll.mount_all(self._pairs())

    def _pairs(self) -> list[LabelledRow]:
        """The fields; the codes, the newest first, have a row each."""
        pairs: list[LabelledRow] = []
        self._code_pairs = []
        for name, text in record_details(self._record, self._codes.display, now=self._desk.clock.now()):
            if name == CODES and self._record.codes:
                self._code_pairs = self._codes_of_record()
                pairs += self._code_pairs
            else:
                pairs.append(LabelledRow(name, text))
        return pairs

    def _codes_of_record(self) -> list[LabelledRow]:
        record, shown, now = self._record, self._codes.display, self._desk.clock.now()
        pairs = []
        for place, code in enumerate(reversed(record.codes)):
            sign = UNSEEN_SIGN if code in record.unseen else ""
            pair = LabelledRow("" if place else CODES, f"{sign}{code_words(code, shown, now=now)}")
            pair.set_class(place == self._cursor and len(record.codes) > 1, "-cursor")
            pairs.append(pair)
        return pairs

    def action_step(self, step: int) -> None:
        """Put the cursor on the next older (1) or newer (-1) code; where there is none, scroll."""
        there = self._cursor + step
        if not 0 <= there < len(self._code_pairs):
            self.query_one(Fields).scroll_relative(y=step, animate=False)
            return
        self._cursor = there
        for place, pair in enumerate(self._code_pairs):
            pair.set_class(place == there, "-cursor")
        self._code_pairs[there].scroll_visible(animate=False)

    def action_copy_code(self) -> None:
        """Copy the code under the cursor."""
        codes = self._record.codes
        if codes:
            self._codes.copy_code(self._record, codes[len(codes) - 1 - self._cursor], self.code_line.tell)
        else:
            self.code_line.tell("There is no code to copy yet.")

    def action_copy_number(self) -> None:
        """Copy the order's number."""
        self._codes.copy_number(self._record, self.code_line.tell)

    def action_acknowledge(self) -> None:
        """Mark the order's codes as seen."""
        self._codes.mark_seen(self._record, self._record.codes)
