"""What reaches the screen from below."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from numdeck.desk.events import Event


@dataclass(eq=False)
class DeskEvent(Message, bubble=False):
    """Something happened on the desk; journal and state already have it."""

    event: Event
