"""The order under the cursor: all its fields, and the button that cancels it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button
from textual.worker import Worker

from numdeck.desk.port import DeskPort
from numdeck.desk.state import Entry
from numdeck.model.cancellation import Cancellation, CancelPress
from numdeck.model.money import show_money
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from numdeck.ui.cancellation import cancel_button_state, failure_sentence
from numdeck.ui.details import details, fold, record_details
from numdeck.ui.display import DisplayOptions, show_country, show_number
from numdeck.ui.panes.message import failure
from numdeck.ui.panes.text import StaticText
from numdeck.ui.sayings import Sayings


class OrderPane(Vertical):
    """All about one order, and cancelling it."""

    def __init__(self, desk: DeskPort, sayings: Sayings, *, read_only: bool) -> None:
        super().__init__(id="order")
        self._desk = desk
        self._sayings = sayings
        self._read_only = read_only
        self._entry: Entry | None = None

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        with VerticalScroll(id="order-scroll", can_focus=False):
            yield StaticText("", id="order-fields", is_folded=True)
        yield StaticText("", id="order-line", is_folded=True)
        button = Button("Cancel order", id="order-cancel", variant="warning", disabled=True, compact=True)
        button.active_effect_duration = 0.0  # the flash of a pressed button is hard to read, and painted twice
        yield button

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = "Order"

    def show(
        self,
        item: Entry | Attempt | OrderRecord | None,
        cancellation: Cancellation | None,
        display: DisplayOptions,
        now: float,
    ) -> None:
        """Show what is known of the item under the cursor.

        An Entry is on the desk and comes with its cancellation, an OrderRecord is in the history.
        """
        button = self.query_one(Button)
        self._entry = item if isinstance(item, Entry) else None
        if self._entry is None or cancellation is None:
            button.display = False
            if isinstance(item, OrderRecord):
                self._say(record_details(item, display, now=now), _about(item, display))
                return
            self._say(_attempt_details(item, display) if isinstance(item, Attempt) else [("", "No order selected.")])
            return
        entry = self._entry
        state = cancel_button_state(cancellation, now, read_only=self._read_only)
        button.display = True
        if str(button.label) != state.label:
            button.label = state.label
        button.disabled = not state.enabled
        pairs = details(entry, cancellation, display, now=now)
        number = show_number(entry.record.order.phone_number, display)
        failure = failure_sentence(entry)
        self._say(pairs, f"{number} · {failure}" if failure else _about(entry.record, display))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Cancel the order on show, as it is now."""
        event.stop()
        entry = None if self._entry is None else self._desk.state.entries.get(self._entry.id)
        if entry is not None:
            self.cancel(entry)

    def cancel(self, entry: Entry) -> None:
        """Ask before a request is sent; to arm, to disarm, or to hear why not takes no question."""
        if self._desk.cancellation(entry).press is CancelPress.ASK:
            self._sayings.ask_to_cancel(entry, lambda: self._cancel(entry.id))
        else:
            self._cancel(entry.id)

    @work(group="cancel", exit_on_error=False, description="cancelling")
    async def _cancel(self, order_id: str) -> None:
        self._sayings.say_result(order_id, await self._desk.cancel(order_id))

    @work(group="keep", exit_on_error=False, description="keeping")
    async def keep(self, order_id: str) -> None:
        """Keep an order from being cancelled automatically, or no longer."""
        self._sayings.say_result(order_id, await self._desk.keep(order_id))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report an internal error."""
        if sentence := failure(event):
            self._sayings.tell(sentence, important=True)

    def _say(self, pairs: Sequence[tuple[str, str]], line: str | None = None) -> None:
        width = self.query_one("#order-scroll").scrollable_content_region.width
        self.query_one("#order-fields", StaticText).say(fold(pairs, width))
        self.query_one("#order-line", StaticText).say(line or pairs[0][1])


def _about(record: OrderRecord, display: DisplayOptions) -> str:
    """An order in a line."""
    number, service = show_number(record.order.phone_number, display), display.names.service(record.service_code)
    return " · ".join((number, service, show_country(record, display), show_money(record.order.price)))


def _attempt_details(attempt: Attempt, display: DisplayOptions) -> list[tuple[str, str]]:
    service = display.names.service(attempt.request.service_code)
    country = display.names.country(attempt.request.country_code)
    now = "The active list and the history are looked at for its order. It is never sent again automatically."
    if attempt.searched_at is not None:
        now = "The search has ended: an order on the account may be it, and only you can say. Nothing waits for this."
    return [
        ("Purchase", f"{service}, {country}: not known whether it was placed."),
        ("Why", attempt.reason or "It is being sent."),
        ("Now", now),
        ("enter", "Say yourself what came of it."),
    ]
