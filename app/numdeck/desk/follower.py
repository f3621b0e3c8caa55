"""Following orders to their end: detail first, then history."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, Held, NotFound
from numdeck.api.gate import RequestKind
from numdeck.clock import ServiceClock
from numdeck.desk.events import Changed, EntryEvent, Event, Topic
from numdeck.desk.lookups import HistorySchedule, after_a_look, cancel_again, cancel_failure
from numdeck.desk.reconcile import observe, read_history
from numdeck.desk.state import Entry, Phase
from numdeck.desk.store import DeskStore
from numdeck.model.order import as_recorded

MANY: Final = 3
"""More orders than this to look up at once are looked up by one history request first."""


class Follower:
    """Looks up orders that the active list says nothing of.

    `lost_at` returns when the answer to a purchase was lost, epoch seconds, while its order is looked for.
    """

    def __init__(
        self, store: DeskStore, client: NumbersClient, clock: ServiceClock, lost_at: Callable[[], float | None]
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._lost_at = lost_at
        self._history = HistorySchedule()

    @property
    def history_asked_at(self) -> float | None:
        """When the history was requested that was read last, epoch seconds; None for not yet."""
        asked_at = self._history.asked_at
        return asked_at if asked_at > -math.inf else None

    @property
    def knows_the_past(self) -> bool:
        """Whether this run has read the whole history, or tried it for long enough."""
        return self._history.is_known

    def next_due_in(self) -> float:
        """How long until there is something to look up, in seconds."""
        now, entries = self._clock.now(), self._store.state.entries.values()
        lookups = [entry.next_lookup_at - now for entry in entries if entry.next_lookup_at is not None]
        return max(0.0, self._client.gate.blocked_for(RequestKind.WATCH), min([*lookups, self._history_due_in(now)]))

    async def look_once(self) -> None:
        """Look up everything that is due: one by one, as that is quickest, but many by the history first.

        A look that fails is put off, and does not keep others from being made.
        """
        started_at = self._clock.now()
        are_many = sum(entry.phase is Phase.FOLLOWING for entry in self._due(started_at)) > MANY
        try:
            if are_many and self._history.may_read(self._clock.monotonic()):
                await self._try_history()
            for order_id in [entry.id for entry in self._due(started_at)]:
                await self._try_look(order_id, started_at)
            if self._history_due_in(started_at) <= 0:
                await self._try_history()
        except Held:
            return  # the gate says when to come again

    async def _try_history(self) -> None:
        try:
            await self.read_history()
        except Held:
            raise
        except ApiError:
            self._history.failed()

    async def _try_look(self, order_id: str, pass_started_at: float) -> None:
        entry = self._store.state.entries.get(order_id)
        if entry is None or entry.next_lookup_at is None:
            return  # no longer to be looked up
        try:
            await self._look(entry, pass_started_at)
        except Held:
            raise
        except ApiError:
            await self._put_off(entry)

    async def read_history(self) -> None:
        """Read the whole history: ends of orders on the desk, and whatever the journal has not seen."""
        self._history.begin(self._clock.monotonic())
        listing = await self._client.history()
        self._history.answered(listing.sent_at)
        by_id = {order.id: order for order in listing.orders}
        async with self._store.turn() as state:
            events: list[Event] = []
            for entry in state.entries.values():
                if entry.id in by_id:
                    order = by_id[entry.id]
                    # What is in the active list as well may be alive, whatever the history calls it.
                    order = as_recorded(order) if entry.phase is Phase.FOLLOWING else order
                    events += observe(entry, order, asked_at=listing.sent_at, seen_at=listing.answered_at)
            elsewhere = [as_recorded(order) for order in listing.orders if order.id not in state.entries]
            known = await self._store.find([order.id for order in elsewhere])
            recorded = read_history(elsewhere, known, seen_at=listing.answered_at)
            await self._store.commit([*events, *recorded.events], also=recorded.records)
        self._history.note_unfinished(recorded.unfinished)
        if not self._store.state.knows_history:
            self._store.state.knows_history = True
            self._store.topic(Topic.HISTORY)

    def _due(self, now: float) -> list[Entry]:
        return [
            e for e in self._store.state.entries.values() if e.next_lookup_at is not None and e.next_lookup_at <= now
        ]

    def _history_due_in(self, now: float) -> float:
        entries = self._store.state.entries.values()
        return self._history.due_in(entries, self._lost_at(), now=now, monotonic=self._clock.monotonic())

    async def _look(self, entry: Entry, pass_started_at: float) -> None:
        sent_at = self._clock.monotonic()
        try:
            order = await self._client.detail(entry.id)
        except NotFound:
            now, monotonic = self._clock.now(), self._clock.monotonic()
            if self._history.is_for(entry, since=pass_started_at, now=now, monotonic=monotonic):
                await self.read_history()
            await self._put_off(entry)
            return
        async with self._store.turn() as state:
            current = state.entries.get(entry.id)
            if current is None:
                return  # its end became known meanwhile
            events = observe(current, order, asked_at=self._clock.at(sent_at), seen_at=self._clock.now())
            current = events[-1].entry if events else current
            kind = cancel_failure(entry, current)
            if kind is not None:
                current = cancel_again(current, kind)
                events.append(Changed(current))
            if current.next_lookup_at is not None:
                events.append(EntryEvent(after_a_look(current, self._clock.now())))
            await self._store.commit(events)

    async def _put_off(self, entry: Entry) -> None:
        async with self._store.turn() as state:
            current = state.entries.get(entry.id)
            if current is not None and current.next_lookup_at is not None:
                await self._store.commit([EntryEvent(after_a_look(current, self._clock.now()))])
