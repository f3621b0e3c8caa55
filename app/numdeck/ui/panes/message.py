"""The line above the footer: what was just said, or a question that waits for its answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from numdeck.ui.answering import Asker
from numdeck.ui.panes.text import StaticText

_STAYS: Final = 30.0
_IMPORTANT_STAYS: Final = 600.0
"""How long a sentence stands, in seconds: what was true when it was said may not be so any more."""


class MessageLine(StaticText, Asker, can_focus=False):
    """Says one sentence, and asks one question at a time.

    A question takes the focus, so that no other key does anything until it is answered; a modal would repaint the
    whole screen. With `only_asks` the line is there only while it asks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not y, which copies a code: a slip of x followed by it must not cancel a number.
        Binding("enter", "answer(True)", "Yes", show=True, key_display="enter"),
        Binding("n,escape", "answer(False)", "No", show=True, key_display="esc"),
    ]

    def __init__(self, *, only_asks: bool = False) -> None:
        super().__init__("", id="message", classes="-only-asks" if only_asks else "")
        self._on_yes: Callable[[], object] | None = None
        self._invalid_reason: Callable[[], str] | None = None
        self._asked_from: Widget | None = None
        self._next = ""
        self._expiry: Timer | None = None

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its answer."""
        return self._on_yes is not None

    @property
    def is_important(self) -> bool:
        """Whether it says something important."""
        return self.has_class("-important")

    def tell(self, sentence: str, *, important: bool = False) -> None:
        """Say a sentence for a while: what is important for longer, and after a question."""
        if self.is_asking:
            self._next = sentence if important else self._next
            return
        self.say(sentence)
        self.set_class(important, "-important")
        if self._expiry is not None:
            self._expiry.stop()
        stays = _IMPORTANT_STAYS if important else _STAYS
        self._expiry = self.set_timer(stays, lambda: self.tell("")) if sentence else None

    def ask(self, question: str, on_yes: Callable[[], object], invalid_reason: Callable[[], str] | None = None) -> None:
        """Ask; `on_yes` is called if the answer is yes.

        `invalid_reason` says why the question makes no sense any more, if it does not; see `recheck`.
        """
        if not self.is_asking:
            self._asked_from = self.screen.focused
        self._on_yes, self._invalid_reason = on_yes, invalid_reason
        self._put(question)
        self.add_class("-asking")
        self.can_focus = True
        self.screen.set_focus(self)
        self.screen.refresh_bindings()

    def recheck(self) -> None:
        """Take a question back that makes no sense any more, and say why."""
        why = self._invalid_reason() if self.is_asking and self._invalid_reason is not None else ""
        if why:
            self.action_answer(yes=False)
            self.tell(why, important=True)

    def rephrase(self, question: str) -> None:
        """Put the question that stands there in other words, as more is known.

        An answer counts for the words that the operator saw.
        """
        if self.is_asking and _posed(question) != self.said:
            self._put(question)

    def _put(self, question: str) -> None:
        self.say(_posed(question))
        self.pose(lambda: self.action_answer(yes=False))

    def action_answer(self, yes: bool) -> None:
        """Take the answer."""
        if self._asked_from is not None:
            self._asked_from.focus()
        self._close(yes=yes)

    def on_blur(self) -> None:
        """Take a lost focus for a no, unless the whole terminal lost it."""
        if self.app.app_focus:
            self._close(yes=False)

    def _close(self, *, yes: bool) -> None:
        on_yes, self._on_yes = self._on_yes, None
        if on_yes is None:
            return
        self.withdraw()
        self.remove_class("-asking")
        self.can_focus = False
        self.screen.refresh_bindings()
        told, self._next = self._next, ""
        self.tell(told, important=bool(told))
        if yes:
            on_yes()


def _posed(question: str) -> str:
    return f"{question} [enter/esc]"


log = logging.getLogger(__name__)


def failure(event: Worker.StateChanged) -> str:
    """A sentence about a worker that failed, whose error goes to the log; empty if it did not fail.

    Textual tells the state of a worker only to the widget that started it.
    """
    if event.state is not WorkerState.ERROR:
        return ""
    log.error("%s failed", event.worker.description, exc_info=event.worker.error)
    return f"An internal error was written to the log ({event.worker.description}): look at what came of it."
