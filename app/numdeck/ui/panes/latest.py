"""The newest code and the others that are unseen: a panel on the desk, and a line where the panel is out of sight."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Digits

from numdeck.desk.events import EntryEvent, Event, Topic, TopicChanged
from numdeck.desk.port import DeskPort
from numdeck.model.codes import Code
from numdeck.model.duration import show_ages
from numdeck.model.record import CodeOf
from numdeck.ui.codes import CodeBoard, CodesShown
from numdeck.ui.display import SEEN_WITHIN, DisplayOptions, show_code, show_number, show_when
from numdeck.ui.panes.text import StaticText
from numdeck.ui.rows import UNSEEN_SIGN

_DRAWABLE = frozenset("0123456789- ")
_MOST_LINES: Final = 3
"""How many of the other unseen codes have a line of their own."""


class LatestCode(Vertical):
    """Shows the newest code, big where there is room and it is digits, and the other unseen codes, a line each."""

    def __init__(self) -> None:
        super().__init__(id="latest")
        self._latest: CodeOf | None = None

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield Digits("", id="latest-digits")
        yield StaticText("No code yet.", id="latest-text")
        yield StaticText("", id="latest-others")

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = "Latest code"

    @property
    def latest(self) -> CodeOf | None:
        """The code that it shows big, and whose it is."""
        return self._latest

    def show(self, codes: CodesShown, display: DisplayOptions, now: float) -> None:
        """Show these codes, or say that there is none; `now` in epoch seconds."""
        self._latest = codes.newest
        digits, text = self.query_one(Digits), self.query_one("#latest-text", StaticText)
        is_wide = self.screen.has_class("-wide")
        others = self.query_one("#latest-others", StaticText)
        others.display = is_wide and bool(codes.others)
        others.say("\n".join(_other_lines(codes.others, display, now)))
        self.set_class(codes.has_unseen, "-unseen")
        if codes.newest is None:
            digits.display = False
            text.say("No code yet.")
            return
        record, code = codes.newest
        word = show_code(code.text, display)
        is_big = set(word) <= _DRAWABLE and is_wide
        digits.display = is_big
        if is_big and digits.value != word:
            digits.update(word)
        number, service = show_number(record.order.phone_number, display), display.names.service(record.service_code)
        about = f"{number} · {service} · {code_age(code, display, now)}"
        more = f" · +{len(codes.others)} unseen" if codes.others and not is_wide else ""
        sign = UNSEEN_SIGN if code in record.unseen else ""
        text.say(f"{sign}{about}" if is_big else f"{sign}{word}{more} · {about}")


def _other_lines(codes: tuple[CodeOf, ...], display: DisplayOptions, now: float) -> list[str]:
    lines = [
        f"{UNSEEN_SIGN}{show_code(code.text, display)} · {show_number(record.order.phone_number, display)} · "
        f"{code_age(code, display, now)}"
        for record, code in codes[:_MOST_LINES]
    ]
    more = len(codes) - len(lines)
    return [*lines, f"+{more} more"] if more else lines


def code_age(code: Code, display: DisplayOptions, now: float) -> str:
    """How long ago the service received it, as exactly as that is known."""
    received = code.received
    if received.is_open:
        return f"by {show_when(received.latest, display, now=now)}"
    is_exact = received.latest - received.earliest <= SEEN_WITHIN
    return f"{show_ages(now - received.latest, now - (received.latest if is_exact else received.earliest))} ago"


_MOST_CODES: Final = 4
_TOLD_FOR: Final = 10.0
"""How long it says what copying did, in seconds."""


class CodeLine(StaticText):
    """Shows the newest code and the others that are unseen while any is; it is not there while there are none."""

    def __init__(self, desk: DeskPort, board: CodeBoard) -> None:
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
