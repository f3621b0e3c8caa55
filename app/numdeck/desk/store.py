"""The state of the desk: every change goes to the journal first, then into the state, then to the listeners."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from numdeck.clock import ServiceClock
from numdeck.desk.events import (
    Appeared,
    Archived,
    AttemptChanged,
    CodesArrived,
    Ended,
    EntryEvent,
    Event,
    Notice,
    Topic,
    TopicChanged,
)
from numdeck.desk.loading import join, load_state
from numdeck.desk.port import Listener
from numdeck.desk.saving import Saver
from numdeck.desk.state import DeskState, Favourites, Today
from numdeck.desk.timekeeper import Timekeeper
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.errors import JournalError
from numdeck.journal.journal import Journal, JournalContents
from numdeck.model.cancellation import CancelIntent
from numdeck.model.link import Link
from numdeck.model.money import Balance
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest

RECENT: Final = 30
"""How many of the requests that were made lately are looked up."""


class DeskStore:
    """Owns the desk's state and its journal.

    `contents` is what the journal holds at the start. While it cannot be written, or one in memory stands in for it, no
    purchase is sent unless `may_forget_orders`. What could not be written is kept, and written as soon as it can
    be: see `mend`.

    Make changes within `async with store.turn():`, so that what it compares with is still
    true when it commits. Listeners are called on the event loop, in order, after journal and state.
    """

    def __init__(
        self, journal: AsyncJournal, clock: ServiceClock, contents: JournalContents, *, may_forget_orders: bool = False
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._timekeeper = Timekeeper(clock, contents)
        self.state = load_state(contents, clock.now())
        self.state.memory_trouble = journal.stands_in
        self._may_forget_orders = may_forget_orders
        self._listeners: list[Listener] = []
        self._turn = asyncio.Lock()
        self._saver = Saver(journal, on_trouble=self._set_trouble, reopened=self._add_desk, say=self._say_important)
        self._is_reopened = False

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; the result stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[DeskState]:
        """Hold the state for a change. Its instants are corrected first if the service's clock became known."""
        async with self._turn:
            await self._keep_time()
            yield self.state

    async def commit(self, events: Iterable[Event], *, also: Iterable[OrderRecord] = ()) -> None:
        """Write events to the journal, apply them to the state, and announce them. Call within `turn`.

        `also` are records to write that are not on the desk. A journal that cannot be written does not stop the desk:
        the screen says so, and the events are applied all the same.
        """
        events = list(events)
        records = [event.entry.record for event in events if isinstance(event, EntryEvent)]
        changed = [record for record in records if self._is_news(record)]
        self._saver.add(
            [*also, *changed],
            (event.attempt for event in events if isinstance(event, AttemptChanged)),
            self._decisions(events),
        )
        await self._saver.write()
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
        offset, ids, doubt = correction.offset, correction.doubted_ids, correction.doubt
        await self._saver.try_to(Journal.keep_clock_offset, offset, ids, doubt)
        await self.commit(correction.events)

    async def keep_attempt(self, attempt: Attempt) -> None:
        """Write an attempt durably before its request leaves.

        Raises JournalError if that cannot be done, unless the operator has chosen to order all the same.
        """
        async with self._turn:
            try:
                await self._saver.write_attempt(attempt)
            except JournalError:
                if not self._may_forget_orders:
                    # It may have reached a file all the same, one that is gone or cannot be checked. If that is ever
                    # read, the attempt must not pass for a purchase that was sent.
                    self._saver.add(attempts=[self._not_sent(attempt)])
                    raise
                self._saver.add(attempts=[attempt])
            self._apply(AttemptChanged(attempt))
            self._tell([AttemptChanged(attempt)])

    def _not_sent(self, attempt: Attempt) -> Attempt:
        now = self._clock.now()
        return replace(attempt, state=AttemptState.NOT_PLACED, settled_at=now, reason="It was not sent.")

    async def find(self, ids: Collection[str]) -> dict[str, OrderRecord]:
        """What the journal has of these orders; nothing if it cannot be read."""
        return await self._saver.read(Journal.find, tuple(ids)) or {} if ids else {}

    async def intents(self, ids: Collection[str]) -> dict[str, CancelIntent]:
        """The last decision about these orders, made here or by a second numdeck on the account."""
        written = await self._saver.read(Journal.intents, tuple(ids)) or {}
        return written | {order_id: intent for order_id, intent in self._saver.intents.items() if order_id in ids}

    async def seen_since(self, instant: float) -> list[OrderRecord] | None:
        """The orders bought elsewhere, for all we know, that were first seen since `instant`; as the desk has them.

        None if the journal cannot be read: it may hold some that are known nowhere else.
        """
        written = await self._saver.read(Journal.seen_since, instant)
        if written is None:
            return None
        records = {record.id: record for record in written}
        records |= {record.id: record for record in self._saver.records.values() if record.first_seen >= instant}
        on_desk = {entry.id: entry.record for entry in self.state.entries.values() if entry.id in records}
        return [record for record in (records | on_desk).values() if record.origin is Origin.ELSEWHERE]

    async def attempts(self) -> list[Attempt]:
        """The attempts of the desk and the open ones of the journal, as the journal has them now.

        A second numdeck on the account may have made some, and resolved others.
        """
        on_desk = self.state.attempts
        written = await self._saver.read(Journal.attempts, tuple(on_desk)) or ()
        return list((on_desk | {each.id: each for each in written} | self._saver.attempts).values())

    async def news_since(self, instant: float) -> list[OrderRecord] | None:
        """The orders of which something was first seen since `instant`, epoch seconds; None if they cannot be read."""
        return await self._saver.read(Journal.news_since, instant)

    async def set_timestamp(self, name: str, at: float) -> None:
        """Save an instant, epoch seconds, under a name."""
        async with self._turn:
            await self._saver.try_to(Journal.set_timestamp, name, at)

    async def timestamp(self, name: str) -> float | None:
        """The instant that was saved under a name; None if none was, or it cannot be read."""
        return await self._saver.read(Journal.timestamp, name)

    async def pin(self, request: OrderRequest, pinned_at: float | None) -> None:
        """Pin a request, or let it go: see `Journal.pin`. Raises JournalError."""
        async with self._turn:
            await self._saver.do(Journal.pin, request, pinned_at)

    async def mend(self) -> bool:
        """Check that the journal's file is still there, and retry what could not be written.

        The result is whether the journal was reopened since the last call: what was read from it before may be
        different now.
        """
        async with self._turn:
            await self._saver.mend(self._clock.now())
        was_reopened, self._is_reopened = self._is_reopened, False
        return was_reopened

    async def set_balance(self, balance: Balance) -> None:
        """Save the balance, and announce it."""
        async with self._turn:
            await self._saver.try_to(Journal.write_balance, balance)
        if balance != self.state.balance:
            self.state.balance = balance
            self._tell([TopicChanged(Topic.BALANCE)])

    def say(self, sentence: str, *, important: bool = False) -> None:
        """Tell the operator something; see `Notice`."""
        self.announce(Notice(sentence, important))

    def announce(self, event: Event) -> None:
        """Tell the listeners of something that changes no order."""
        self._tell([event])

    def set_link(self, link: Link) -> None:
        """Replace the state of the connection."""
        if link != self.state.link:
            self.state.link = link
            self._tell([TopicChanged(Topic.LINK)])

    async def count_today(self, midnight: float) -> None:
        """Add up the day so far, from `midnight` (epoch seconds)."""
        totals = await self._saver.read(Journal.totals_since, midnight)
        if totals is None:
            return
        today = Today(totals.orders, totals.spent, totals.codes, totals.last_price)
        if today != self.state.today:
            self.state.today = today
            self._tell([TopicChanged(Topic.TODAY)])

    async def find_favourites(self) -> None:
        """Read again which requests are likely to be repeated."""
        found = await self._saver.read(_read_favourites)
        if found is None:
            return
        pinned, recent, last = found
        unpinned = tuple(each for each in recent if each not in pinned)
        self.state.favourites = Favourites(tuple(pinned), unpinned, last or next(iter(recent), None))

    def topic(self, topic: Topic) -> None:
        """Announce that something beside the orders has changed."""
        self._tell([TopicChanged(topic)])

    def _is_news(self, record: OrderRecord) -> bool:
        known = self.state.entries.get(record.id)
        return known is None or known.record != record

    def _decisions(self, events: Iterable[Event]) -> dict[str, CancelIntent]:
        """The decisions in these events, by order."""
        decided: dict[str, CancelIntent] = {}
        for event in events:
            if isinstance(event, EntryEvent):
                known = self.state.entries.get(event.entry.id)
                before = decided.get(event.entry.id, known.intent if known else CancelIntent.NONE)
                if event.entry.intent is not before:
                    decided[event.entry.id] = event.entry.intent
        return decided

    async def _add_desk(self) -> None:
        """Join what the desk knows with a reopened journal. Raises JournalError."""
        entries = self.state.entries.values()
        intents = {entry.id: entry.intent for entry in entries if entry.intent is not CancelIntent.NONE}
        self._saver.add_known((entry.record for entry in entries), self.state.attempts.values(), intents)
        await self._saver.write()
        contents = await self._journal.run(Journal.load, ended_since=self._clock.now())
        if self._clock.is_set:
            open_ids = [record.id for record in contents.records if not record.is_ended]
            doubt = self._timekeeper.doubt_of(contents.clock_offset)
            await self._journal.run(Journal.keep_clock_offset, self._clock.offset, open_ids, doubt)
            contents = await self._journal.run(Journal.load, ended_since=self._clock.now())
        else:
            self._clock.resume(contents.clock_offset)
            self._timekeeper = Timekeeper(self._clock, contents)
        on_desk = await self._journal.run(Journal.find, list(self.state.entries))
        events = join(self.state, contents, on_desk, self._clock.now())
        for event in events:
            self._apply(event)
        self._is_reopened = True
        self._tell([*events, TopicChanged(Topic.MEMORY), TopicChanged(Topic.HISTORY)])

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

    def _say_important(self, sentence: str) -> None:
        self.say(sentence, important=True)

    def _set_trouble(self, sentence: str) -> None:
        self.state.memory_trouble = sentence
        self._tell([TopicChanged(Topic.MEMORY)])


def _read_favourites(journal: Journal) -> tuple[list[OrderRequest], list[OrderRequest], OrderRequest | None]:
    return journal.pinned_requests(), journal.recent_requests(RECENT), journal.last_request()


def is_turning_point(event: Event) -> bool:
    """Whether money or a code may have moved with this event, so that balance and totals are worth counting again."""
    return isinstance(event, Appeared | CodesArrived | Ended | AttemptChanged)
