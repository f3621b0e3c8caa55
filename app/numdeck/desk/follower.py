"""Following orders to their end: detail first, then history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, Held, NotFound
from numdeck.api.gate import RequestKind
from numdeck.clock import ServiceClock
from numdeck.desk.events import Changed, EntryEvent, Event, Topic
from numdeck.desk.reconcile import observe, read_history
from numdeck.desk.state import Entry, Phase
from numdeck.desk.store import DeskStore
from numdeck.model.cancellation import CancelFailure, CancelStep, FailureKind
from numdeck.model.order import as_recorded
from numdeck.model.resolve import RECORDED_WITHIN

MANY: Final = 3
"""More orders than this to look up at once are looked up by one history request first."""

HISTORY_EVERY: Final = 300.0
"""The history is read this often for what was bought and ended elsewhere, in seconds."""

HISTORY_AGAIN: Final = 20.0
"""It is read this often while a purchase is unknown, and not more often than this after a failure, or for what only
it tells of an end: expenses and fraud score; in seconds."""

_HISTORY_AFTER_A_LOSS: Final = 1.0
_LOOKS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_ASSIGNING_LOOKS: Final = (2.0, 3.0, 5.0, 10.0, 10.0, 15.0, 30.0, 60.0)
_MOST_DOUBLINGS: Final = 4
_PATIENCE_WITH_404: Final = 5
_EAGER_LOOKS: Final = 4
_PATIENCE_WITH_A_CANCEL: Final = 6
_PATIENCE_WITH_THE_HISTORY: Final = 3


def lookup_delay(entry: Entry) -> float:
    """How long to wait until an order is looked up again, in seconds, after `entry.lookup_count` looks in vain."""
    steps = _ASSIGNING_LOOKS if entry.phase is Phase.ASSIGNING else _LOOKS
    return steps[min(entry.lookup_count, len(steps) - 1)]


class Follower:
    """Looks up orders whose fate the active list does not tell.

    `lost_at` returns when the answer to a purchase was lost, epoch seconds, while its order is looked for.
    """

    def __init__(
        self, store: DeskStore, client: NumbersClient, clock: ServiceClock, lost_at: Callable[[], float | None]
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._lost_at = lost_at
        self._history_asked_at = float("-inf")
        self._history_failures = 0
        self._history_barred_until = float("-inf")
        self._unfinished = frozenset[str]()
        self._unfinished_looks = 0

    @property
    def history_asked_at(self) -> float | None:
        """When the history was requested that was read last, epoch seconds; None for not yet."""
        return self._history_asked_at if self._history_asked_at > float("-inf") else None

    @property
    def knows_the_past(self) -> bool:
        """Whether this run has read the whole history, or tried it for long enough."""
        return self._history_asked_at > float("-inf") or self._history_failures >= _PATIENCE_WITH_THE_HISTORY

    def next_due_in(self) -> float:
        """How long until there is something to look up, in seconds."""
        lookup_count = [
            entry.next_lookup_at for entry in self._store.state.entries.values() if entry.next_lookup_at is not None
        ]
        due_at = min([*lookup_count, self._history_due()])
        return max(0.0, self._client.gate.blocked_for(RequestKind.WATCH), due_at - self._clock.now())

    async def look_once(self) -> None:
        """Look up everything that is due: one by one, as that is quickest, but many at once by the history first.

        What fails is put off, and keeps nothing else from being looked up.
        """
        started_at = self._clock.now()
        are_many = sum(entry.phase is Phase.FOLLOWING for entry in self._due(started_at)) > MANY
        try:
            if are_many and self._may_read_history():
                await self._try_history()
            for order_id in [entry.id for entry in self._due(started_at)]:
                await self._try_look(order_id, started_at)
            if started_at >= self._history_due():
                await self._try_history()
        except Held:
            return  # the gate says when to come again

    async def _try_history(self) -> None:
        try:
            await self.read_history()
        except Held:
            raise
        except ApiError:
            self._history_failures += 1  # it is barred for a while

    async def _try_look(self, order_id: str, pass_started_at: float) -> None:
        entry = self._store.state.entries.get(order_id)
        if entry is None or entry.next_lookup_at is None:
            return  # told by something else meanwhile
        try:
            await self._look(entry, pass_started_at)
        except Held:
            raise
        except ApiError:
            await self._put_off(entry)

    async def read_history(self) -> None:
        """Read the whole history: ends of orders on the desk, and whatever the journal has not seen."""
        self._history_barred_until = self._clock.monotonic() + HISTORY_AGAIN
        listing = await self._client.history()
        self._history_barred_until = float("-inf")
        self._history_asked_at = listing.sent_at
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
        self._note_unfinished(recorded.unfinished)
        if not self._store.state.knows_history:
            self._store.state.knows_history = True
            self._store.topic(Topic.HISTORY)

    def _due(self, now: float) -> list[Entry]:
        return [
            e for e in self._store.state.entries.values() if e.next_lookup_at is not None and e.next_lookup_at <= now
        ]

    def _history_due(self) -> float:
        wanted_at = [
            self._history_asked_at + self._history_pace(),
            *map(self._expenses_due, self._store.state.entries.values()),
        ]
        lost_at = self._lost_at()
        if lost_at is not None:
            # Nothing is settled before the history was asked for it.
            is_asked = self._history_asked_at > lost_at
            wanted_at.append(self._history_asked_at + HISTORY_AGAIN if is_asked else lost_at + _HISTORY_AFTER_A_LOSS)
        return max(min(wanted_at), self._clock.at(self._history_barred_until))

    def _history_pace(self) -> float:
        """How often the history is read: more often while it has orders in calculation, less and less while they stay.

        One listing tells of them all.
        """
        if not self._unfinished:
            return HISTORY_EVERY
        return float(min(HISTORY_EVERY, HISTORY_AGAIN * 2**self._unfinished_looks))

    def _note_unfinished(self, unfinished: frozenset[str]) -> None:
        """Remember which orders of the history are still to end; only those that are new speed up the next reading."""
        has_new = bool(unfinished - self._unfinished)
        self._unfinished_looks = 0 if has_new else min(self._unfinished_looks + 1, _MOST_DOUBLINGS)
        self._unfinished = unfinished

    def _expenses_due(self, entry: Entry) -> float:
        """When to ask what an order came to, as only the history tells it; once more, as the history may lag."""
        asked_at, ended_at = self._history_asked_at, entry.record.ended_at or entry.record.first_seen
        if entry.is_open or entry.record.order.expenses is not None or asked_at >= ended_at + RECORDED_WITHIN:
            return float("inf")
        return ended_at + RECORDED_WITHIN if asked_at >= ended_at else asked_at + HISTORY_AGAIN

    async def _look(self, entry: Entry, pass_started_at: float) -> None:
        sent_at = self._clock.monotonic()
        try:
            order = await self._client.detail(entry.id)
        except NotFound:
            if self._is_for_history(entry, pass_started_at):
                await self.read_history()
            await self._put_off(entry)
            return
        async with self._store.turn() as state:
            current = state.entries.get(entry.id)
            if current is None:
                return  # its end was told meanwhile, and taken note of
            events = observe(current, order, asked_at=self._clock.at(sent_at), seen_at=self._clock.now())
            current = events[-1].entry if events else current
            was_unsure = entry.cancel is CancelStep.UNSURE  # else the request may have left after this look
            if was_unsure and current.cancel is CancelStep.UNSURE and current.record.order.can_cancel:
                current = _cancel_again(current, FailureKind.LOST)
                events.append(Changed(current))
            elif current.cancel is CancelStep.REQUESTED and current.lookup_count >= _PATIENCE_WITH_A_CANCEL:
                current = _cancel_again(current, FailureKind.IGNORED)
                events.append(Changed(current))
            if current.next_lookup_at is not None:
                events.append(EntryEvent(self._later(current)))
            await self._store.commit(events)

    def _is_for_history(self, entry: Entry, pass_started_at: float) -> bool:
        """Whether the history is to be asked for an order that has no detail: at once, and then now and then."""
        now, asked_at = self._clock.now(), self._history_asked_at
        if entry.phase is Phase.ASSIGNING and entry.lookup_count < _PATIENCE_WITH_404:
            return False
        is_spaced = entry.lookup_count < _EAGER_LOOKS or now >= asked_at + HISTORY_AGAIN
        return asked_at < pass_started_at and self._may_read_history() and is_spaced

    def _may_read_history(self) -> bool:
        return self._clock.monotonic() >= self._history_barred_until

    async def _put_off(self, entry: Entry) -> None:
        async with self._store.turn() as state:
            current = state.entries.get(entry.id)
            if current is not None and current.next_lookup_at is not None:
                await self._store.commit([EntryEvent(self._later(current))])

    def _later(self, entry: Entry) -> Entry:
        return replace(
            entry, next_lookup_at=self._clock.now() + lookup_delay(entry), lookup_count=entry.lookup_count + 1
        )


def _cancel_again(entry: Entry, kind: FailureKind) -> Entry:
    """Return the entry as one whose cancel request came to nothing, so that another one can be sent."""
    next_lookup_at = None if entry.phase is Phase.LISTED else entry.next_lookup_at
    return replace(
        entry,
        cancel=CancelStep.NONE,
        next_lookup_at=next_lookup_at,
        lookup_count=0,
        failure=CancelFailure(kind),
    )
