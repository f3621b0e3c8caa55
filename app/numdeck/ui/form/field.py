"""One row of a form: label, field, and what is to be said of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from numdeck.ui.panes.static_text import StaticText


class Field(Horizontal):
    """Holds a field between its label and its hint or error."""

    def __init__(self, name: str, label: str, field: Widget) -> None:
        super().__init__(id=f"field-{name}", classes="field")
        self._label = label
        self._field = field
        self._hint = ""
        self.trouble = ""
        """What is wrong with the value, whole: beside the field it may be cut."""

    def compose(self) -> ComposeResult:
        """Lay out the row."""
        yield StaticText(self._label, classes="label")
        yield self._field
        yield StaticText("", classes="hint")

    def hint(self, text: str) -> None:
        """Say something about the value, unless something is wrong with it."""
        self._hint = text
        self._draw()

    def error(self, text: str) -> None:
        """Say what is wrong with the value, and what to do; an empty text: nothing is, as far as anybody knows."""
        self.trouble = text
        self._draw()

    def _draw(self) -> None:
        self.set_class(bool(self.trouble), "-error")
        self.query_one(".hint", StaticText).say(f"✗ {self.trouble}" if self.trouble else self._hint)
