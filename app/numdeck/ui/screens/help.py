"""The help: every key and what it does, from the table of actions."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from numdeck.desk.port import DeskPort
from numdeck.ui.actions import MOVES, actions_for, shown_keys
from numdeck.ui.codes import CodeBoard
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.panes.text import LabelledRow, StaticText
from numdeck.ui.screens.cover import CoverScreen
from numdeck.ui.settings import UiSettings

_SIGNS: Final = (
    ("●", "a code that you have not seen yet (space: seen)"),
    ("≈", "when it was bought is not known exactly: the cancel window may be open"),
    ("≥", "bought at least this long ago"),
    ("···", "no code yet"),
    ("left list…", "no longer in the active list; its end is being looked up"),
    ("armed", "will be cancelled as soon as its window opens"),
    ("auto in 1:30", "will be cancelled automatically then, unless a code comes (auto_cancel_after)"),
    ("armed, again…", "its cancellation did not get through, and is sent again"),
    ("cancelling…", "the cancel request is being sent"),
    ("requested…", "the service took the cancel request and has not confirmed it yet"),
    ("UNKNOWN", "a purchase whose answer was lost: looked for, never sent again"),
    ("▲", "the connection is not well: what you see may be out of date"),
)


class HelpScreen(CoverScreen[None]):
    """Keys, and the signs of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss", "Back", key_display="esc")]

    def __init__(self, desk: DeskPort, codes: CodeBoard, settings: UiSettings) -> None:
        super().__init__(desk, codes)
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Lay out keys and signs."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Keys"
            for action in actions_for(read_only=self._settings.read_only):
                keys = shown_keys(action, self._settings.keymap)
                yield LabelledRow(keys, f"{action.sentence} ({action.id})")
            for move, sentence in MOVES:
                yield LabelledRow(move, sentence)
            yield StaticText("Signs", classes="heading")
            for sign, meaning in _SIGNS:
                yield LabelledRow(sign, meaning)
        yield self.code_line
        yield MessageLine(only_asks=True)
        yield KeyLine()
