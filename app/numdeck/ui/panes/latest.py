"""The newest code of all, in big digits."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Digits

from numdeck.model.duration import show_age
from numdeck.model.record import Code, OrderRecord
from numdeck.ui.panes.text import Text
from numdeck.ui.shown import Shown, show_code, show_number

_DRAWABLE = frozenset("0123456789- ")


class LatestCode(Vertical):
    """Shows one code: big where there is room and it is digits, and in a line below with number and age."""

    def __init__(self) -> None:
        super().__init__(id="latest")
        self._latest: tuple[OrderRecord, Code] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield Digits("", id="latest-digits")
        yield Text("No code yet.", id="latest-text")

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = "Latest code"

    @property
    def latest(self) -> tuple[OrderRecord, Code] | None:
        """The code shown, and whose it is."""
        return self._latest

    def show(self, latest: tuple[OrderRecord, Code] | None, shown: Shown, now: float) -> None:
        """Show a code, or say that there is none; `now` in epoch seconds."""
        self._latest = latest
        digits, text = self.query_one(Digits), self.query_one("#latest-text", Text)
        if latest is None:
            digits.display = False
            text.say("No code yet.")
            return
        record, code = latest
        word = show_code(code.text, shown)
        is_big = set(word) <= _DRAWABLE and self.screen.has_class("-wide")
        digits.display = is_big
        if is_big and digits.value != word:
            digits.update(word)
        about = f"{show_number(record.order.phone_number, shown)} · {shown.names.service(record.service_code)}"
        was_there = record.bought.is_open and code.seen_at == record.first_seen  # nobody knows since when
        age = "earlier" if was_there else f"{show_age(max(0.0, now - code.seen_at))} ago"
        sign = "" if record.acknowledged else "● "
        text.say(f"{about} · {age}" if is_big else f"{sign}{word} · {about} · {age}")
        self.set_class(not record.acknowledged, "-unseen")
