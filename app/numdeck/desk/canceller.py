"""Cancelling, by hand or by plan: sent when the rule allows it, done when the order itself says so."""

from __future__ import annotations

from dataclasses import replace

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, CancelRefusal, CancelRefused
from numdeck.clock import ServiceClock
from numdeck.desk.events import CancelDropped, Changed
from numdeck.desk.state import Entry
from numdeck.desk.store import DeskStore
from numdeck.model.cancellation import (
    CancelIntent,
    CancelReason,
    CancelRule,
    CancelStep,
    CancelWindow,
    armed_sentence,
    auto_cancel_at,
    auto_words,
    learn_too_late,
    learn_too_soon,
)


class Canceller:
    """Sends cancellations, and arms those that are too early.

    `auto_after` is how long after its purchase an order is cancelled by itself, in seconds; None for never.
    """

    def __init__(
        self,
        store: DeskStore,
        client: NumbersClient,
        clock: ServiceClock,
        window: CancelWindow,
        auto_after: float | None,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._window = window
        self._auto_after = auto_after

    def rule(self, entry: Entry) -> CancelRule:
        """May it be cancelled now, and if not, why and when."""
        return entry.rule(self._window, self._clock.now())

    async def cancel(self, order_id: str) -> str:
        """Cancel an order; too early: arm it, or disarm it. The result is a sentence that says what was done."""
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                return "This order is no longer on the desk."
            if entry.cancel.is_under_way:
                return "The cancellation was requested; waiting for the service to confirm it."
            rule, now = self.rule(entry), self._clock.now()
            if entry.intent is CancelIntent.ARMED:
                await self._commit_plan(entry, CancelIntent.NONE)
                auto = auto_words(auto_cancel_at(entry.record, self._auto_after))
                return " ".join(["Disarmed.", auto or "This order is cancelled only by hand."])
            if rule.reason is CancelReason.TOO_SOON:
                await self._commit_plan(entry, CancelIntent.ARMED)
                return armed_sentence(rule, now)
            if not rule.allowed:
                return rule.sentence(now)
            await self._commit_step(entry, CancelStep.SENDING)
        return await self.send(order_id)

    async def _commit_plan(self, entry: Entry, intent: CancelIntent) -> None:
        await self._store.commit([Changed(replace(entry, intent=intent, note=""))])

    async def _commit_step(self, entry: Entry, step: CancelStep) -> None:
        await self._store.commit([Changed(replace(entry, cancel=step, note=""))])

    async def send(self, order_id: str) -> str:
        """Send the cancellation of an order that stands as `SENDING`; the result says what came of it."""
        sent_at = self._clock.monotonic()
        try:
            said = await self._client.cancel(order_id)
        except CancelRefused as error:
            if error.maybe_applied and error.kind is not CancelRefusal.TOO_SOON:
                # Refused may be what an earlier try has done already, whose answer was lost.
                await self._finish(order_id, CancelStep.UNSURE)
                return f"A try got no answer: looking whether it was cancelled. {error.sentence}"
            return await self._refused(order_id, error, self._clock.at(sent_at))
        except ApiError as error:
            step = CancelStep.UNSURE if error.maybe_applied else CancelStep.NONE
            await self._finish(order_id, step, note=error.sentence)
            return error.sentence
        except BaseException:
            await self._finish(order_id, CancelStep.UNSURE)
            raise
        await self._finish(order_id, CancelStep.REQUESTED)
        return f"Cancel requested ({said or 'accepted'}): waiting for the service to confirm it."

    async def _refused(self, order_id: str, error: CancelRefused, sent_at: float) -> str:
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                return error.sentence
            record, now = entry.record, self._clock.now()
            next_lookup_at, intent = entry.next_lookup_at, entry.intent
            match error.kind:
                case CancelRefusal.TOO_SOON:
                    record = replace(record, bought=learn_too_soon(record.bought, self._window, sent_at))
                    intent = CancelIntent.ARMED  # it was asked for too early, as where the rule itself says so
                case CancelRefusal.TOO_LATE:
                    record = replace(record, bought=learn_too_late(record.bought, self._window, now))
                case _:
                    next_lookup_at = now  # it knows something that we do not: a code, an end
            is_dropped = intent is CancelIntent.ARMED and error.kind is not CancelRefusal.TOO_SOON
            after = replace(
                entry,
                record=record,
                intent=CancelIntent.KEPT if is_dropped else intent,  # asked again, it would say the same
                cancel=CancelStep.NONE,
                next_lookup_at=next_lookup_at,
                lookup_count=0,
                note=error.sentence,
            )
            await self._store.commit([CancelDropped(after, error.sentence) if is_dropped else Changed(after)])
        if error.kind is CancelRefusal.TOO_SOON:
            return f"{error.sentence} {armed_sentence(self.rule(after), now)}"
        return error.sentence

    async def _finish(self, order_id: str, step: CancelStep, note: str = "") -> None:
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None or not entry.is_open:
                return
            next_lookup_at = self._clock.now() if step.is_under_way else entry.next_lookup_at
            await self._store.commit(
                [Changed(replace(entry, cancel=step, next_lookup_at=next_lookup_at, lookup_count=0, note=note))]
            )
