"""A type-ahead field over a catalogue: what is typed is looked for by name and code, and may be taken as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from app.model.search import Haystack, Named


class Pick(Input):
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

        pick: Pick
        step: int

    def __init__(self, haystack: Haystack, *, value: str, placeholder: str, id: str) -> None:  # noqa: A002
        super().__init__(value, id=id, placeholder=placeholder, compact=True, select_on_focus=False, max_length=64)
        self.cursor_blink = False
        self.haystack = haystack

    def hits(self) -> list[Named]:
        """What fits what is typed, best first; last, unless it is the code of a hit, what is typed as it stands."""
        typed = self.value.strip()
        found = self.haystack.search(typed)
        if typed and not any(hit.code.casefold() == typed.casefold() for hit in found):
            found.append(Named(typed, "the code as typed"))
        return found

    def take(self, hit: Named) -> None:
        """Make a hit the value."""
        self.value = hit.code
        self.cursor_position = len(hit.code)

    def action_move(self, step: int) -> None:
        """Pass the wish on."""
        self.post_message(self.Moved(self, step))
