"""Cancelling: a request is sent when the window allows it, and done when the order itself says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, CancelRefusal, CancelRefused
from numdeck.clock import ServiceClock
from numdeck.desk.events import CancelDropped, Changed, CommandOutcome, CommandResult
from numdeck.desk.state import Entry
from numdeck.desk.store import DeskStore
from numdeck.model.cancel_window import CancelReason, CancelWindow, learn_too_late, learn_too_soon
from numdeck.model.cancellation import (
    CancelFailure,
    CancelIntent,
    Cancellation,
    CancelPress,
    CancelStep,
    FailureKind,
    cancellation_of,
)

_REASONS: Final = {
    CancelRefusal.TOO_SOON: CancelReason.TOO_SOON,
    CancelRefusal.TOO_LATE: CancelReason.TOO_LATE,
    CancelRefusal.ALREADY_RECEIVED: CancelReason.CODE_RECEIVED,
    CancelRefusal.OTHER: CancelReason.NOT_OFFERED,
}
"""What a refusal by the service says about the order."""


class Canceller:
    """Carries out the operator's commands about cancelling, and sends the requests.

    `automatic_after` is the age at which an order without a code is cancelled automatically, in seconds; None for
    never.
    """

    def __init__(
        self,
        store: DeskStore,
        client: NumbersClient,
        clock: ServiceClock,
        window: CancelWindow,
        automatic_after: float | None,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._window = window
        self._automatic_after = automatic_after

    def cancellation(self, entry: Entry) -> Cancellation:
        """Whether, when and why not an order can be cancelled, and what was decided about it."""
        return cancellation_of(
            entry.record,
            entry.intent,
            entry.cancel,
            window=self._window,
            automatic_after=self._automatic_after,
            now=self._clock.now(),
        )

    async def cancel(self, order_id: str) -> CommandResult:
        """Do what a press on the cancel key does: send the request, arm, or disarm."""
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                return CommandResult(CommandOutcome.GONE)
            cancellation = self.cancellation(entry)
            match cancellation.press:
                case CancelPress.ARM:
                    return await self._decide(entry, CancelIntent.ARMED, CommandOutcome.ARMED)
                case CancelPress.DISARM:
                    return await self._decide(entry, CancelIntent.NONE, CommandOutcome.DISARMED)
                case CancelPress.REFUSE if cancellation.is_under_way:
                    return CommandResult(CommandOutcome.UNDER_WAY, cancellation)
                case CancelPress.REFUSE:
                    return CommandResult(CommandOutcome.NOT_ALLOWED, cancellation)
            await self._store.commit([Changed(replace(entry, cancel=CancelStep.SENDING, failure=None))])
        return await self.send(order_id)

    async def keep(self, order_id: str) -> CommandResult:
        """Keep an order from being cancelled automatically, or no longer."""
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None or not entry.is_open:
                return CommandResult(CommandOutcome.GONE)
            cancellation = self.cancellation(entry)
            if cancellation.is_under_way:
                return CommandResult(CommandOutcome.UNDER_WAY, cancellation)
            if cancellation.is_kept:
                return await self._decide(entry, CancelIntent.NONE, CommandOutcome.NOT_KEPT)
            if not cancellation.is_armed and cancellation.automatic_at is None:
                return CommandResult(CommandOutcome.NOTHING_TO_KEEP, cancellation)
            return await self._decide(entry, CancelIntent.KEPT, CommandOutcome.KEPT)

    async def _decide(self, entry: Entry, intent: CancelIntent, outcome: CommandOutcome) -> CommandResult:
        after = replace(entry, intent=intent, failure=None)
        await self._store.commit([Changed(after)])
        return CommandResult(outcome, self.cancellation(after))

    async def send(self, order_id: str) -> CommandResult:
        """Send the request to cancel an order that stands as `SENDING`."""
        sent_at = self._clock.monotonic()
        try:
            said = await self._client.cancel(order_id)
        except CancelRefused as error:
            if error.maybe_applied and error.kind is not CancelRefusal.TOO_SOON:
                # The refusal may be due to an earlier attempt that was applied, and whose answer was lost.
                return await self._finish(order_id, CancelStep.UNSURE, CommandOutcome.UNSURE, error.sentence)
            return await self._refused(order_id, error, self._clock.at(sent_at))
        except ApiError as error:
            step = CancelStep.UNSURE if error.maybe_applied else CancelStep.NONE
            return await self._finish(order_id, step, CommandOutcome.FAILED, error.sentence)
        except BaseException:
            await self._finish(order_id, CancelStep.UNSURE, CommandOutcome.UNSURE)
            raise
        return await self._finish(order_id, CancelStep.REQUESTED, CommandOutcome.REQUESTED, said)

    async def _refused(self, order_id: str, error: CancelRefused, sent_at: float) -> CommandResult:
        """Learn from a refusal. One that comes too soon arms the order; any other ends what was armed."""
        reason, said = _REASONS[error.kind], error.sentence
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                return CommandResult(CommandOutcome.REFUSED, None, reason, said)
            failure = CancelFailure(FailureKind.REFUSED, reason, said)
            learnt = self._learn(entry, error.kind, sent_at)
            after = replace(learnt, cancel=CancelStep.NONE, lookup_count=0, failure=failure)
            if error.kind is CancelRefusal.TOO_SOON:
                after = replace(after, intent=CancelIntent.ARMED)
            is_dropped = after.intent is CancelIntent.ARMED and error.kind is not CancelRefusal.TOO_SOON
            if is_dropped:
                after = replace(after, intent=CancelIntent.KEPT)  # another request would be refused as well
            await self._store.commit([CancelDropped(after, reason, said) if is_dropped else Changed(after)])
        return CommandResult(CommandOutcome.REFUSED, self.cancellation(after), reason, said)

    def _learn(self, entry: Entry, refusal: CancelRefusal, sent_at: float) -> Entry:
        """Take in what a refusal says: about the purchase, or that the order has a code or an end unknown to us."""
        record, now = entry.record, self._clock.now()
        match refusal:
            case CancelRefusal.TOO_SOON:
                bought = learn_too_soon(record.bought, self._window, sent_at)
            case CancelRefusal.TOO_LATE:
                bought = learn_too_late(record.bought, self._window, now)
            case _:
                return replace(entry, next_lookup_at=now)
        return replace(entry, record=replace(record, bought=bought))

    async def _finish(self, order_id: str, step: CancelStep, outcome: CommandOutcome, said: str = "") -> CommandResult:
        """Note how far the request came, and look the order up if its effect has to be confirmed."""
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None or not entry.is_open:
                return CommandResult(outcome, None, said=said)
            next_lookup_at = self._clock.now() if step.is_under_way else entry.next_lookup_at
            failure = CancelFailure(FailureKind.FAILED, said=said) if outcome is CommandOutcome.FAILED else None
            after = replace(entry, cancel=step, next_lookup_at=next_lookup_at, lookup_count=0, failure=failure)
            await self._store.commit([Changed(after)])
            return CommandResult(outcome, self.cancellation(after), said=said)
