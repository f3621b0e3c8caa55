"""What every screen has that covers the desk: the unseen codes stay in sight, and the newest can be copied."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.screen import Screen, ScreenResultType

from numdeck.desk.port import DeskPort
from numdeck.ui.actions import bindings, named_actions
from numdeck.ui.codes import CodeBoard
from numdeck.ui.panes.latest import CodeLine


class CoverScreen(Screen[ScreenResultType]):
    """A screen over the desk. Its `compose` has to yield `self.code_line`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(named_actions("code.copy_latest"))]

    def __init__(self, desk: DeskPort, codes: CodeBoard) -> None:
        super().__init__()
        self._desk = desk
        self._codes = codes
        self.code_line = CodeLine(desk, codes)

    def action_copy_latest(self) -> None:
        """Copy the newest code of all: the first one of the line."""
        self._codes.copy_newest(self.code_line.tell)
