"""The Textual application: themes, terminal, life and death. Screens do the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.worker import Worker

from numdeck.desk.desk import Desk
from numdeck.model.text import typeable
from numdeck.ui.actions import actions_for
from numdeck.ui.alerts import AlertChoices, Alerts
from numdeck.ui.failures import failure
from numdeck.ui.keymap import textual_keymap
from numdeck.ui.lifeline import Lifeline
from numdeck.ui.options import UiOptions
from numdeck.ui.paths import SHEETS
from numdeck.ui.screens.desk import DeskScreen
from numdeck.ui.terminal import Terminal
from numdeck.ui.theme import THEMES
from numdeck.ui.typeahead import TypeAhead

log = logging.getLogger(__name__)


class NumdeckApp(App[None]):
    """Runs the desk as a background worker, and shows it."""

    CSS_PATH = SHEETS
    TITLE = "numdeck"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "leave", "Quit", show=False, priority=True)]

    def __init__(self, desk: Desk, options: UiOptions) -> None:
        # Without colour at all only in the terminal's own: Textual would still send greys in any other theme.
        super().__init__(ansi_color=options.theme.startswith("ansi"))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = options.theme if options.theme in self.available_themes else THEMES[0].name
        self._desk = desk
        self._options = options
        self._lifeline: Lifeline | None = None
        self._typeahead = TypeAhead(self, super().on_event)

    async def on_event(self, event: Event) -> None:
        """Let keys wait for one another; a test's pilot waits by itself."""
        if isinstance(event, Paste):
            event.text = typeable(event.text)  # a field shows what it was given, and sends it
        if isinstance(event, Key | Paste) and not event.is_forwarded and not self.is_headless:
            await self._typeahead.take(event)
        else:
            await super().on_event(event)

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

    def action_leave(self) -> None:
        """End, as `q` does on the desk: not while a purchase is out, unless the desk has asked first."""
        if isinstance(self.screen, DeskScreen):
            self.screen.action_quit_desk()
        elif not self._desk.order_in_flight:
            self.exit()

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
