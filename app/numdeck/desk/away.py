"""Telling at the start what happened while nobody watched."""

from __future__ import annotations

from numdeck.clock import ServiceClock
from numdeck.desk.books import Books
from numdeck.model.away import SHORTEST_AWAY, what_happened

_WATCHED = "watched"
_NOTE_EVERY = 60.0


class Absence:
    """Remembers until when the account was watched, and tells once what the first looks of a run found out."""

    def __init__(self, books: Books, clock: ServiceClock) -> None:
        self._books = books
        self._clock = clock
        self._began_at = clock.monotonic()
        self._watched_until: float | None = None
        self._noted_at = float("-inf")

    async def begin(self) -> None:
        """Read until when it was watched. Raises JournalError."""
        self._began_at = self._clock.monotonic()
        self._watched_until = await self._books.journal.marked(_WATCHED)

    async def read_again(self) -> None:
        """Read until when it was watched, from a journal that could not be read at the start."""
        self._watched_until = await self._books.marked(_WATCHED)

    async def tell(self) -> None:
        """Tell what happened, once: as soon as the active list and the history have been seen."""
        watched_until, self._watched_until = self._watched_until, None
        began_at = self._clock.at(self._began_at)  # by the service's clock, which was not known then
        if watched_until is None or began_at - watched_until < SHORTEST_AWAY:
            return
        news = what_happened(await self._books.news_since(began_at), began_at)
        sentence = news.sentence(began_at - watched_until)
        if sentence:
            self._books.say(sentence, grave=True)

    async def note_watched(self, until: float, *, at_once: bool = False) -> None:
        """Remember until when the account was watched, epoch seconds: once a minute, or at once.

        Not before it was told what happened until then.
        """
        if self._watched_until is None and (at_once or until - self._noted_at >= _NOTE_EVERY):
            self._noted_at = until
            await self._books.mark(_WATCHED, until)
