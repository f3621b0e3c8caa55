"""Cancelling without a key press: what is armed, and what got no code in the time that was set."""

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
    LAST_CHANCE,
    CancelIntent,
    CancelRule,
    CancelStep,
    IntentStep,
    PendingCancels,
    again_after,
    auto_cancel_at,
    auto_words,
    intent_due_at,
    intent_step,
    is_last_chance,
    pending_cancels,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """How often a plan has sent the cancellation of an order, and from when on it may again, epoch seconds."""

    tries: int = 0
    again_at: float = float("-inf")


class CancelScheduler:
    """Carries out what was decided for orders, until it is done or the window has closed.

    `auto_after` is how long after its purchase an order is cancelled by itself, in seconds; None for never.
    """

    def __init__(
        self, store: DeskStore, client: NumbersClient, clock: Clock, canceller: Canceller, auto_after: float | None
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._canceller = canceller
        self._auto_after = auto_after
        self._sent: dict[str, _Sent] = {}

    def auto_cancel_at(self, entry: Entry) -> float | None:
        """When an order is cancelled by itself unless a code comes, epoch seconds; None for never."""
        return None if entry.intent is CancelIntent.KEPT else auto_cancel_at(entry.record, self._auto_after)

    def pending(self) -> PendingCancels:
        """Count what is going to be cancelled without another key press, and only while numdeck runs."""
        if self._client.read_only:
            return PendingCancels()
        entries = [entry for entry in self._store.state.entries.values() if entry.is_open]
        return pending_cancels(
            (entry.intent, self._rule(entry), self.auto_cancel_at(entry))
            for entry in entries
            if not entry.cancel.is_under_way
        )

    async def keep(self, order_id: str) -> str:
        """Keep an order from being cancelled by itself, or no longer. The result says what was done."""
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None or not entry.is_open:
                return "This order has ended."
            if entry.cancel.is_under_way:
                return "The cancellation was requested already."
            if entry.intent is CancelIntent.NONE and self.auto_cancel_at(entry) is None:
                return "Nothing cancels this order by itself."
            is_kept = entry.intent is CancelIntent.KEPT
            after = replace(entry, intent=CancelIntent.NONE if is_kept else CancelIntent.KEPT, note="")
            await self._store.commit([Changed(after)])
        words = auto_words(self.auto_cancel_at(after))
        return f"No longer kept. {words}".rstrip() if is_kept else "Kept: it is cancelled only by hand."

    @property
    def has_due(self) -> bool:
        """Whether something is to be cancelled by now."""
        return not self._client.read_only and self._has_looked and bool(self._due())

    async def follow_once(self) -> None:
        """Send what is to be cancelled by now. The caller sees to it that the list was asked lately."""
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
            max(due_at, self._may_send_at(entry, now))
            for entry in self._waiting()
            if (due_at := self._due_at(entry, now)) is not None
        ]
        instants = [instant for instant in instants if instant < float("inf")]
        return max(min(instants) - now, self._client.gate.blocked_for(RequestKind.CANCEL)) if instants else None

    @property
    def _has_looked(self) -> bool:
        """Whether this run has seen the active list: before, a code may be there that nobody here knows of."""
        return self._store.state.link.fresh_at is not None

    def _may_send_at(self, entry: Entry, now: float) -> float:
        """From when on nothing but its plan holds its cancellation back, epoch seconds; inf for: not by time alone."""
        again_at, rule = self._again_at(entry), self._rule(entry)
        if self._is_listed(entry) or is_last_chance(rule, now):
            return again_at
        if rule.closes is None or rule.closes.is_open:
            return float("inf")
        return max(again_at, rule.closes.earliest - LAST_CHANCE)

    def _is_listed(self, entry: Entry) -> bool:
        """Whether its own page was looked at since it left the list, if it did: a code may have come."""
        return entry.phase is not Phase.FOLLOWING or entry.lookup_count > 0

    def _again_at(self, entry: Entry) -> float:
        return self._sent.get(entry.id, _Sent()).again_at

    async def _begin(self, entry: Entry) -> bool:
        """Put it in the books that the cancellation is sent; False if the order is not what it was a moment ago."""
        async with self._store.turn() as state:
            if state.entries.get(entry.id) != entry:
                return False
            after = replace(entry, intent=CancelIntent.ARMED, cancel=CancelStep.SENDING, note="")
            is_auto = entry.intent is CancelIntent.NONE
            if is_auto:
                log.warning("auto-cancel: no code for order %s in %s s", entry.id, self._auto_after)
            tries = self._sent.get(entry.id, _Sent()).tries + 1
            await self._store.commit([CancelDue(after, is_auto) if tries == 1 else Changed(after)])
            self._sent[entry.id] = _Sent(tries, self._clock.now() + again_after(tries))
        return True

    async def _learn(self, ids: Sequence[str]) -> None:
        """Take over what a second numdeck on the account decided meanwhile: what it disarmed is not cancelled."""
        if not ids:
            return
        async with self._store.turn() as state:
            decided = await self._store.intents(ids)
            entries = [state.entries[order_id] for order_id in decided if order_id in state.entries]
            await self._store.commit(
                [Changed(replace(one, intent=decided[one.id])) for one in entries if one.intent is not decided[one.id]]
            )

    async def _give_up(self) -> None:
        """Let go of what is armed and cannot be cancelled any more."""
        async with self._store.turn():
            now = self._clock.now()
            hopeless = [entry for entry in self._waiting() if self._step(entry) is IntentStep.GIVE_UP]
            await self._store.commit(
                [
                    CancelDropped(replace(one, intent=CancelIntent.NONE), self._rule(one).sentence(now))
                    for one in hopeless
                ]
            )

    def _waiting(self) -> list[Entry]:
        return [e for e in self._store.state.entries.values() if e.is_open and not e.cancel.is_under_way]

    def _due(self) -> list[Entry]:
        now = self._clock.now()
        return [
            entry
            for entry in self._waiting()
            if self._step(entry) is IntentStep.SEND and self._may_send_at(entry, now) <= now
        ]

    def _due_at(self, entry: Entry, now: float) -> float | None:
        return intent_due_at(entry.intent, self._rule(entry), self.auto_cancel_at(entry), now)

    def _step(self, entry: Entry) -> IntentStep:
        return intent_step(entry.intent, self._rule(entry), self.auto_cancel_at(entry), self._clock.now())

    def _rule(self, entry: Entry) -> CancelRule:
        return self._canceller.rule(entry)
