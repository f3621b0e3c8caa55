"""The desk's books: every change goes to the journal first, then into the state, then to whoever listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from typing import Final

from numdeck.desk.events import (
    Appeared,
    Archived,
    AttemptChanged,
    CodesArrived,
    Ended,
    EntryEvent,
    Event,
    Told,
    Topic,
    TopicChanged,
)
from numdeck.desk.state import DeskState, Favourites, Today
from numdeck.desk.timekeeper import Timekeeper
from numdeck.journal.errors import JournalError
from numdeck.journal.threaded import JournalThread
from numdeck.model.balance import Balance
from numdeck.model.link import Link
from numdeck.model.plan import CancelPlan
from numdeck.model.record import Attempt, OrderRecord

log = logging.getLogger(__name__)

RECENT: Final = 30
"""How many of the requests that were made lately are looked up."""

Listener = Callable[[Event], object]


class Books:
    """Owns the desk's state and its journal.

    `forgets` says why nothing of this run will be remembered: the journal could not be opened, and another that lives
    in memory stands in for it. Then, and while the journal cannot be written, no purchase is sent unless
    `may_forget_orders`.

    Who wants to change something does so within `async with books.turn():`, so that what it compares with is still
    true when it commits. Listeners are called on the event loop, in order, after journal and state.
    """

    def __init__(
        self, journal: JournalThread, timekeeper: Timekeeper, *, forgets: str = "", may_forget_orders: bool = False
    ) -> None:
        self.journal = journal
        self._timekeeper = timekeeper
        self.state = DeskState(memory_trouble=forgets)
        self._forgets = forgets
        self._may_forget_orders = may_forget_orders
        self._listeners: list[Listener] = []
        self._turn = asyncio.Lock()
        self._unwritten: dict[str, OrderRecord] = {}
        self._unsettled: dict[str, Attempt] = {}
        self._undecided: dict[str, CancelPlan] = {}

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; the result stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[DeskState]:
        """Be the only one to change the state, whose instants are those of the service's clock as it is known now."""
        async with self._turn:
            await self._keep_time()
            yield self.state

    async def commit(self, events: Iterable[Event], *, also: Iterable[OrderRecord] = ()) -> None:
        """Write what happened, make it the state, tell it. Call within `turn`.

        `also` are records to write that are not on the desk. A journal that cannot be written does not stop the desk:
        it is said loudly, and what happened is shown all the same.
        """
        events = list(events)
        records = [event.entry.record for event in events if isinstance(event, EntryEvent)]
        changed = [record for record in records if self._is_news(record)]
        self._unwritten |= {record.id: record for record in [*also, *changed]}
        self._unsettled |= {event.attempt.id: event.attempt for event in events if isinstance(event, AttemptChanged)}
        self._undecided |= self._decisions(events)
        await self._write()
        for event in events:
            self._apply(event)
        self._tell(events)
        touches_history = any(isinstance(event, CodesArrived | Ended | AttemptChanged) for event in events)
        if touches_history or any(record.is_ended for record in changed) or also:
            self._tell([TopicChanged(Topic.HISTORY)])

    async def _keep_time(self) -> None:
        correction = self._timekeeper.correct(self.state)
        if correction is None:
            return
        try:
            await self.journal.keep_clock_offset(correction.offset, correction.doubted_ids, correction.doubt)
        except JournalError as error:
            self._note_memory(error.sentence)
        await self.commit(correction.events)

    async def keep_attempt(self, attempt: Attempt) -> None:
        """Write an attempt durably before its request leaves.

        Raises JournalError if that cannot be done, unless the operator has chosen to order all the same.
        """
        async with self._turn:
            try:
                if self._forgets:
                    raise JournalError(self._forgets)
                await self.journal.write([], [attempt])
            except JournalError as error:
                self._note_memory(error.sentence)
                if not self._may_forget_orders:
                    raise
            self._apply(AttemptChanged(attempt))
            self._tell([AttemptChanged(attempt)])

    async def find(self, ids: Collection[str]) -> dict[str, OrderRecord]:
        """What the journal has of these orders; nothing where it cannot be read."""
        if not ids:
            return {}
        try:
            return await self.journal.find(ids)
        except JournalError as error:
            self._note_memory(error.sentence)
            return {}

    async def plans(self, ids: Collection[str]) -> dict[str, CancelPlan]:
        """What was decided for these orders: here, or by a second numdeck on the account, whoever did so last."""
        try:
            written = await self.journal.plans(ids)
        except JournalError as error:
            self._note_memory(error.sentence)
            written = {}
        return written | {order_id: plan for order_id, plan in self._undecided.items() if order_id in ids}

    async def seen_since(self, instant: float) -> list[OrderRecord]:
        """The orders bought elsewhere, for all we know, that were first seen since `instant`; as the desk has them."""
        try:
            records = await self.journal.seen_since(instant)
        except JournalError as error:
            self._note_memory(error.sentence)
            records = []
        on_desk = {entry.id: entry.record for entry in self.state.entries.values()}
        return [on_desk.get(record.id, record) for record in records]

    async def news_since(self, instant: float) -> list[OrderRecord]:
        """The orders of which something was first seen since `instant`, epoch seconds; none if they cannot be read."""
        try:
            return await self.journal.news_since(instant)
        except JournalError as error:
            self._note_memory(error.sentence)
            return []

    async def mark(self, name: str, at: float) -> None:
        """Remember an instant, epoch seconds; a journal that cannot be written is said."""
        try:
            await self.journal.mark(name, at)
        except JournalError as error:
            self._note_memory(error.sentence)

    async def set_balance(self, balance: Balance) -> None:
        """Remember what the account holds, and show it."""
        try:
            await self.journal.write_balance(balance)
        except JournalError as error:
            self._note_memory(error.sentence)
        if balance != self.state.balance:
            self.state.balance = balance
            self._tell([TopicChanged(Topic.BALANCE)])

    def say(self, sentence: str, *, grave: bool = False) -> None:
        """Tell the operator something."""
        self._tell([Told(sentence, grave)])

    def set_link(self, link: Link) -> None:
        """Replace the state of the connection."""
        if link != self.state.link:
            self.state.link = link
            self._tell([TopicChanged(Topic.LINK)])

    async def count_today(self, midnight: float) -> None:
        """Count again what today came to, from `midnight` (epoch seconds)."""
        try:
            totals = await self.journal.totals_since(midnight)
        except JournalError as error:
            self._note_memory(error.sentence)
            return
        today = Today(totals.orders, totals.spent, totals.codes, totals.last_price)
        if today != self.state.today:
            self.state.today = today
            self._tell([TopicChanged(Topic.TODAY)])

    async def find_favourites(self) -> None:
        """Look up again which requests are likely to be made again."""
        try:
            pinned = await self.journal.pinned_requests()
            recent = await self.journal.recent_requests(RECENT)
            last = await self.journal.last_request()
        except JournalError as error:
            self._note_memory(error.sentence)
            return
        unpinned = tuple(each for each in recent if each not in pinned)
        self.state.favourites = Favourites(tuple(pinned), unpinned, last or next(iter(recent), None))

    def topic(self, topic: Topic) -> None:
        """Tell that something beside the orders is different."""
        self._tell([TopicChanged(topic)])

    def _is_news(self, record: OrderRecord) -> bool:
        known = self.state.entries.get(record.id)
        return known is None or known.record != record

    def _decisions(self, events: Iterable[Event]) -> dict[str, CancelPlan]:
        """What was decided for orders by these events."""
        decided: dict[str, CancelPlan] = {}
        for event in events:
            if isinstance(event, EntryEvent):
                known = self.state.entries.get(event.entry.id)
                before = decided.get(event.entry.id, known.plan if known else CancelPlan.NONE)
                if event.entry.plan is not before:
                    decided[event.entry.id] = event.entry.plan
        return decided

    async def _write(self) -> None:
        """Write all that is not written yet; what fails stays for the next time."""
        if not (self._unwritten or self._unsettled or self._undecided):
            return
        try:
            await self.journal.write(list(self._unwritten.values()), list(self._unsettled.values()), self._undecided)
        except JournalError as error:
            self._note_memory(error.sentence)
        except Exception:
            # A fault of ours must not hold back what is shown: codes go on arriving.
            log.exception("the journal was not written")
            self._note_memory("The journal cannot be written because of an internal error, which is in the log.")
        else:
            self._unwritten.clear()
            self._unsettled.clear()
            self._undecided.clear()
            self._note_memory("")

    def _apply(self, event: Event) -> None:
        match event:
            case Archived(entry):
                self.state.entries.pop(entry.id, None)
            case EntryEvent(entry):
                self.state.entries[entry.id] = entry
            case AttemptChanged(attempt) if attempt.is_open:
                self.state.attempts[attempt.id] = attempt
            case AttemptChanged(attempt):
                self.state.attempts.pop(attempt.id, None)
            case _:
                pass

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            for listener in tuple(self._listeners):
                listener(event)

    def _note_memory(self, sentence: str) -> None:
        sentence = sentence or self._forgets
        if sentence != self.state.memory_trouble:
            self.state.memory_trouble = sentence
            self._tell([TopicChanged(Topic.MEMORY)])


def is_turning_point(event: Event) -> bool:
    """Whether money or a code may have moved with this event, so that balance and totals are worth counting again."""
    return isinstance(event, Appeared | CodesArrived | Ended | AttemptChanged)
