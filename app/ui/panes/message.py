"""The line above the footer: what was just said, or a question that waits for its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from app.ui.panes.text import Text


class MessageLine(Text, can_focus=False):
    """Says one sentence, and asks one question at a time.

    A question takes the focus, so that no other key does anything until it is answered; a modal would repaint the
    whole screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes", show=True, key_display="enter"),
        Binding("n,escape", "answer(False)", "No", show=True, key_display="esc"),
    ]

    def __init__(self) -> None:
        super().__init__("", id="message")
        self._on_yes: Callable[[], object] | None = None
        self._asked_from: Widget | None = None

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its answer."""
        return self._on_yes is not None

    def tell(self, sentence: str, *, grave: bool = False) -> None:
        """Say a sentence, unless a question stands there."""
        if not self.is_asking:
            self.say(sentence)
            self.set_class(grave, "-grave")

    def ask(self, question: str, on_yes: Callable[[], object]) -> None:
        """Ask; `on_yes` is called if the answer is yes."""
        self._on_yes = on_yes
        self._asked_from = self.screen.focused
        self.rephrase(question)
        self.add_class("-asking")
        self.can_focus = True
        self.screen.set_focus(self)
        self.screen.refresh_bindings()

    def rephrase(self, question: str) -> None:
        """Put the question that stands there in other words, as more is known."""
        if self.is_asking:
            self.say(f"{question} [enter/esc]")

    def action_answer(self, yes: bool) -> None:
        """Take the answer."""
        if self._asked_from is not None:
            self._asked_from.focus()
        self._close(yes=yes)

    def on_blur(self) -> None:
        """Who turns away has said no; who only looks at another window has not."""
        if self.app.app_focus:
            self._close(yes=False)

    def _close(self, *, yes: bool) -> None:
        on_yes, self._on_yes = self._on_yes, None
        if on_yes is None:
            return
        self.remove_class("-asking")
        self.say("")
        self.can_focus = False
        self.screen.refresh_bindings()
        if yes:
            on_yes()
