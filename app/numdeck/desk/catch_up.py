"""Telling at the start what happened while numdeck was not running."""

from __future__ import annotations

from typing import Final

from numdeck.clock import ServiceClock
from numdeck.desk.state import Phase
from numdeck.desk.store import DeskStore
from numdeck.journal.journal import Journal
from numdeck.model.catch_up import what_happened

_WATCHED = "watched"
_NOTE_EVERY = 60.0
_PATIENCE: Final = 60.0
"""How long to wait for the ends of orders that left the list meanwhile, in seconds."""


class CatchUp:
    """Remembers until when the account was watched, and tells once what the first looks of a run found out."""

    def __init__(self, store: DeskStore, clock: ServiceClock) -> None:
        self._store = store
        self._clock = clock
        self._began_at = clock.monotonic()
        self._watched_until: float | None = None
        self._first_asked_at: float | None = None
        self._noted_at = float("-inf")

    async def begin(self) -> None:
        """Read until when it was watched. Raises JournalError."""
        self._began_at = self._clock.monotonic()
        self._watched_until = await self._store.journal.run(Journal.timestamp, _WATCHED)

    async def read_again(self) -> None:
        """Read until when it was watched, from a journal that could not be read at the start."""
        self._watched_until = await self._store.timestamp(_WATCHED)

    async def tell(self) -> None:
        """Tell what happened, once: the active list and the history have been seen.

        Not while the ends of orders are still looked up that left the list meanwhile, as their codes are what the
        operator wants to hear of; nor while the journal cannot be read. Then it is told the next time.
        """
        began_at = self._clock.at(self._began_at)  # by the service's clock, which was not known then
        if self._watched_until is None or self._is_looking(began_at):
            return
        news = await self._store.news_since(began_at)
        if news is None:
            return
        watched_until, self._watched_until = self._watched_until, None
        on_desk = [entry.record for entry in self._store.state.entries.values()]
        sentence = what_happened(news, began_at, on_desk=on_desk).sentence(began_at - watched_until)
        if sentence:
            self._store.say(sentence, important=True, stands=True)

    def _is_looking(self, began_at: float) -> bool:
        now = self._clock.monotonic()
        if self._first_asked_at is None:
            self._first_asked_at = now
        entries = self._store.state.entries.values()
        left = any(each.phase is Phase.FOLLOWING and each.record.first_seen < began_at for each in entries)
        return left and now - self._first_asked_at < _PATIENCE

    async def note_watched(self, until: float, *, at_once: bool = False) -> None:
        """Remember until when the account was watched, epoch seconds: once a minute, or at once.

        Not before it was told what happened until then.
        """
        if self._watched_until is None and (at_once or until - self._noted_at >= _NOTE_EVERY):
            self._noted_at = until
            await self._store.set_timestamp(_WATCHED, until)
