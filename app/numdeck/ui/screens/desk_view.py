"""How the desk looks: panes, and what happens on the desk drawn into them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import Worker

from numdeck.desk.events import (
    AttemptChanged,
    BalanceLow,
    CancelDropped,
    CancelDue,
    CaughtUp,
    ClockWrong,
    CodesArrived,
    EntryEvent,
    Notice,
    Topic,
    TopicChanged,
)
from numdeck.desk.port import DeskError, DeskPort
from numdeck.desk.state import Entry
from numdeck.ui.alerts import Alerts
from numdeck.ui.cancellation import automatic_title, dropped_sentence, due_sentence
from numdeck.ui.clipboard import Copier, Multiplexers
from numdeck.ui.codes import CodeBoard
from numdeck.ui.display import DisplayOptions, show_number
from numdeck.ui.form.model import OrderForm
from numdeck.ui.messages import DeskEvent
from numdeck.ui.notices import Known, notice_sentence, still_said
from numdeck.ui.panes.active import ActiveTable
from numdeck.ui.panes.history import HistoryTable
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.latest import CodeLine, LatestCode
from numdeck.ui.panes.message import MessageLine, failure
from numdeck.ui.panes.order import OrderPane
from numdeck.ui.panes.status import StatusLine
from numdeck.ui.settings import UiSettings
from numdeck.ui.table import Table
from numdeck.ui.terminal import Terminal


class DeskView(Screen[None]):
    """The desk without its keys: routes the events of the desk to the panes."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012

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
        self._code_line = CodeLine(desk, self._codes)
        self._standing = ""
        self._summary = ""
        self._said = ""
        self._words: Callable[[], str] = lambda: ""
        self._still_said: Callable[[str], str] = lambda sentence: sentence
        self._is_flush_due = False
        self._is_history_due = False
        self._is_table_due = True
        self._is_empty_known = False
        self._stop_listening: Callable[[], None] | None = None
        self._filters: dict[str, str] = {}
        self._form = OrderForm(desk.names)

    # Layout

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        suffix = self._title_suffix
        now = self._desk.clock.now
        yield StatusLine(is_sandbox=self._settings.sandbox, is_read_only=self._settings.read_only)
        with Horizontal(id="panes"):
            with Vertical(id="tables"):
                yield ActiveTable(
                    cancellation=self._desk.cancellation,
                    now=now,
                    title_suffix=automatic_title(self._desk.auto_cancel_after) + suffix,
                )
                yield HistoryTable(
                    self._desk,
                    now=now,
                    is_known=lambda: self._desk.state.knows_history,
                    on_error=self._history_failed,
                    title_suffix=suffix,
                )
            with Vertical(id="side"):
                yield LatestCode()
                yield OrderPane(read_only=self._settings.read_only)
        filter_input = Input(id="filter", placeholder="words to look for", compact=True, select_on_focus=False)
        filter_input.cursor_blink = False
        filter_input.display = False
        yield filter_input
        yield self._code_line
        yield MessageLine()
        yield KeyLine()

    @property
    def _title_suffix(self) -> str:
        """What every frame says as well: nobody shall take the sandbox for the real thing."""
        return " · SANDBOX" if self._settings.sandbox else ""

    async def on_mount(self) -> None:
        """Show what the journal knows, and begin to listen."""
        self._stop_listening = self._desk.listen(lambda event: self.post_message(DeskEvent(event)))
        self._filtered: Table = self._active
        self._active.focus()
        self._history.show(self._shown)
        self._is_history_due = True
        await self._flush()
        self.set_interval(1.0, self._tick)
        if self._desk.journal_damage:
            self._message.tell(self._desk.journal_damage, important=True)
        self._find_latest()

    def on_unmount(self) -> None:
        """Stop listening."""
        if self._stop_listening is not None:
            self._stop_listening()

    @property
    def _shown(self) -> DisplayOptions:
        """How numbers, codes and times are shown, here and on every other screen."""
        return self._codes.display

    @_shown.setter
    def _shown(self, display: DisplayOptions) -> None:
        self._codes.display = display

    def _run_quietly(self, work: Coroutine[object, object, None]) -> None:
        self.run_worker(work, group="seen", exit_on_error=False, description="copying, or marking codes as seen")

    @property
    def _active(self) -> ActiveTable:
        return self.query_one(ActiveTable)

    @property
    def _history(self) -> HistoryTable:
        return self.query_one(HistoryTable)

    @property
    def _message(self) -> MessageLine:
        return self.query_one(MessageLine)

    @property
    def _filter_field(self) -> Input:
        return self.query_one("#filter", Input)

    # What happens on the desk

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that something came to nothing because of a fault of ours."""
        if sentence := failure(event):
            self._message.tell(sentence, important=True)

    def on_desk_event(self, message: DeskEvent) -> None:
        """Take notice; everything that came in one burst is drawn once."""
        event = message.event
        match event:
            case CodesArrived(entry, codes):
                self._alerts.codes_arrived(entry.record, codes, self._shown)
            case CancelDue(entry):
                self._tell_of(entry, due_sentence(event))
            case CancelDropped(entry):
                self._tell_of(entry, dropped_sentence(event), is_final=True)
            case Notice(sentence, important):
                self._message.tell(sentence, important=important)
            case ClockWrong():
                self._message.tell(notice_sentence(event), important=True)
            case CaughtUp():
                self._summary = notice_sentence(event)
            case BalanceLow():
                sentence = notice_sentence(event)
                self._tell_while(
                    lambda: sentence, lambda said: said if self._desk.state.low_balance else "", important=True
                )
            case AttemptChanged(attempt):
                self._active.follow(attempt)
            case TopicChanged(Topic.NAMES):
                self._shown = replace(self._shown, names=self._desk.names)
                self._history.show(self._shown)
                self._is_table_due = True
            case TopicChanged(Topic.HISTORY):
                self._is_history_due = True
            case _:
                pass
        self._codes.note(event)
        self._is_table_due |= isinstance(event, EntryEvent | AttemptChanged)
        if not self._is_flush_due:
            self._is_flush_due = True
            self.call_later(self._flush)

    def _tell_of(self, entry: Entry, sentence: str, *, is_final: bool = False) -> None:
        """Say what happened to an order without a key press, beyond the screen too."""
        told = f"{show_number(entry.record.order.phone_number, self._shown)}: {sentence}"
        if is_final:
            self._message.tell(told, important=True)
        else:
            self._tell_about(entry, lambda: told, important=True)
        self._terminal.notify("numdeck", told)

    def _tell_about(self, entry: Entry, words: Callable[[], str], *, important: bool = False) -> None:
        """Say something of an order, as long as it is true; then what came of it."""
        known = (entry, self._desk.cancellation(entry))

        def still(sentence: str) -> str:
            return still_said(sentence, known, self._known(entry.id), self._shown)

        self._tell_while(words, still, important=important)

    def _known(self, order_id: str) -> Known | None:
        """An order as it is now; None if it is not on the desk."""
        entry = self._desk.state.entries.get(order_id)
        return (entry, self._desk.cancellation(entry)) if entry else None

    def _tell_while(self, words: Callable[[], str], still: Callable[[str], str], *, important: bool = False) -> None:
        """Say a sentence, in the `words` that are right at the moment, as some count down.

        `still` tells what has become of it: the same, another sentence, or nothing any more.
        """
        self._said, self._words, self._still_said = words(), words, still
        self._message.tell(self._said, important=important)
        self._renew_said()

    def _renew_said(self) -> None:
        """Replace or withdraw a sentence that is no longer true."""
        if not self._said or self._message.is_asking:
            return
        if self._message.said != self._said:  # something else was said, or it stood long enough
            self._said = ""
            return
        words = self._words()
        sentence = self._still_said(words)
        if sentence != words:
            self._said = ""
            self._message.tell(sentence, important=bool(sentence) and self._message.has_class("-important"))
        elif words != self._said:
            self._said = words
            self._message.say(words)  # it stands no longer for that

    async def _flush(self) -> None:
        self._is_flush_due = False
        is_first_answer = self._is_empty_known != (self._desk.state.link.fresh_at is not None)
        if self._is_table_due or is_first_answer:
            self._is_table_due = False
            self._is_empty_known = self._desk.state.link.fresh_at is not None
            self._active.show(self._desk.state, self._shown)
            self._alerts.note_unseen(any(e.record.unseen for e in self._desk.state.entries.values()))
        self._draw_texts()
        if self._is_history_due:
            self._is_history_due = False
            self._reload_history()

    def _tick(self) -> None:
        """Once a second: only texts that say something else by now are drawn."""
        self._active.refresh_visible_rows()
        self._draw_texts()

    def _draw_texts(self) -> None:
        state, now = self._desk.state, self._desk.clock.now()
        self.query_one(StatusLine).show(state, now)
        self._renew_said()
        self._say_what_stands()
        self._message.recheck()
        item = self._history.selected() if self._history.has_focus else self._active.selected()
        entry = item if isinstance(item, Entry) else None
        cancellation = self._desk.cancellation(entry) if entry else None
        self.query_one(OrderPane).show(item, cancellation, self._shown, now)
        self.query_one(LatestCode).show(self._codes.codes(), self._shown, now)

    def _say_what_stands(self) -> None:
        """Keep on the message line, while nothing else is said there, what is wrong with memory or connection.

        If nothing is, what happened while numdeck was not running stands there until the operator has read it.
        """
        state = self._desk.state
        standing = state.memory_trouble or state.link.sentence or self._summary
        if standing and (standing != self._standing or not self._message.said):
            self._message.tell(standing, important=True)
        elif not standing and self._message.said == self._standing:
            self._message.tell("")
        self._standing = standing

    @work(group="history", exclusive=True, exit_on_error=False, description="reading the history")
    async def _reload_history(self) -> None:
        await self._history.reload()

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
