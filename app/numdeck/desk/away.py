"""Telling at the start what happened while nobody watched."""

from __future__ import annotations

from numdeck.clock import Clock
from numdeck.desk.books import Books
from numdeck.model.away import SHORTEST_AWAY, what_happened

_WATCHED = "watched"
_NOTE_EVERY = 60.0


class Absence:
    """Remembers until when the account was watched, and tells once what the first looks of a run found out."""

    def __init__(self, books: Books, clock: Clock) -> None:
        self._books = books
        self._clock = clock
        self._began_at = clock.now()
        self._watched_until: float | None = None
        self._noted_at = float("-inf")

    async def begin(self) -> None:
        """Read until when it was watched. Raises JournalError."""
        self._began_at = self._clock.now()
        self._watched_until = await self._books.journal.marked(_WATCHED)

    async def tell(self) -> None:
        """Tell what happened, once: as soon as the active list and the history have been seen."""
        watched_until, self._watched_until = self._watched_until, None
        if watched_until is None or self._began_at - watched_until < SHORTEST_AWAY:
            return
        news = what_happened(await self._books.news_since(self._began_at), self._began_at)
        sentence = news.sentence(self._began_at - watched_until)
        if sentence:
            self._books.say(sentence, grave=True)

    async def note_watched(self, until: float, *, at_once: bool = False) -> None:
        """Remember until when the account was watched, epoch seconds: once a minute, or at once.

        Not before it was told what happened until then.
        """
        if self._watched_until is None and (at_once or until - self._noted_at >= _NOTE_EVERY):
            self._noted_at = until
            await self._books.mark(_WATCHED, until)
