"""A type-ahead field: what is typed is looked for by name and code, and may be taken as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message
from textual.widgets import Input

from numdeck.model.request import MAX_FIELD_LENGTH
from numdeck.model.search import Named


class AutocompleteInput(Input):
    """One line to type in. The hits are shown elsewhere; up and down move among them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Hit before", show=False),
        Binding("down", "move(1)", "Next hit", show=False),
        Binding("pageup", "move(-10)", "Ten hits up", show=False),
        Binding("pagedown", "move(10)", "Ten hits down", show=False),
    ]

    @dataclass(eq=False)
    class Moved(Message):
        """The operator wants another hit."""

        pick: AutocompleteInput
        step: int

    @dataclass(eq=False)
    class Numbered(Message):
        """A number was typed that stands for a request to make again."""

        pick: AutocompleteInput
        number: int

    def __init__(self, *, value: str, placeholder: str, id: str) -> None:  # noqa: A002
        super().__init__(value, id=id, placeholder=placeholder, compact=True, max_length=MAX_FIELD_LENGTH)
        self.cursor_blink = False
        self._numbers = 0

    def offer_numbers(self, count: int) -> None:
        """Let the numbers from 1 to `count` stand for requests while nothing is typed."""
        self._numbers = count
        self.placeholder = f"name, code, or 1 to {count}" if count > 1 else "name, code, or 1"

    async def _on_key(self, event: Key) -> None:
        """Let a number that stands for a request not be typed."""
        number = int(event.character) if event.character and event.character in "123456789" else 0
        if not self.value and 1 <= number <= self._numbers:
            event.stop()
            event.prevent_default()
            self.post_message(self.Numbered(self, number))
        else:
            await super()._on_key(event)

    def take(self, hit: Named) -> None:
        """Make a hit the value."""
        self.value = hit.code
        self.cursor_position = len(hit.code)

    def action_move(self, step: int) -> None:
        """Pass the wish on."""
        self.post_message(self.Moved(self, step))
