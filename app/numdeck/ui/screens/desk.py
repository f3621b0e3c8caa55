"""The desk screen: arranges the panes, routes what happens on the desk to them, and opens the other screens."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.worker import Worker

from numdeck.desk import events
from numdeck.desk.port import DeskError, DeskPort
from numdeck.desk.state import Entry
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, AttemptState, OrderRequest
from numdeck.ui.actions import ACTIONS, bindings
from numdeck.ui.alerts import Alerts
from numdeck.ui.cancellation import dropped_sentence, due_sentence
from numdeck.ui.clipboard import Copier, Multiplexers
from numdeck.ui.codes import CodeBoard
from numdeck.ui.display import DisplayOptions, show_number, zone_name
from numdeck.ui.form.model import OrderForm
from numdeck.ui.notices import notice_sentence
from numdeck.ui.panes.active import row_key
from numdeck.ui.panes.desk_panes import DeskPanes
from numdeck.ui.panes.desk_table import DeskTable, FilterField
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.latest import CodeLine
from numdeck.ui.panes.message import MessageLine, failure
from numdeck.ui.panes.status import StatusLine
from numdeck.ui.sayings import Sayings
from numdeck.ui.settings import UiSettings
from numdeck.ui.table import Table
from numdeck.ui.terminal import Terminal

_DANGEROUS_CALLS = frozenset(action.call for action in ACTIONS if action.is_dangerous)


class DeskScreen(Screen[None]):
    """Active numbers, history, the latest code and the order under the cursor."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS), Binding("escape", "back", "Back", show=False)]

    def __init__(
        self, desk: DeskPort, settings: UiSettings, terminal: Terminal, alerts: Alerts, multiplexers: Multiplexers
    ) -> None:
        super().__init__()
        self._desk = desk
        self._settings = settings
        self._terminal = terminal
        self._alerts = alerts
        display = DisplayOptions(names=desk.names, utc=settings.screen.utc)
        copier = Copier(terminal, settings.screen.clipboard, multiplexers)
        self._codes = CodeBoard(desk, copier, display, self._run_quietly)
        self._form = OrderForm(desk.names)
        self._title_suffix = " · SANDBOX" if settings.sandbox else ""  # of every frame: it is not the real thing
        self._status = StatusLine(is_sandbox=settings.sandbox, is_read_only=settings.read_only)
        self._filter = FilterField()
        self._code_line = CodeLine(desk, self._codes)
        self._message = MessageLine()
        self._sayings = Sayings(self._message, desk, lambda: self._codes.display)
        self._panes = DeskPanes(desk, self._sayings, settings, self._title_suffix, self._history_failed)
        self._summary = ""
        self._is_flush_due = False
        self._is_history_due = True
        self._is_table_due = True
        self._is_empty_known = False
        self._stop_listening: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield self._status
        yield self._panes
        yield self._filter
        yield self._code_line
        yield self._message
        yield KeyLine()

    async def on_mount(self) -> None:
        """Show what the journal knows, and begin to listen."""
        self._stop_listening = self._desk.listen(lambda event: self.call_later(self._route, event))
        self._panes.active.focus()
        self._panes.history.show(self._codes.display)
        await self._flush()
        self.set_interval(1.0, self._tick)
        if self._desk.journal_damage:
            self._message.tell(self._desk.journal_damage, important=True)
        self._find_latest()

    def on_unmount(self) -> None:
        """Stop listening."""
        if self._stop_listening is not None:
            self._stop_listening()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Take away what moves money when numdeck only watches, and everything while a question is asked."""
        return not self._message.is_asking and not (self._settings.read_only and action in _DANGEROUS_CALLS)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report an internal error."""
        if sentence := failure(event):
            self._message.tell(sentence, important=True)

    def _run_quietly(self, work: Coroutine[object, object, None]) -> None:
        self.run_worker(work, group="seen", exit_on_error=False, description="copying, or marking codes as seen")

    # What happens on the desk

    def _route(self, event: events.Event) -> None:
        """Route an event to the panes; what came in one burst is drawn once. Journal and state have it already."""
        match event:
            case events.CodesArrived(entry, codes):
                self._alerts.codes_arrived(entry.record, codes, self._codes.display)
            case events.CancelDue(entry):
                self._announce(entry, due_sentence(event))
            case events.CancelDropped(entry):
                self._announce(entry, dropped_sentence(event), is_final=True)
            case events.Notice(sentence, important):
                self._message.tell(sentence, important=important)
            case events.ClockWrong():
                self._message.tell(notice_sentence(event), important=True)
            case events.CaughtUp():
                self._summary = notice_sentence(event)
            case events.BalanceLow():
                self._sayings.say_low_balance(notice_sentence(event))
            case events.AttemptChanged(attempt):
                self._panes.active.follow(attempt)
            case events.TopicChanged(events.Topic.NAMES):
                self._codes.display = replace(self._codes.display, names=self._desk.names)
                self._panes.history.show(self._codes.display)
                self._is_table_due = True
            case events.TopicChanged(events.Topic.HISTORY):
                self._is_history_due = True
            case _:
                pass
        self._codes.note(event)
        self._is_table_due |= isinstance(event, events.EntryEvent | events.AttemptChanged)
        if not self._is_flush_due:
            self._is_flush_due = True
            self.call_later(self._flush)

    def _announce(self, entry: Entry, sentence: str, *, is_final: bool = False) -> None:
        """Say what happened to an order without a key press, beyond the screen too."""
        told = f"{show_number(entry.record.order.phone_number, self._codes.display)}: {sentence}"
        if is_final:
            self._message.tell(told, important=True)
        else:
            self._sayings.say_of(entry, lambda: told, important=True)
        self._terminal.notify("numdeck", told)

    async def _flush(self) -> None:
        """Draw what changed since the last burst of events."""
        self._is_flush_due = False
        is_empty_known = self._desk.state.link.fresh_at is not None
        if self._is_table_due or self._is_empty_known != is_empty_known:
            self._is_table_due, self._is_empty_known = False, is_empty_known
            self._panes.active.show(self._codes.display)
            self._alerts.note_unseen(self._panes.active.has_unseen)
        self._draw_texts()
        if self._is_history_due:
            self._is_history_due = False
            self._reload_history()

    def _tick(self) -> None:
        """Once a second, draw the texts that have changed with time."""
        self._panes.active.refresh_visible_rows()
        self._draw_texts()

    def _draw_texts(self) -> None:
        state, display, now = self._desk.state, self._codes.display, self._desk.clock.now()
        self._status.show(state, now)
        # What is wrong with memory or connection, else what happened while numdeck was not running.
        self._sayings.renew(state.memory_trouble or state.link.sentence or self._summary)
        self._message.recheck()
        self._panes.draw_texts(self._codes.codes(), display, now)

    @work(group="history", exclusive=True, exit_on_error=False, description="reading the history")
    async def _reload_history(self) -> None:
        await self._panes.history.reload()

    def _history_failed(self, error: Exception) -> None:
        sentence = error.sentence if isinstance(error, DeskError) else "The history cannot be read; see the log."
        self._message.tell(sentence, important=True)

    @work(group="latest", exclusive=True, exit_on_error=False, description="finding the latest code")
    async def _find_latest(self) -> None:
        """Look for the newest code there is: its order may have left the desk before the start."""
        try:
            self._codes.remember(await self._desk.newest_news())
        except DeskError as error:
            self._history_failed(error)
            return
        self._draw_texts()

    @on(Table.CursorMoved)
    @on(DescendantFocus)
    def _other_row(self) -> None:
        if self._stop_listening is not None:  # it is all there
            self._draw_texts()

    # Orders

    def action_new_order(self) -> None:
        """Open the order form."""
        self._open_form(None)

    def action_repeat_order(self) -> None:
        """Open the order form with the request of the row, or of the last order, ready to be confirmed."""
        item = self._panes.selected
        record = item.record if isinstance(item, Entry) else item
        request = record.request if record else None
        last = self._desk.state.favourites.last
        if request is not None:
            self._open_form(request)
        elif last is None:
            self._message.tell("Nothing was ordered here yet: press n to order a number.")
        else:
            self._open_form(last, "" if record is None else "Not this row's order, which is not known, but your last:")

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
        self._panes.active.focus()
        # Now, not with the next burst of events: the key after this one may be for the new row.
        self._panes.active.show(self._codes.display)
        self._panes.active.move_cursor_to(attempt.order_id or row_key(attempt))
        self._sayings.say_ordered(attempt)

    def action_cancel_order(self) -> None:
        """Ask, then cancel the row's order; too early: arm or disarm it at once."""
        item = self._panes.selected
        if isinstance(item, OrderRecord) or self._panes.history.has_focus:
            self._message.tell("The orders of the history have ended: there is nothing to cancel.")
        elif isinstance(item, Entry):
            self._panes.order.cancel(item)
        else:
            self._message.tell(self._no_order())

    def action_keep_order(self) -> None:
        """Keep the row's order from being cancelled automatically, or no longer."""
        item = self._panes.selected
        if isinstance(item, Entry):
            self._panes.order.keep(item.id)
        else:
            self._message.tell(self._no_order())

    def _no_order(self) -> str:
        """Why a command for an order finds none."""
        if self._panes.history.has_focus:
            return "The orders of the history have ended."
        if isinstance(self._panes.selected, Attempt):
            return "It is unknown whether this is an order: press enter to decide."
        return "There is no order under the cursor."

    @on(Table.RowOpened)
    def action_open(self) -> None:
        """Show the details of the row; for an unknown purchase, let the operator say what came of it."""
        from numdeck.ui.screens.details import DetailsScreen

        item = self._panes.selected
        if isinstance(item, Attempt):
            self._resolve_by_hand(item)
        elif record := self._panes.focused.selected_record():
            self.app.push_screen(DetailsScreen(self._desk, record, self._codes, title_suffix=self._title_suffix))

    @work(group="resolve", exclusive=True, exit_on_error=False, description="looking for orders that fit")
    async def _resolve_by_hand(self, attempt: Attempt) -> None:
        from numdeck.ui.screens.resolve import Resolution, ResolveScreen

        if attempt.state is not AttemptState.UNKNOWN:
            return
        candidates = await self._desk.candidates(attempt.id)
        screen = ResolveScreen(self._desk, attempt, candidates, self._codes, title_suffix=self._title_suffix)

        async def resolve(choice: Resolution | None) -> None:
            if choice is not None:
                await self._desk.resolve_by_hand(attempt.id, choice.order_id)

        self.app.push_screen(screen, resolve)

    # Codes

    def action_acknowledge(self) -> None:
        """Mark the row's codes as seen; an ended order leaves the desk."""
        record = self._panes.focused.selected_record()
        if record is None:
            self._message.tell(self._no_order())
        elif self._panes.history.has_focus and not record.unseen:
            self._message.tell("This row has no unseen code.")
        else:
            self._codes.mark_seen(record, record.codes, dismiss=not self._panes.history.has_focus)

    async def action_next_unseen(self) -> None:
        """Go to the next row with an unseen code."""
        await self._go_to_unseen(1)

    async def action_previous_unseen(self) -> None:
        """Go to the previous row with an unseen code."""
        await self._go_to_unseen(-1)

    async def _go_to_unseen(self, step: int) -> None:
        if sentence := await self._panes.go_to_unseen(step):
            self._message.tell(sentence)

    def action_copy_latest(self) -> None:
        """Copy the newest code: the one that the panel shows big."""
        if self._panes.latest.latest is None:
            self._message.tell("There is no code yet.")
        else:
            self._codes.copy_code(*self._panes.latest.latest, self._message.tell)

    def action_copy_code(self) -> None:
        """Copy the row's newest code."""
        self._codes.copy_last_code(self._panes.focused.selected_record(), self._message.tell)

    def action_copy_number(self) -> None:
        """Copy the row's number."""
        self._codes.copy_number(self._panes.focused.selected_record(), self._message.tell)

    # What is shown

    def action_filter(self) -> None:
        """Filter the focused table."""
        self._filter.open(self._panes.focused)

    async def action_sort(self) -> None:
        """Sort the focused table in the next way."""
        await self._sort(self._panes.focused)

    @on(Table.HeaderSelected)
    async def _header_clicked(self, event: Table.HeaderSelected) -> None:
        if isinstance(event.table, DeskTable):
            await self._sort(event.table)

    async def _sort(self, table: DeskTable) -> None:
        self._message.tell(table.next_sort())
        await table.reload()

    def action_toggle_history(self) -> None:
        """Give the history more room, or take it back."""
        self._panes.toggle_history()

    def action_zoom(self) -> None:
        """Show the focused pane alone, or all."""
        self._panes.toggle_zoom()

    async def action_refresh_desk(self) -> None:
        """Poll now."""
        asked_at = self._desk.state.link.fresh_at
        self._sayings.say_polling(asked_at, held_for=await self._desk.refresh())

    def action_mask(self) -> None:
        """Mask numbers and codes, or show them."""
        self._message.tell("")  # it may name a number; what still stands is said again
        self._show_otherwise(replace(self._codes.display, masked=not self._codes.display.masked))
        self._alerts.retitle(self._codes.display)

    def action_utc(self) -> None:
        """Show times in UTC, or local."""
        self._show_otherwise(replace(self._codes.display, utc=not self._codes.display.utc))
        self._message.tell(f"Times are in {zone_name(self._desk.clock.now(), utc=self._codes.display.utc)}.")

    def _show_otherwise(self, display: DisplayOptions) -> None:
        self._codes.display = display
        self._panes.show(display)
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
        """Go one step back: the filter, the zoom, the larger history, the summary."""
        if not await self._filter.clear_filter(self._panes.focused) and not self._panes.step_back():
            self._summary = ""
            self._draw_texts()
