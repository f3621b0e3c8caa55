"""Cancelling: sent when the rule allows it, done when the order itself says so."""

from __future__ import annotations

from dataclasses import replace

from app.api.client import NumbersClient
from app.api.errors import ApiError, CancelRefusal, CancelRefused
from app.clock import Clock
from app.desk.books import Books
from app.desk.events import Changed, Event
from app.desk.state import CancelStep, Entry
from app.model.window import CancelReason, CancelRule, CancelWindow, learn_too_late, learn_too_soon


class Canceller:
    """Sends cancellations, and arms those that are too early."""

    def __init__(self, books: Books, client: NumbersClient, clock: Clock, window: CancelWindow) -> None:
        self._books = books
        self._client = client
        self._clock = clock
        self._window = window

    def rule(self, entry: Entry) -> CancelRule:
        """May it be cancelled now, and if not, why and when."""
        return entry.rule(self._window, self._clock.now())

    async def cancel(self, order_id: str) -> str:
        """Cancel an order; too early: arm it, or disarm it. The result is a sentence that says what was done."""
        async with self._books.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                return "This order is no longer on the desk."
            if entry.cancel.is_under_way:
                return "The cancellation was requested; waiting for the service to confirm it."
            rule = self.rule(entry)
            if rule.reason is CancelReason.TOO_SOON:
                return await self._toggle(entry, rule)
            if not rule.allowed:
                return rule.sentence(self._clock.now())
            await self._commit_step(entry, CancelStep.SENDING)
        return await self._send(order_id)

    async def send_armed(self) -> list[str]:
        """Cancel the armed orders whose window has opened; one sentence for each."""
        ready = [
            entry.id
            for entry in self._books.state.entries.values()
            if entry.cancel is CancelStep.ARMED and self.rule(entry).reason is not CancelReason.TOO_SOON
        ]
        return [await self.cancel(order_id) for order_id in ready]

    def next_armed_in(self) -> float | None:
        """How long until the next armed order can be cancelled, in seconds; None when none is armed."""
        armed = [self.rule(e) for e in self._books.state.entries.values() if e.cancel is CancelStep.ARMED]
        now = self._clock.now()
        return min((max(0.0, (rule.changes_at or now) - now) for rule in armed), default=None)

    async def _toggle(self, entry: Entry, rule: CancelRule) -> str:
        if entry.cancel is CancelStep.ARMED:
            await self._commit_step(entry, CancelStep.NONE)
            return "Disarmed: this order will not be cancelled."
        await self._commit_step(entry, CancelStep.ARMED)
        return f"Armed: it will be cancelled when the {rule.text(self._clock.now()).replace('opens', 'window opens')}."

    async def _commit_step(self, entry: Entry, step: CancelStep) -> None:
        await self._books.commit([Changed(replace(entry, cancel=step, note=""))])

    async def _send(self, order_id: str) -> str:
        sent_at = self._clock.now()
        try:
            answer = await self._client.cancel(order_id)
        except CancelRefused as error:
            return await self._refused(order_id, error, sent_at)
        except ApiError as error:
            step = CancelStep.UNSURE if error.maybe_applied else CancelStep.NONE
            await self._finish(order_id, step, note=error.sentence)
            return error.sentence
        except BaseException:
            await self._finish(order_id, CancelStep.UNSURE)
            raise
        await self._finish(order_id, CancelStep.REQUESTED)
        return f"Cancel requested ({answer.detail or 'accepted'}): waiting for the service to confirm it."

    async def _refused(self, order_id: str, error: CancelRefused, sent_at: float) -> str:
        async with self._books.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                return error.sentence
            record, now = entry.record, self._clock.now()
            look_at = entry.look_at
            match error.kind:
                case CancelRefusal.TOO_SOON:
                    record = replace(record, bought=learn_too_soon(record.bought, self._window, sent_at))
                case CancelRefusal.TOO_LATE:
                    record = replace(record, bought=learn_too_late(record.bought, self._window, now))
                case _:
                    look_at = now  # it knows something that we do not: a code, an end
            after = replace(entry, record=record, cancel=CancelStep.NONE, look_at=look_at, looks=0, note=error.sentence)
            await self._books.commit([Changed(after)])
        return error.sentence

    async def _finish(self, order_id: str, step: CancelStep, note: str = "") -> None:
        async with self._books.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None or not entry.is_open:
                return
            look_at = self._clock.now() if step.is_under_way else entry.look_at
            events: list[Event] = [Changed(replace(entry, cancel=step, look_at=look_at, looks=0, note=note))]
            await self._books.commit(events)
