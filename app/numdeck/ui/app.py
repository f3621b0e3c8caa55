"""The Textual application: themes, terminal, life and death. Screens do the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from numdeck.desk.desk import Desk
from numdeck.ui.actions import actions_for
from numdeck.ui.alerts import AlertChoices, Alerts
from numdeck.ui.answering import AnsweringApp
from numdeck.ui.failures import failure
from numdeck.ui.keymap import textual_keymap
from numdeck.ui.lifeline import Lifeline
from numdeck.ui.options import UiOptions
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.paths import SHEETS
from numdeck.ui.quitting import quit_question
from numdeck.ui.screens.desk import DeskScreen
from numdeck.ui.terminal import Terminal
from numdeck.ui.theme import THEMES

log = logging.getLogger(__name__)


class NumdeckApp(AnsweringApp):
    """Runs the desk as a background worker, and shows it."""

    CSS_PATH = SHEETS
    TITLE = "numdeck"
    BINDINGS: ClassVar[list[BindingType]] = [
        # ctrl+q is Textual's own binding for the same action, with priority as well.
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(self, desk: Desk, options: UiOptions) -> None:
        # Without colour at all only in the terminal's own: Textual would still send greys in any other theme.
        super().__init__(ansi_color=options.theme.startswith("ansi"))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = options.theme if options.theme in self.available_themes else THEMES[0].name
        self._desk = desk
        self._options = options
        self._lifeline: Lifeline | None = None

    async def on_mount(self) -> None:
        """Open the desk screen and start to watch."""
        options = self._options
        self.set_keymap(textual_keymap(options.keymap))
        self.terminal = self.open_terminal()
        title = "numdeck SANDBOX" if options.is_sandbox else "numdeck"
        alerts = Alerts(self.terminal, AlertChoices(bell=options.bell, title=options.title), title=title)
        self.terminal.keep_title()
        self.terminal.title(title)
        self.set_class(options.is_sandbox, "-sandbox")
        self.push_screen(DeskScreen(self._desk, options, self.terminal, alerts))
        if not self.is_headless:
            self._lifeline = Lifeline(asyncio.get_running_loop(), self._end)
            self._lifeline.hold()
        self.call_after_refresh(self.start_watch)

    def open_terminal(self) -> Terminal:
        """What the terminal can do beyond drawing."""
        output = None if self.is_headless else self._driver
        return Terminal(output, notification=self._options.notification)

    async def on_unmount(self) -> None:
        """Leave the terminal as it was."""
        self.terminal.restore_title()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything in the table of actions by name, and the themes."""
        if isinstance(screen, DeskScreen):
            for action in actions_for(read_only=self._options.read_only):
                yield SystemCommand(action.title, action.sentence, getattr(screen, f"action_{action.call}"))
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say it if the watch itself has ended: a screen that is no longer fed must not look alive."""
        if failure(event):
            self.exit(return_code=1, message="numdeck: the watch ended because of an internal error; see the log.")

    def _fatal_error(self) -> None:
        """End because of a fault of ours, with one sentence.

        Textual would print the traceback with the variables of every frame: what the service sent, as it came, and
        whatever else is held there. The log gets it without them.
        """
        log.error("the screen failed", exc_info=self._exception)
        self.panic(Text("numdeck ended because of an internal error, which is written to its log. Start it again."))

    async def action_quit(self) -> None:
        """End the program, after a question if something is lost by it. Every way out leads here."""
        question = self._quit_question()
        if not question:
            self.exit()
            return
        while not self.screen.query(MessageLine):
            await self.pop_screen()  # the command palette
        self.screen.query_one(MessageLine).ask(question, self.exit, self._no_quit)

    def _quit_question(self) -> str:
        return quit_question(is_purchase_out=self._desk.order_in_flight, pending=self._desk.pending_cancels())

    def _no_quit(self) -> str:
        """Why to quit needs no question any more."""
        return "" if self._quit_question() else "Nothing is pending any more: quit again to leave."

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what was cut from a field for ctrl+v: the terminal's clipboard is for the keys that say so."""
        self._clipboard = text

    def release(self) -> None:
        """The program has ended in order: let go of signals and terminal."""
        if self._lifeline is not None:
            self._lifeline.let_go()

    def start_watch(self) -> None:
        """Begin to watch the account; the screen is painted already."""
        self.run_worker(
            self._desk.run(), group="desk", exit_on_error=False, description="watching the account", exclusive=True
        )

    def _end(self, status: int) -> None:
        self.exit(return_code=status)
