"""The desk: one object that watches, orders, cancels and remembers, and tells whoever listens what happened."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import OutOfStock
from numdeck.api.gate import Hold, RequestKind
from numdeck.clock import ServiceClock
from numdeck.desk.balance import MONEY_AT_MOST_EVERY, BalanceMonitor
from numdeck.desk.canceller import Canceller
from numdeck.desk.catalogue import CatalogueCache
from numdeck.desk.catch_up import CatchUp
from numdeck.desk.events import Archived, Changed, CommandResult, EntryEvent, Event, Topic, TopicChanged
from numdeck.desk.follower import Follower
from numdeck.desk.loading import as_it_stands, entry_of
from numdeck.desk.poller import Poller
from numdeck.desk.purchaser import Purchaser
from numdeck.desk.quotes import Quotes
from numdeck.desk.resolver import PurchaseResolver
from numdeck.desk.scheduler import CancelScheduler
from numdeck.desk.settings import DeskSettings
from numdeck.desk.state import DeskState, Entry, Names, Phase
from numdeck.desk.store import DeskStore, Listener, is_turning_point
from numdeck.desk.timekeeper import Timekeeper
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.history import HistoryQuery
from numdeck.journal.journal import Journal, JournalContents
from numdeck.journal.names import NamesFile
from numdeck.model.cancellation import CancelIntent, Cancellation, PendingCancels
from numdeck.model.clock import clock_trouble
from numdeck.model.codes import Code
from numdeck.model.phone import country_region
from numdeck.model.record import mark_seen, may_leave
from numdeck.model.request import Attempt, OrderRequest
from numdeck.model.resolve import Candidate

log = logging.getLogger(__name__)

_PATIENCE_WITH_THE_PAST: Final = 5.0
_AFTER_A_FAULT: Final = 5.0

MEND_EVERY: Final = 15.0
"""The journal's file is looked for this often, in seconds."""

PLANS_EVERY: Final = 30.0
"""Plans are looked at this often even if time alone does not call for it, in seconds."""


class Desk:
    """Composes the watch and the commands. `open` first, then `run` until cancelled, then `close`."""

    def __init__(
        self,
        client: NumbersClient,
        journal: AsyncJournal,
        clock: ServiceClock,
        settings: DeskSettings,
        *,
        names_file: NamesFile | None = None,
    ) -> None:
        self.client = client
        self.journal = journal
        self.clock = clock
        self.settings = settings
        self.quotes = Quotes(client, clock)
        self._timekeeper = Timekeeper(clock)
        self._store = DeskStore(journal, clock, self._timekeeper, may_forget_orders=settings.order_without_journal)
        self._poll_wake = asyncio.Event()
        self._follow_wake = asyncio.Event()
        self._schedule_wake = asyncio.Event()
        self._has_looked = asyncio.Event()
        self._money_wake = asyncio.Event()
        self._journal_wake = asyncio.Event()
        self._reopened_count = 0
        self._is_past_unread = bool(journal.stands_in)
        self._clock_trouble = ""
        self._is_closed = False
        self._resolver = PurchaseResolver(self._store, clock, self._region_of)
        self._purchaser = Purchaser(self._store, client, clock, self.quotes.asked_price)
        self._catch_up = CatchUp(self._store, clock)
        self._balance_monitor = BalanceMonitor(self._store, client, clock, settings.spend)
        self._catalogue = CatalogueCache(self._store, client, clock, names_file)
        self._canceller = Canceller(self._store, client, clock, settings.cancel, settings.auto_cancel_after)
        self._scheduler = CancelScheduler(self._store, client, clock, self._canceller)
        self._store.listen(self._wake_for)

    @property
    def state(self) -> DeskState:
        """What is known now. Read it, do not write it."""
        return self._store.state

    @property
    def names(self) -> Names:
        """The names of services and countries, as far as they are known."""
        return self._catalogue.names

    @property
    def order_in_flight(self) -> bool:
        """Whether a purchase has been sent and not been answered."""
        return self._purchaser.in_flight

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; the result stops it."""
        return self._store.listen(listener)

    def cancellation(self, entry: Entry) -> Cancellation:
        """Whether, when and why not an order can be cancelled, and what was decided about it."""
        return self._canceller.cancellation(entry)

    async def open(self) -> None:
        """Read the journal: what was alive, what awaits the operator, which purchases are unknown."""
        self.clock.resume(await self.journal.run(Journal.clock_offset))
        contents = await self.journal.run(Journal.load, self.clock.now() - self.settings.keep_ended)
        self._timekeeper.resume(contents)
        self._load(contents)
        has_history = await self.journal.run(Journal.history_count, HistoryQuery()) > 0
        knows_orders = bool(contents.records or contents.attempts) or has_history
        self._poller = Poller(
            self._store,
            self.client,
            self.clock,
            interval=self.settings.poll,
            # Without the journal nobody knows whether the codes that are there were seen.
            first_start=not knows_orders and not self.journal.stands_in,
        )
        self._follower = Follower(self._store, self.client, self.clock, self._resolver)
        await self._balance_monitor.count_today()
        await self._store.find_favourites()
        await self._catch_up.begin()

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forever(self.poll_once, self._poll_wake), name="poll")
            group.create_task(self._forever(self.follow_once, self._follow_wake), name="follow")
            group.create_task(
                self._forever(self.count_money, self._money_wake, at_least=MONEY_AT_MOST_EVERY), name="money"
            )
            group.create_task(self._forever(self.run_schedule, self._schedule_wake), name="plans")
            group.create_task(self._forever(self.learn_names, asyncio.Event()), name="names")
            group.create_task(self._forever(self.mend_journal, self._journal_wake), name="journal")

    async def poll_once(self) -> float:
        """Ask for the active list once; the result is when to ask again, in seconds."""
        wait = await self._poller.poll_once()
        if self.state.link.fresh_at is not None:
            if not self.state.unreadable:  # any of them might be what came of an unknown purchase
                await self._resolver.list_seen(self.state.link.fresh_at)
            await self._catch_up.note_watched(self.state.link.fresh_at)
        await self.tidy()
        self._say_clock_trouble()
        return wait

    def _say_clock_trouble(self) -> None:
        trouble = clock_trouble(skew=self.clock.skew, drift=self.clock.drift())
        if bool(trouble) != bool(self._clock_trouble):
            self._clock_trouble = trouble
            if trouble:
                self._store.say(trouble, important=True)

    async def follow_once(self) -> float:
        """Look up what is due; the result is when something will be, in seconds."""
        await self._follower.look_once()
        self._has_looked.set()
        if self.state.link.fresh_at is not None and self._follower.knows_the_past:
            await self._catch_up.tell()
        return self._follower.next_due_in()

    async def run_schedule(self) -> float:
        """Cancel what is to be cancelled by now without a key press; the result is when to look again, in seconds.

        After a long stop the list is asked first, as a code may have come.
        """
        if self._scheduler.has_due and not self._poller.has_asked_lately:
            await self.poll_once()
        await self._scheduler.follow_once()
        due_in = self._scheduler.next_due_in()
        return PLANS_EVERY if due_in is None else min(due_in, PLANS_EVERY)

    async def count_money(self) -> float:
        """See `BalanceMonitor.count_money`."""
        return await self._balance_monitor.count_money()

    async def learn_names(self) -> float:
        """See `CatalogueCache.learn_once`."""
        return await self._catalogue.learn_once()

    async def mend_journal(self) -> float:
        """Look whether the journal's file is there, and try again what failed; the result is when to do so again."""
        await self._store.mend()
        if self._store.reopened_count != self._reopened_count:
            self._reopened_count = self._store.reopened_count
            if self._is_past_unread:
                self._is_past_unread = False
                await self._catch_up.read_again()
            await self._balance_monitor.count_today()
            await self._store.find_favourites()
        return MEND_EVERY

    async def order(self, request: OrderRequest) -> Attempt:
        """Buy a number; see `Purchaser.order` for what may come of it."""
        await self._know_the_past()
        try:
            return await self._purchaser.order(request)
        except OutOfStock:
            self.quotes.sold_out(request)
            raise
        finally:
            self._poll_wake.set()
            await self._balance_monitor.count_today()  # the next order is held against the limit of the day
            await self._store.find_favourites()

    async def _know_the_past(self) -> None:
        """Right after the start let a look at the history come first: none of it is what came of a purchase now."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_WITH_THE_PAST):
                await self._has_looked.wait()

    async def cancel(self, order_id: str) -> CommandResult:
        """Cancel an order, arm it, or disarm it."""
        try:
            return await self._canceller.cancel(order_id)
        finally:
            self._follow_wake.set()

    async def keep(self, order_id: str) -> CommandResult:
        """Keep an order from being cancelled automatically, or no longer."""
        return await self._canceller.keep(order_id)

    def pending_cancels(self) -> PendingCancels:
        """Count what will be cancelled without another key press, but only while numdeck runs."""
        return self._scheduler.pending()

    async def candidates(self, attempt_id: str) -> list[Candidate]:
        """The orders that may be what came of an unknown purchase, each with what speaks for and against it."""
        return await self._resolver.candidates(attempt_id)

    async def resolve_by_hand(self, attempt_id: str, order_id: str | None) -> None:
        """Take the operator's word for what came of an unknown purchase: an order, or (None) nothing."""
        await self._resolver.resolve_by_hand(attempt_id, order_id)

    async def mark_seen(self, order_id: str, shown: Collection[Code], *, dismiss: bool = False) -> None:
        """Mark codes of an order as seen, on the desk or in the history: those that were `shown` to the operator.

        With `dismiss` an order that has ended leaves the desk at once, unless another code arrived meanwhile.
        """
        async with self._store.turn() as state:
            entry = state.entries.get(order_id)
            if entry is None:
                record = (await self._store.find([order_id])).get(order_id)
                if record is not None and record.unseen:
                    archived = Entry(
                        record=mark_seen(record, shown), phase=Phase.ENDED, last_seen_active_at=record.first_seen
                    )
                    await self._store.commit([Archived(archived)])
                return
            after = replace(entry, record=mark_seen(entry.record, shown), marked_at=self.clock.now())
            leaves = dismiss and not entry.is_open and not after.record.unseen
            await self._store.commit([Archived(after) if leaves else Changed(after)])

    async def tidy(self) -> None:
        """Let orders leave the desk whose end has been shown for long enough."""
        if not self.clock.is_set:
            return  # how long that is by the service's clock is not known
        keep, now = self.settings.keep_ended, self.clock.now()
        async with self._store.turn() as state:
            await self._store.commit(
                Archived(entry)
                for entry in state.entries.values()
                if not entry.is_open and may_leave(entry.record, marked_at=entry.marked_at, keep=keep, now=now)
            )

    def refresh(self) -> float:
        """Poll now, even if the service said that it is unavailable.

        The result is how long a throttle forbids it, in seconds.
        """
        self.client.gate.resume()
        self._poll_wake.set()
        self._follow_wake.set()
        return self.client.gate.blocked_for(RequestKind.WATCH)

    @property
    def order_hold(self) -> Hold | None:
        """What keeps an order from being sent now, and for how long; None when nothing does."""
        return self.client.gate.hold(RequestKind.PURCHASE)

    async def pin(self, request: OrderRequest, *, is_pinned: bool) -> None:
        """Pin a request, or let it go. Raises JournalError when that cannot be remembered."""
        await self._store.pin(request, self.clock.now() if is_pinned else None)
        await self._store.find_favourites()

    async def close(self) -> None:
        """Close the connection and the journal. To close twice is no error."""
        if self._is_closed:
            return
        self._is_closed = True
        if self.state.link.fresh_at is not None:
            await self._catch_up.note_watched(self.state.link.fresh_at, at_once=True)
        await self._store.mend()
        try:
            await self.client.aclose()
        finally:
            await self.journal.close()

    def _load(self, contents: JournalContents) -> None:
        if contents.balance is not None:
            self.state.balance = replace(contents.balance, is_doubtful=True)
        for record in contents.records:
            self.state.entries[record.id] = entry_of(record, contents.intents.get(record.id, CancelIntent.NONE))
        for attempt in contents.attempts:
            self.state.attempts[attempt.id] = as_it_stands(attempt, self.clock.now())

    def _region_of(self, country_code: str) -> str | None:
        return country_region(self.names.countries.get(country_code, ""))

    def _wake_for(self, event: Event) -> None:
        if isinstance(event, EntryEvent) or (isinstance(event, TopicChanged) and event.topic is Topic.HISTORY):
            self._follow_wake.set()
        if isinstance(event, EntryEvent) or (isinstance(event, TopicChanged) and event.topic is Topic.LINK):
            self._schedule_wake.set()
        if isinstance(event, TopicChanged) and event.topic is Topic.MEMORY:
            self._journal_wake.set()
        if is_turning_point(event) or self._balance_monitor.is_due:
            self._money_wake.set()

    async def _forever(
        self, once: Callable[[], Awaitable[float]], wake: asyncio.Event, *, at_least: float = 0.0
    ) -> None:
        while True:
            wake.clear()
            try:
                wait = await once()
            except Exception:
                # A fault of ours must not end the watch: codes go on arriving. It is in the log with its traceback.
                log.exception("the watch stumbled")
                self._store.say("An internal error was written to the log; the watch goes on.", important=True)
                wait = _AFTER_A_FAULT
            await asyncio.sleep(at_least)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, wait - at_least)):
                    await wake.wait()
