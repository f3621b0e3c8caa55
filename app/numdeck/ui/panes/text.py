"""Texts that are drawn only when they say something else: a line, a block, a name with its text."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class StaticText(Static):
    """Literal text: never markup, and no drawing when nothing changed.

    `is_folded` says that the owner folds it to the width there is, so that only its number of lines matters to the
    layout of the screen: laying out costs more than drawing.
    """

    def __init__(
        self,
        text: str = "",
        *,
        is_folded: bool = False,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
        classes: str | None = None,
    ) -> None:
        super().__init__(Content(text), id=id, classes=classes, markup=False)
        self._said = text
        self._is_folded = is_folded

    @property
    def said(self) -> str:
        """What it says now."""
        return self._said

    def say(self, text: str) -> None:
        """Say this from now on."""
        if text != self._said:
            keeps_place = self._is_folded and text.count("\n") == self._said.count("\n")
            self._said = text
            self.update(Content(text), layout=not keeps_place)


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
