"""The Textual application: themes, terminal, life and death. Screens do the rest."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar, Final, cast

from rich.text import Text
from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.worker import Worker

from numdeck.desk.port import DeskPort
from numdeck.model.cancellation import PendingCancels
from numdeck.ui.actions import actions_for
from numdeck.ui.alerts import Alerts
from numdeck.ui.answering import AnsweringApp
from numdeck.ui.cancellation import pending_sentence
from numdeck.ui.clipboard import Multiplexers
from numdeck.ui.driver import TerminalDriver
from numdeck.ui.hangup import HangupWatcher
from numdeck.ui.keymap import textual_keymap
from numdeck.ui.panes.message import MessageLine, failure
from numdeck.ui.screens.desk import DeskScreen
from numdeck.ui.settings import UiSettings
from numdeck.ui.terminal import Terminal
from numdeck.ui.theme import THEME_NAMES, style_variables, theme_named

log = logging.getLogger(__name__)

_PACKAGE: Final = Path(__file__).resolve().parent.parent
STYLES: Final = next(path for path in (_PACKAGE / "styles", _PACKAGE.parents[1] / "styles") if path.is_dir())
"""The folder of the .tcss files: beside the package in a checkout, inside it in a wheel."""

SHEETS: Final[list[str | PurePath]] = [STYLES / name for name in ("table.tcss", "desk.tcss", "order.tcss", "help.tcss")]
"""All style sheets, in the order in which they are laid over one another."""


class NumdeckApp(AnsweringApp):
    """Runs the desk as a background worker, and shows it.

    `keep_theme` keeps a theme for the next start and returns a sentence that says whether it did; it is called on a
    thread of its own.
    """

    CSS_PATH = SHEETS
    TITLE = "numdeck"
    BINDINGS: ClassVar[list[BindingType]] = [
        # ctrl+q is Textual's own binding for the same action, with priority as well.
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(
        self,
        desk: DeskPort,
        settings: UiSettings,
        *,
        multiplexers: Multiplexers | None = None,
        keep_theme: Callable[[str], str] = "Theme {}, for this run.".format,
    ) -> None:
        super().__init__()
        self._put_on(settings.screen.theme)
        self.stylesheet.set_variables(self.get_css_variables())  # also if Textual began with a theme of this name
        self._desk = desk
        self._settings = settings
        self._multiplexers = multiplexers or Multiplexers()
        self._keep_theme_as = keep_theme
        self._hangup_watcher: HangupWatcher | None = None
        self._keeping_theme = asyncio.Lock()

    async def on_mount(self) -> None:
        """Open the desk screen and start to watch."""
        settings = self._settings
        self.set_keymap(textual_keymap(settings.keymap))
        self.terminal = self.open_terminal()
        title = "numdeck SANDBOX" if settings.sandbox else "numdeck"
        alerts = Alerts(self.terminal, settings.alerts, title=title)
        self.terminal.keep_title()
        self.terminal.title(title)
        self.set_class(settings.sandbox, "-sandbox")
        self.push_screen(DeskScreen(self._desk, settings, self.terminal, alerts, self._multiplexers))
        if not self.is_headless:
            self._hangup_watcher = HangupWatcher(asyncio.get_running_loop(), self._end)
            self._hangup_watcher.hold()
        self.call_after_refresh(self.start_watch)

    def open_terminal(self) -> Terminal:
        """What the terminal can do beyond drawing."""
        output = self._driver if isinstance(self._driver, TerminalDriver) else None
        return Terminal(output, notification=self._settings.alerts.notification)

    async def on_unmount(self) -> None:
        """Leave the terminal as it was."""
        self.terminal.restore_title()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything in the table of actions by name, and the themes."""
        if isinstance(screen, DeskScreen):
            for action in actions_for(read_only=self._settings.read_only):
                yield SystemCommand(action.title, action.sentence, getattr(screen, f"action_{action.call}"))
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables of the styles, for the theme that Textual begins with."""
        return dict(style_variables())

    def search_themes(self) -> None:
        """Let the operator choose among the themes on offer."""
        self.push_screen(CommandPalette(providers=[ThemeChoices], placeholder="Search for themes…"))

    def choose_theme(self, name: str) -> None:
        """Put a theme on, and keep the choice for the next start."""
        if self.no_color:
            self._tell("NO_COLOR is set: numdeck shows no colours, and no theme is kept.")
            return
        self._put_on(name)
        self._keep_theme(name)

    def _put_on(self, name: str) -> None:
        self.register_theme(theme_named(name))
        self.theme = name

    @work(group="theme", exit_on_error=False, description="keeping the theme")
    async def _keep_theme(self, name: str) -> None:
        async with self._keeping_theme:
            if name == self.theme:  # and not chosen otherwise in the meantime
                self._tell(await asyncio.to_thread(self._keep_theme_as, name))

    def _tell(self, sentence: str) -> None:
        """Say a sentence on the topmost screen that has a line for it."""
        for screen in reversed(self.screen_stack):
            for line in screen.query(MessageLine):
                line.tell(sentence)
                return

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say it if the watch itself has ended: a screen that is no longer fed must not look alive."""
        if failure(event):
            self.exit(return_code=1, message="numdeck: the watch ended because of an internal error; see the log.")

    def _fatal_error(self) -> None:
        """End because of an internal error, with one sentence.

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
        if self._hangup_watcher is not None:
            self._hangup_watcher.let_go()

    def start_watch(self) -> None:
        """Begin to watch the account; the screen is painted already, and what it is made of stays."""
        gc.freeze()
        gc.enable()
        self.run_worker(
            self._desk.run(), group="desk", exit_on_error=False, description="watching the account", exclusive=True
        )

    def _end(self, status: int) -> None:
        self.exit(return_code=status)


class ThemeChoices(ThemeProvider):
    """The themes on offer. One is put on and kept when it is chosen, not when it is highlighted."""

    @property
    def commands(self) -> list[tuple[str, Callable[[], None]]]:
        """Each theme by name, and what puts it on."""
        app = cast("NumdeckApp", self.app)
        return [(name, partial(app.choose_theme, name)) for name in THEME_NAMES]


def quit_question(*, is_purchase_out: bool, pending: PendingCancels) -> str:
    """The question before numdeck ends; empty when nothing is lost by it."""
    purchase = "A purchase is being sent, and its answer would be missed." if is_purchase_out else ""
    losses = [sentence for sentence in (purchase, pending_sentence(pending)) if sentence]
    return " ".join([*losses, "Quit anyway?"]) if losses else ""
