"""Codes that the operator has seen, and ended orders that leave the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from numdeck.clock import ServiceClock
from numdeck.desk.events import Archived, Changed
from numdeck.desk.state import Entry, Phase
from numdeck.desk.store import DeskStore
from numdeck.model.codes import Code
from numdeck.model.record import mark_seen, may_leave


class SeenCodes:
    """Marks codes as seen. Orders that have ended stay on the desk for `keep_ended` seconds."""

    def __init__(self, store: DeskStore, clock: ServiceClock, keep_ended: float) -> None:
        self._store = store
        self._clock = clock
        self._keep_ended = keep_ended

    async def mark(self, order_id: str, shown: Collection[Code], *, dismiss: bool = False) -> None:
        """Mark codes of an order as seen, on the desk or in the history: those that were `shown` to the operator.

        With `dismiss` an order that has ended leaves the desk at once, unless another code arrived meanwhile.
        """
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                await self._mark_in_history(order_id, shown)
                return
            after = replace(entry, record=mark_seen(entry.record, shown), marked_at=self._clock.now())
            leaves = dismiss and not entry.is_open and not after.record.unseen
            await self._store.commit([Archived(after) if leaves else Changed(after)])

    async def _mark_in_history(self, order_id: str, shown: Collection[Code]) -> None:
        record = (await self._store.find([order_id])).get(order_id)
        if record is not None and record.unseen:
            marked = mark_seen(record, shown)
            archived = Entry(record=marked, phase=Phase.ENDED, last_seen_active_at=record.first_seen)
            await self._store.commit([Archived(archived)])

    async def tidy(self) -> None:
        """Remove orders from the desk whose end has been shown for long enough."""
        if not self._clock.is_set:
            return  # how long that is by the service's clock is not known
        keep, now = self._keep_ended, self._clock.now()
        async with self._store.turn() as state:
            await self._store.commit(
                Archived(entry)
                for entry in state.entries.values()
                if not entry.is_open and may_leave(entry.record, marked_at=entry.marked_at, keep=keep, now=now)
            )
