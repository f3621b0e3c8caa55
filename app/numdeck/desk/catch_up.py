"""A summary, at the start, of what happened while numdeck was not running."""

from __future__ import annotations

from typing import Final

from numdeck.clock import ServiceClock
from numdeck.desk.events import CaughtUp
from numdeck.desk.loading import WATCHED
from numdeck.desk.state import Phase
from numdeck.desk.store import DeskStore
from numdeck.model.catch_up import Away, what_happened

NOTE_EVERY: Final = 60.0
"""The end of the watch is written this often, in seconds."""

PATIENCE: Final = 60.0
"""How long to wait for the ends of orders that left the list meanwhile, in seconds."""


class CatchUp:
    """Records until when the account was watched, and says once what the first polls of a run found out.

    `watched_until` is when the last run ended, epoch seconds, None for never or unknown. `is_unread` says that it is
    unknown because the journal could not be read.
    """

    def __init__(
        self, store: DeskStore, clock: ServiceClock, watched_until: float | None, *, is_unread: bool = False
    ) -> None:
        self._store = store
        self._clock = clock
        self._began_at = clock.monotonic()
        self._watched_until = watched_until
        self._is_unread = is_unread
        self._first_asked_at: float | None = None
        self._noted_at = float("-inf")

    async def journal_reopened(self) -> None:
        """Read until when the account was watched, if the journal could not be read at the start."""
        if self._is_unread:
            self._is_unread = False
            self._watched_until = await self._store.timestamp(WATCHED)

    async def tell(self) -> None:
        """Say what happened, once. Call when both the active list and the history have been read.

        Waits for the ends of orders that left the list meanwhile, as their codes are what the operator wants to hear
        of, and for a journal that cannot be read.
        """
        began_at = self._clock.at(self._began_at)  # by the service's clock, which was not known then
        if self._watched_until is None or self._is_looking(began_at):
            return
        news = await self._store.news_since(began_at)
        if news is None:
            return
        watched_until, self._watched_until = self._watched_until, None
        on_desk = [entry.record for entry in self._store.state.entries.values()]
        away = what_happened(news, began_at, on_desk=on_desk)
        if away != Away():
            self._store.announce(CaughtUp(away, began_at - watched_until))

    def _is_looking(self, began_at: float) -> bool:
        now = self._clock.monotonic()
        if self._first_asked_at is None:
            self._first_asked_at = now
        entries = self._store.state.entries.values()
        left = any(each.phase is Phase.FOLLOWING and each.record.first_seen < began_at for each in entries)
        return left and now - self._first_asked_at < PATIENCE

    async def note_watched(self, until: float, *, at_once: bool = False) -> None:
        """Record until when the account was watched, epoch seconds: once a minute, or at once.

        Does nothing before `tell` has said what happened until then.
        """
        if self._watched_until is None and (at_once or until - self._noted_at >= NOTE_EVERY):
            self._noted_at = until
            await self._store.set_timestamp(WATCHED, until)
