"""One row of a list to read: a name, and what belongs to it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from numdeck.ui.panes.static_text import StaticText


class LabelledRow(Horizontal):
    """A name, and beside it a text that may take several lines."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(classes="pair")
        self._pair = (name, text)

    def compose(self) -> ComposeResult:
        """Lay out both."""
        name, text = self._pair
        yield StaticText(name, classes="name")
        yield StaticText(text, classes="text")
