"""Keys typed faster than the screen follows: each one waits until the one before it has done its work.

Textual hands a key to whatever has the focus when it is read, while the focus that the key before it asked for is
still on its way through the queues; so of `tg`, enter, `667` typed in one go, or sent in one packet by a slow line, the
digits would end up in the field that was just left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from textual.app import App
from textual.events import Event
from textual.message_pump import MessagePump

_ROUNDS: Final = 2
"""From the focused widget up to the app: the key itself, then what it set off."""

_PATIENCE: Final = 3.0
"""Seconds after which the next key goes on anyway: a key that waits is better than one that goes astray."""


class TypeAhead:
    """Holds keys back; `hand_on` gives one to the focused widget, on the app's own queue."""

    def __init__(self, app: App[None], hand_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._held: deque[Event] = deque()
        self._waiting: asyncio.Task[None] | None = None

    async def take(self, event: Event) -> None:
        """Hand a key on now, or when its turn comes."""
        if self._waiting is not None:
            self._held.append(event)
            return
        await self._hand_on(event)
        self._waiting = asyncio.create_task(self._wait_idle(), name="typeahead")

    async def _wait_idle(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                for _ in range(_ROUNDS):
                    start = self._app.focused or self._app.screen
                    for node in start.ancestors_with_self:
                        await _reached(node)
        except TimeoutError:
            pass
        finally:
            self._app.call_later(self._next)

    async def _next(self) -> None:
        self._waiting = None
        if self._held:
            await self.take(self._held.popleft())


async def _reached(node: MessagePump) -> None:
    """Wait until a node has dealt with all that is in its queue by now."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()
