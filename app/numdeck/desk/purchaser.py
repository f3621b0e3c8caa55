"""Ordering: one press, one request, and a journal entry before it leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from numdeck.api.client import NumbersClient, Placed
from numdeck.api.errors import ApiError
from numdeck.clock import Clock
from numdeck.desk.events import Appeared, AttemptChanged, Changed, Event, Notice
from numdeck.desk.port import DeskError, ErrorKind
from numdeck.desk.reconcile import observe, phase_of
from numdeck.desk.state import Entry, Phase
from numdeck.desk.store import DeskStore
from numdeck.journal.errors import JournalError
from numdeck.journal.processes import this_process
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest


class Purchaser:
    """Sends purchases, one at a time, each once.

    `asked_price` returns the price of a request, in USD, as last quoted by the service; None if it was not.
    """

    def __init__(
        self,
        store: DeskStore,
        client: NumbersClient,
        clock: Clock,
        asked_price: Callable[[OrderRequest], Decimal | None],
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._asked_price = asked_price
        self._in_flight = False

    @property
    def in_flight(self) -> bool:
        """Whether a purchase has been sent and not been answered."""
        return self._in_flight

    async def order(self, request: OrderRequest) -> Attempt:
        """Buy a number: the result says what came of it.

        Raises DeskError when nothing was sent, and ApiError when something was and certainly nothing was bought. An
        answer that was lost is no error: the attempt comes back as unknown.
        """
        if self._in_flight:
            raise DeskError("A purchase is being sent: wait for its answer.", kind=ErrorKind.NOT_SENT)
        self._in_flight = True
        try:
            return await self._order(request)
        finally:
            self._in_flight = False

    async def _order(self, request: OrderRequest) -> Attempt:
        attempt = Attempt(
            id=uuid.uuid4().hex,
            request=request,
            sent_at=self._clock.now(),
            asked_price=self._asked_price(request),
            sender=this_process(),
        )
        try:
            await self._store.keep_attempt(attempt)
        except JournalError as error:
            sentence = f"Not sent, because it could not be saved first: {error.sentence}"
            raise DeskError(sentence, kind=ErrorKind.NOT_SENT) from error
        try:
            placed = await self._client.purchase(request)
        except ApiError as error:
            if error.maybe_applied:
                return await self._unknown(attempt, error.sentence)
            await self._close(attempt, AttemptState.NOT_PLACED, error.sentence)
            raise
        except BaseException:
            # The program is ending while the request is out: the journal has to say that its outcome is unknown.
            await self._unknown(attempt, "The program ended before the answer came.")
            raise
        return await self._keep(attempt, placed)

    async def _unknown(self, attempt: Attempt, reason: str) -> Attempt:
        return await self._close(attempt, AttemptState.UNKNOWN, reason)

    async def _close(self, attempt: Attempt, state: AttemptState, reason: str) -> Attempt:
        async with self._store.turn() as desk:
            # From the desk: the answer may have set the clock by which it was sent.
            sent = desk.attempts.get(attempt.id, attempt)
            closed = replace(sent, state=state, reason=reason, settled_at=self._clock.now())
            await self._store.commit([AttemptChanged(closed)])
        return closed

    async def _keep(self, attempt: Attempt, placed: Placed) -> Attempt:
        async with self._store.turn() as state:
            settled = replace(
                state.attempts.get(attempt.id, attempt),
                state=AttemptState.PLACED,
                order_id=placed.order.id,
                settled_at=placed.answered_at,
                reason="",
            )
            events: list[Event] = [AttemptChanged(settled)]
            known = state.entries.get(placed.order.id)
            if known is None:
                events += self._appear(attempt, placed)
            else:  # a poll saw it before its own answer came
                events += self._adopt(attempt, placed, known)
            if placed.order.status is Status.UNKNOWN:
                events.append(Notice(f"Ordered, with an unknown status: {placed.order.status_label}.", important=True))
            await self._store.commit(events)
        return settled

    def _appear(self, attempt: Attempt, placed: Placed) -> list[Event]:
        order = placed.order
        record = OrderRecord(
            order=order,
            bought=Interval(placed.sent_at, placed.answered_at),
            first_seen=placed.answered_at,
            origin=Origin.HERE,
            request=attempt.request,
            codes=tuple(Code(text, placed.answered_at, Sight.UNSEEN, absent_at=placed.sent_at) for text in order.codes),
        )
        phase = phase_of(order)
        next_lookup_at = placed.answered_at if phase is Phase.ASSIGNING else None
        return [
            Appeared(
                Entry(record=record, phase=phase, last_seen_active_at=placed.answered_at, next_lookup_at=next_lookup_at)
            )
        ]

    def _adopt(self, attempt: Attempt, placed: Placed, known: Entry) -> list[Event]:
        record = replace(
            known.record,
            origin=Origin.HERE,
            request=attempt.request,
            is_inferred=False,
            bought=Interval(placed.sent_at, placed.answered_at).intersect(known.record.bought),
        )
        adopted = replace(known, record=record)
        later = observe(adopted, placed.order, asked_at=placed.sent_at, seen_at=placed.answered_at)
        return [Changed(adopted), *later]
