"""The desk screen: what the operator's keys do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, TypeAlias

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from numdeck.desk.events import CommandResult
from numdeck.desk.state import Entry
from numdeck.model.cancellation import CancelPress
from numdeck.model.duration import show_clock
from numdeck.model.phone import dialable
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, AttemptState, OrderRequest
from numdeck.ui.actions import ACTIONS, bindings
from numdeck.ui.cancellation import cancel_question, command_sentence, void_reason
from numdeck.ui.display import DisplayOptions, show_number, zone_name
from numdeck.ui.panes.active import row_key
from numdeck.ui.panes.latest import LatestCode
from numdeck.ui.panes.order import OrderPane
from numdeck.ui.screens.desk_view import DeskView
from numdeck.ui.screens.resolve import Resolution, ResolveScreen
from numdeck.ui.table import Table

Stop: TypeAlias = tuple[int, int]
"""A row to stop at: in which table, from the top of the screen, and at which place there."""

_DANGEROUS_CALLS = frozenset(action.call for action in ACTIONS if action.is_dangerous)


class DeskScreen(DeskView):
    """The desk with its keys: each action asks the desk, or changes what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(ACTIONS),
        Binding("escape", "back", "Back", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Take away what moves money when numdeck only watches, and everything while a question is asked."""
        if self.is_mounted and self._message.is_asking:
            return False
        return not (self._settings.read_only and action in _DANGEROUS_CALLS)

    def action_new_order(self) -> None:
        """Open the order form."""
        self._open_form(None)

    def action_repeat_order(self) -> None:
        """Open the order form with the request of the row, or of the last order, ready to be confirmed."""
        item = None if self._history.has_focus else self._active.selected()
        record = item if isinstance(item, Attempt) else self._selected_record()
        request = record.request if record else None
        last = self._desk.state.favourites.last
        if request is not None:
            self._open_form(request)
        elif last is None:
            self._message.tell("Nothing was ordered here yet: press n to order a number.")
        else:
            self._open_form(last, "" if record is None else "Not this row's order, which is not known, but your last:")

    def action_cancel_order(self) -> None:
        """Ask, then cancel the row's order; too early: arm or disarm it at once."""
        entry = self._active.selected_entry()
        if self._history.has_focus:
            self._message.tell("The orders of the history have ended: there is nothing to cancel.")
            return
        if entry is None:
            self._message.tell(self._no_order())
            return
        self._ask_to_cancel(entry)

    def _no_order(self) -> str:
        """Why a command for an order finds none."""
        if self._history.has_focus:
            return "The orders of the history have ended."
        if isinstance(self._active.selected(), Attempt):
            return "Nobody knows yet whether this is an order: enter settles it."
        return "There is no order under the cursor."

    @on(OrderPane.CancelPressed)
    def _cancel_pressed(self, event: OrderPane.CancelPressed) -> None:
        entry = self._desk.state.entries.get(event.order_id)
        if entry is not None:
            self._ask_to_cancel(entry)

    def _ask_to_cancel(self, entry: Entry) -> None:
        """Ask before a request is sent; to arm, to disarm, or to hear why not takes no question."""
        if self._desk.cancellation(entry).press is not CancelPress.ASK:
            self._cancel(entry.id)
            return

        def why_void() -> str:
            known = self._known(entry.id)
            return void_reason(known[1] if known else None, self._desk.clock.now())

        self._message.ask(cancel_question(entry, self._shown), lambda: self._cancel(entry.id), why_void)

    @work(group="cancel", exit_on_error=False, description="cancelling")
    async def _cancel(self, order_id: str) -> None:
        self._tell_of_order(order_id, await self._desk.cancel(order_id))

    @work(group="keep", exit_on_error=False, description="keeping")
    async def action_keep_order(self) -> None:
        """Keep the row's order from being cancelled automatically, or no longer."""
        entry = None if self._history.has_focus else self._active.selected_entry()
        if entry is None:
            self._message.tell(self._no_order())
        else:
            self._tell_of_order(entry.id, await self._desk.keep(entry.id))

    def _tell_of_order(self, order_id: str, result: CommandResult) -> None:
        """Say what a command did, as long as it is true of its order; what is armed counts down."""
        entry = self._desk.state.entries.get(order_id)

        def words() -> str:
            known = self._known(order_id)
            is_armed = known is not None and known[1].press is CancelPress.DISARM
            latest = replace(result, cancellation=known[1]) if known and is_armed else result
            return command_sentence(latest, self._desk.clock.now())

        if entry is None:
            self._message.tell(words())
        else:
            self._tell_about(entry, words)

    def action_acknowledge(self) -> None:
        """Mark the row's codes as seen; an ended order leaves the desk."""
        record = self._selected_record()
        if record is None:
            self._message.tell(self._no_order())
        elif self._history.has_focus and not record.unseen:
            self._message.tell("This row has no unseen code.")
        else:
            self._codes.mark_seen(record, record.codes, dismiss=not self._history.has_focus)

    async def action_next_unseen(self) -> None:
        """Go to the next row with an unseen code."""
        await self._go_to_unseen(1)

    async def action_previous_unseen(self) -> None:
        """Go to the previous row with an unseen code."""
        await self._go_to_unseen(-1)

    async def _go_to_unseen(self, step: int) -> None:
        """Go through the rows with unseen codes of both tables, round and round; each order is visited once."""
        on_desk = self._active.unseen()
        active_keys = {key for _, key in on_desk}
        in_history = [(place, key) for place, key in await self._history.unseen() if key not in active_keys]
        stops = [(0, place) for place, _ in on_desk] + [(1, place) for place, _ in in_history]
        here = (1, self._history.cursor_index or 0) if self._history.has_focus else (0, self._active.cursor_index or 0)
        stop = next_stop(stops, here, step)
        if stop is None:
            hidden = any(entry.record.unseen for entry in self._desk.state.entries.values())
            self._message.tell("The filter hides the unseen codes: esc shows all." if hidden else "No code is unseen.")
            return
        table = self._history if stop[0] else self._active
        self._bring_up(table)
        table.move_cursor(stop[1])

    def _bring_up(self, table: Table) -> None:
        """Focus a table that may be covered by the other one."""
        self.remove_class("-zoom-history" if table is self._active else "-zoom-active")
        if not self.has_class("-wide"):
            self.set_class(table is self._history, "-history")
        table.focus()

    def action_copy_latest(self) -> None:
        """Copy the newest code of all: the one that the panel shows big."""
        latest = self.query_one(LatestCode).latest
        if latest is None:
            self._message.tell("There is no code yet.")
        else:
            self._codes.copy_code(*latest, self._message.tell)

    def action_copy_code(self) -> None:
        """Copy the row's newest code."""
        record = self._selected_record()
        if record is None or not record.codes:
            self._message.tell("This row has no code yet.")
        else:
            self._codes.copy_code(record, record.codes[-1], self._message.tell)

    def action_copy_number(self) -> None:
        """Copy the row's number."""
        record = self._selected_record()
        number = record.order.phone_number if record else None
        if record is None or number is None:
            self._message.tell("This row has no number yet.")
        else:
            self._codes.copy_number(record, dialable(number), self._message.tell)

    def action_open(self) -> None:
        """Show all about the row."""
        self._open_details()

    @on(Table.RowOpened)
    def _open_details(self) -> None:
        from numdeck.ui.screens.details import DetailsScreen

        item = None if self._history.has_focus else self._active.selected()
        if isinstance(item, Attempt):
            self._settle_by_hand(item)
            return
        record = self._selected_record()
        if record is not None:
            self.app.push_screen(DetailsScreen(self._desk, record, self._codes, title_suffix=self._title_suffix))

    @work(group="settle", exclusive=True, exit_on_error=False, description="looking for orders that fit")
    async def _settle_by_hand(self, attempt: Attempt) -> None:
        """Let the operator say what came of an unknown purchase."""
        if attempt.state is AttemptState.UNKNOWN:
            candidates = await self._desk.candidates(attempt.id)
            screen = ResolveScreen(self._desk, attempt, candidates, self._codes, title_suffix=self._title_suffix)

            async def settle(choice: Resolution | None) -> None:
                if choice is not None:
                    await self._desk.resolve_by_hand(attempt.id, choice.order_id)

            self.app.push_screen(screen, settle)

    def action_filter(self) -> None:
        """Type words to look for in the focused table."""
        self._filtered = self._focused_table()
        field = self._filter_field
        field.value = self._filters.get(self._filtered.id or "", "")
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    async def _filter_changed(self, event: Input.Changed) -> None:
        if self._filter_field.has_focus:
            await self._apply_filter(event.value)

    @on(Input.Submitted, "#filter")
    def _filter_submitted(self) -> None:
        self._filter_field.display = False
        self._filtered.focus()

    async def _apply_filter(self, text: str) -> None:
        self._filters[self._filtered.id or ""] = text
        if self._filtered is self._history:
            await self._history.set_filter(text)
        else:
            self._active.set_filter(text, self._desk.state)

    async def action_sort(self) -> None:
        """Sort the focused table in the next way."""
        await self._sort(self._focused_table())

    @on(Table.HeaderSelected)
    async def _header_clicked(self, event: Table.HeaderSelected) -> None:
        await self._sort(event.table)

    async def _sort(self, table: Table) -> None:
        if table is self._history:
            self._message.tell(f"History sorted by {self._history.next_sort()}.")
            await self._history.reload()
        else:
            order = self._active.next_sort(self._desk.state)
            self._message.tell(f"Active numbers sorted: {order.name.lower()}.")

    def action_toggle_history(self) -> None:
        """Give the history more room, or take it back."""
        is_large = not self.has_class("-history")
        self.set_class(is_large, "-history")
        (self._history if is_large else self._active).focus()

    def action_zoom(self) -> None:
        """Show the focused pane alone, or all."""
        zoomed = "-zoom-history" if self._history.has_focus else "-zoom-active"
        is_zoomed = self.has_class("-zoom-history") or self.has_class("-zoom-active")
        self.remove_class("-zoom-history", "-zoom-active")
        if not is_zoomed:
            self.add_class(zoomed)

    async def action_refresh_desk(self) -> None:
        """Poll now."""
        asked_at, pressed_at = self._desk.state.link.fresh_at, self._desk.clock.monotonic()
        held = await self._desk.refresh()

        def words() -> str:
            left = pressed_at + held - self._desk.clock.monotonic()
            return f"Throttled: polling again in {show_clock(left)}." if left > 0 else "Polling."

        self._tell_while(words, lambda said: said if self._desk.state.link.fresh_at == asked_at else "")

    def action_mask(self) -> None:
        """Mask numbers and codes, or show them."""
        self._message.tell("")  # it may name a number; what still stands is said again
        self._show_otherwise(replace(self._shown, masked=not self._shown.masked))
        self._alerts.retitle(self._shown)

    def action_utc(self) -> None:
        """Show times in UTC, or local."""
        self._show_otherwise(replace(self._shown, utc=not self._shown.utc))
        self._message.tell(f"Times are in {zone_name(self._desk.clock.now(), utc=self._shown.utc)}.")

    def _show_otherwise(self, display: DisplayOptions) -> None:
        self._shown = display
        self._active.show(self._desk.state, display)
        self._history.show(display)
        self._code_line.draw()
        self._draw_texts()

    def action_help(self) -> None:
        """Show the keys and what they do."""
        from numdeck.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self._desk, self._codes, self._settings))

    async def action_quit_desk(self) -> None:
        """Quit, as ctrl+q and ctrl+c do."""
        await self.app.action_quit()

    async def action_back(self) -> None:
        """One step back: the filter, the zoom, the larger history."""
        if not self._filter_field.has_focus:
            self._filtered = self._focused_table()
        if self._filter_field.has_focus or self._filters.get(self._filtered.id or ""):
            await self._apply_filter("")
            self._filter_submitted()
        elif self.has_class("-zoom-history") or self.has_class("-zoom-active"):
            self.remove_class("-zoom-history", "-zoom-active")
        elif self.has_class("-history"):
            self.action_toggle_history()
        else:
            self._summary = ""
            self._say_what_stands()

    def _focused_table(self) -> Table:
        return self._history if self._history.has_focus else self._active

    def _selected_record(self) -> OrderRecord | None:
        """The order under the cursor of the focused table."""
        if self._history.has_focus:
            return self._history.selected()
        entry = self._active.selected_entry()
        return entry.record if entry else None

    def _open_form(self, request: OrderRequest | None, doubt: str = "") -> None:
        from numdeck.ui.screens.order_form import OrderScreen

        self._form.open(self._desk.names, request, doubt=doubt)
        confirm, is_sandbox = request is not None, self._settings.sandbox
        form = OrderScreen(self._desk, self._codes, self._form, confirm=confirm, is_sandbox=is_sandbox)
        self.app.push_screen(form, self._ordered)

    def _ordered(self, attempt: Attempt | None) -> None:
        """Say what came of the order form, and go to the order."""
        if attempt is None:
            return
        self._active.focus()
        # Now, not with the next burst of events: the key after this one may be for the new row.
        self._active.show(self._desk.state, self._shown)
        self._active.move_cursor_to(attempt.order_id or row_key(attempt))
        if attempt.state is AttemptState.UNKNOWN:
            unknown = f"Purchase unknown: do not order again yet. {attempt.reason}"
            attempts = self._desk.state.attempts
            self._tell_while(lambda: unknown, lambda said: said if attempt.id in attempts else "", important=True)
        entry = self._desk.state.entries.get(attempt.order_id or "")
        if entry is not None:
            ordered = f"Ordered {show_number(entry.record.order.phone_number, self._shown)}."
            self._tell_about(entry, lambda: ordered)


def next_stop(stops: Sequence[Stop], here: Stop, step: int) -> Stop | None:
    """Find the stop after (`step` 1) or before (-1) this place, round and round; None if there is none."""
    if step > 0:
        return min((stop for stop in stops if stop > here), default=min(stops, default=None))
    return max((stop for stop in stops if stop < here), default=max(stops, default=None))
