"""One line with the unseen codes, for the screens on which the latest-code panel is not in sight."""

from __future__ import annotations

from typing import Final

from textual.timer import Timer

from numdeck.desk.desk import Desk
from numdeck.desk.events import EntryEvent, Event, Topic, TopicChanged
from numdeck.model.record import CodeOf
from numdeck.ui.codes import CodeBoard, CodesShown
from numdeck.ui.display import DisplayOptions, show_code, show_number
from numdeck.ui.panes.static_text import StaticText
from numdeck.ui.rows import UNSEEN_SIGN

_MOST_CODES: Final = 4
_TOLD_FOR: Final = 10.0
"""How long it says what copying did, in seconds."""


class CodeLine(StaticText):
    """Shows the newest code and the others that are unseen while any is; it is not there while there are none."""

    def __init__(self, desk: Desk, board: CodeBoard) -> None:
        super().__init__("")
        self._desk = desk
        self._board = board
        self._told = ""
        self._expiry: Timer | None = None

    def on_mount(self) -> None:
        """Begin to listen."""
        self._stop_listening = self._desk.listen(self._on_desk)
        self.draw()

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def tell(self, sentence: str) -> None:
        """Say in front of the codes what a key has done, for a while."""
        if not self.is_attached:
            return  # its screen was closed while the clipboard was asked
        self._told = sentence
        if self._expiry is not None:
            self._expiry.stop()
        self._expiry = self.set_timer(_TOLD_FOR, lambda: self.tell("")) if sentence else None
        self.draw()

    def draw(self) -> None:
        """Show what there is to be shown now."""
        text = " ".join(filter(None, (self._told, codes_line(self._board.codes(), self._board.display))))
        self.set_class(bool(text), "-in-use")
        self.set_class(bool(self._told), "-telling")
        self.say(text)

    def _on_desk(self, event: Event) -> None:
        if isinstance(event, EntryEvent) or event == TopicChanged(Topic.NAMES):
            self.call_later(self.draw)


def codes_line(codes: CodesShown, display: DisplayOptions) -> str:
    """Put the codes in a line, the newest first, as that is the one that a key copies; empty if none is unseen."""
    if codes.newest is None or not codes.has_unseen:
        return ""
    listed = [codes.newest, *codes.others]
    parts = [_one(each, display) for each in listed[:_MOST_CODES]]
    more = len(listed) - len(parts)
    return " · ".join([*parts, f"+{more} more"] if more else parts)


def _one(found: CodeOf, display: DisplayOptions) -> str:
    record, code = found
    sign = UNSEEN_SIGN if code in record.unseen else ""
    return f"{sign}{show_code(code.text, display)} {show_number(record.order.phone_number, display)}"
