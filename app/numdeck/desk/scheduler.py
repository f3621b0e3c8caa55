"""Cancelling without a key press: armed orders, and orders that got no code in the time that was set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from numdeck.api.client import NumbersClient
from numdeck.api.gate import RequestKind
from numdeck.clock import Clock
from numdeck.desk.canceller import Canceller
from numdeck.desk.events import CancelDropped, CancelDue, Changed
from numdeck.desk.state import Entry, Phase
from numdeck.desk.store import DeskStore
from numdeck.model.cancellation import (
    CancelIntent,
    Cancellation,
    CancelStep,
    IntentStep,
    PendingCancels,
    again_after,
    pending_cancels,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """How often the request was sent for an order, and from when on it may be sent again, epoch seconds."""

    tries: int = 0
    again_at: float = float("-inf")


class CancelScheduler:
    """Carries out what was decided for orders, until it is done or the window has closed."""

    def __init__(self, store: DeskStore, client: NumbersClient, clock: Clock, canceller: Canceller) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._canceller = canceller
        self._sent: dict[str, _Sent] = {}

    def pending(self) -> PendingCancels:
        """Count what will be cancelled without another key press, but only while numdeck runs."""
        if self._client.read_only:
            return PendingCancels()
        return pending_cancels(map(self._canceller.cancellation, self._store.state.entries.values()))

    @property
    def has_due(self) -> bool:
        """Whether something is to be cancelled by now."""
        return not self._client.read_only and self._has_looked and bool(self._due())

    async def send_due(self) -> None:
        """Send what is due. The caller makes sure that the active list was asked for lately."""
        if self._client.read_only or self._client.gate.hold(RequestKind.CANCEL) or not self._has_looked:
            return
        await self._learn([entry.id for entry in self._due()])
        begun = [entry.id for entry in self._due() if await self._begin(entry)]
        # All at once: while one waits for its answer, the window of another may close.
        await asyncio.gather(*map(self._canceller.send, begun))
        await self._give_up()
        on_desk = self._store.state.entries
        self._sent = {order_id: sent for order_id, sent in self._sent.items() if order_id in on_desk}

    def next_due_in(self) -> float | None:
        """How long until time alone calls for something, in seconds; None for never."""
        if self._client.read_only or not self._has_looked:
            return None
        now = self._clock.now()
        instants = [
            max(cancellation.due_at, self._may_send_at(entry, cancellation))
            for entry, cancellation in self._all()
            if cancellation.due_at is not None
        ]
        instants = [instant for instant in instants if instant < float("inf")]
        return max(min(instants) - now, self._client.gate.blocked_for(RequestKind.CANCEL)) if instants else None

    @property
    def _has_looked(self) -> bool:
        """Whether this run has seen the active list: before that, a code may have come unseen."""
        return self._store.state.link.fresh_at is not None

    def _all(self) -> list[tuple[Entry, Cancellation]]:
        return [(entry, self._canceller.cancellation(entry)) for entry in self._store.state.entries.values()]

    def _due(self) -> list[Entry]:
        now = self._clock.now()
        return [
            entry
            for entry, cancellation in self._all()
            if cancellation.due is IntentStep.SEND and self._may_send_at(entry, cancellation) <= now
        ]

    def _may_send_at(self, entry: Entry, cancellation: Cancellation) -> float:
        """From when on the request may be sent, epoch seconds; inf if something else must happen first.

        A code may have come to an order that left the list: it is looked up first, except at the last chance.
        """
        again_at = self._sent.get(entry.id, _Sent()).again_at
        if entry.phase is not Phase.FOLLOWING or entry.lookup_count > 0:
            return again_at
        last_chance_at = cancellation.last_chance_at
        return float("inf") if last_chance_at is None else max(again_at, last_chance_at)

    async def _begin(self, entry: Entry) -> bool:
        """Record that the request is sent; False if the order has changed in the meantime."""
        async with self._store.turn() as state:
            if state.entries.get(entry.id) != entry:
                return False
            after = replace(entry, intent=CancelIntent.ARMED, cancel=CancelStep.SENDING, failure=None)
            is_auto = entry.intent is CancelIntent.NONE
            if is_auto:
                log.warning("auto-cancel: no code came in time for order %s", entry.id)
            tries = self._sent.get(entry.id, _Sent()).tries + 1
            await self._store.commit([CancelDue(after, is_auto) if tries == 1 else Changed(after)])
            self._sent[entry.id] = _Sent(tries, self._clock.now() + again_after(tries))
        return True

    async def _learn(self, ids: Sequence[str]) -> None:
        """Take over what a second numdeck on the account has decided: what it disarmed is not cancelled."""
        if not ids:
            return
        async with self._store.turn() as state:
            decided = await self._store.intents(ids)
            entries = [state.entries[order_id] for order_id in decided if order_id in state.entries]
            await self._store.commit(
                [Changed(replace(one, intent=decided[one.id])) for one in entries if one.intent is not decided[one.id]]
            )

    async def _give_up(self) -> None:
        """Disarm what cannot be cancelled any more."""
        async with self._store.turn():
            await self._store.commit(
                [
                    CancelDropped(replace(entry, intent=CancelIntent.NONE), cancellation.reason)
                    for entry, cancellation in self._all()
                    if cancellation.due is IntentStep.GIVE_UP
                ]
            )
