"""A field with a handful of values, one of them chosen: on one line, by arrow keys or mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from numdeck.ui.panes.static_text import StaticText


class InlineSelect(StaticText, can_focus=True):
    """Shows `‹ value ›`; left and right choose the one before and after."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "Previous", show=False),
        Binding("right,space", "choose(1)", "Next", show=False),
    ]

    @dataclass(eq=False)
    class Changed(Message):
        """Another value was chosen."""

        choice: InlineSelect
        value: str

        @property
        def control(self) -> InlineSelect:
            """The field, for the selector of an `on` decorator."""
            return self.choice

    def __init__(self, values: Sequence[str], value: str, *, id: str) -> None:  # noqa: A002 (Textual's name for it)
        super().__init__("", id=id)
        self._values = tuple(values)
        self._value = value if value in self._values else self._values[0]
        self._draw()

    @property
    def value(self) -> str:
        """The value chosen."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        if value in self._values and value != self._value:
            self._value = value
            self._draw()
            self.post_message(self.Changed(self, value))

    def offer(self, values: Sequence[str]) -> None:
        """Offer other values; the one chosen stays if it is among them."""
        self._values = tuple(values)
        if self._value not in self._values:
            self.value = self._values[0]
        self._draw()

    def action_choose(self, step: int) -> None:
        """Choose the value `step` further on, round and round."""
        index = (self._values.index(self._value) + step) % len(self._values)
        self.value = self._values[index]

    def on_click(self, event: Click) -> None:
        """The left sign goes back, the rest goes on."""
        self.action_choose(-1 if event.x == 0 else 1)

    def _draw(self) -> None:
        only = len(self._values) == 1
        self.say(f"  {self._value}" if only else f"‹ {self._value} ›")
