"""The desk: one object that watches, orders, cancels and remembers, and announces events to its listeners."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Concatenate, Final, ParamSpec, Self, TypeVar

from numdeck.api.client import NumbersClient
from numdeck.api.gate import RequestKind
from numdeck.clock import ServiceClock
from numdeck.desk.balance import MONEY_AT_MOST_EVERY, BalanceMonitor
from numdeck.desk.canceller import Canceller
from numdeck.desk.catalogue import CatalogueCache
from numdeck.desk.catch_up import CatchUp
from numdeck.desk.errors import desk_errors
from numdeck.desk.events import ClockWrong, CommandResult, EntryEvent, Event, Topic, TopicChanged
from numdeck.desk.follower import Follower
from numdeck.desk.loading import Past, read_past
from numdeck.desk.poller import Poller
from numdeck.desk.port import DeskError, ErrorKind, Listener
from numdeck.desk.purchaser import Purchaser
from numdeck.desk.quotes import Quotes
from numdeck.desk.resolver import PurchaseResolver
from numdeck.desk.scheduler import CancelScheduler
from numdeck.desk.seen import SeenCodes
from numdeck.desk.settings import DeskSettings
from numdeck.desk.state import DeskState, Entry, Names
from numdeck.desk.store import DeskStore, is_turning_point
from numdeck.desk.watch import Watch
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.journal import Journal
from numdeck.journal.names import NamesFile
from numdeck.model.cancellation import Cancellation, PendingCancels
from numdeck.model.clock import clock_trouble
from numdeck.model.codes import Code
from numdeck.model.history_query import HistoryCounts, HistoryQuery
from numdeck.model.link import Hold
from numdeck.model.money import SpendLimits
from numdeck.model.phone import country_region
from numdeck.model.quote import Offers, Quote
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, OrderRequest, Period, Provider
from numdeck.model.resolve import Candidate

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE_WITH_THE_PAST: Final = 5.0

MEND_EVERY: Final = 15.0
"""The journal's file is checked this often, in seconds."""

SCHEDULE_EVERY: Final = 30.0
"""The schedule is checked this often even if nothing is due, in seconds."""


class Desk:
    """Composes the watch and the commands. Get one with `open`, then `run` it until cancelled, then `close` it."""

    def __init__(
        self,
        client: NumbersClient,
        journal: AsyncJournal,
        clock: ServiceClock,
        settings: DeskSettings,
        past: Past,
        *,
        names_file: NamesFile | None = None,
    ) -> None:
        self._client = client
        self._journal = journal
        self.clock = clock
        self._settings = settings
        self._quotes = Quotes(client, clock)
        self._is_clock_wrong = False
        self._is_closed = False
        store = DeskStore(journal, clock, past.contents, may_forget_orders=settings.order_without_journal)
        self._store = store
        self._poller = Poller(
            store,
            client,
            clock,
            interval=settings.poll,
            # Without the journal it is unknown whether the codes that are there were seen.
            first_start=not past.knows_orders and not journal.stands_in,
        )
        self._resolver = PurchaseResolver(store, clock, self._region_of)
        self._follower = Follower(store, client, clock, self._resolver.lost_at)
        self._purchaser = Purchaser(store, client, clock, self._quotes.asked_price)
        self._seen_codes = SeenCodes(store, clock, settings.keep_ended)
        self._catch_up = CatchUp(store, clock, past.watched_until, is_unread=bool(journal.stands_in))
        self._balance_monitor = BalanceMonitor(store, client, clock, settings.spend)
        self._catalogue = CatalogueCache(store, client, clock, names_file)
        self._canceller = Canceller(store, client, clock, settings.cancel, settings.auto_cancel_after)
        self._scheduler = CancelScheduler(store, client, clock, self._canceller)
        self._has_looked = asyncio.Event()
        self._watch = Watch(self._report_fault)
        self._polling = self._watch.add("poll", self.poll_once)
        self._following = self._watch.add("follow", self.follow_once)
        self._counting = self._watch.add("money", self.count_money, at_least=MONEY_AT_MOST_EVERY)
        self._scheduling = self._watch.add("schedule", self.run_schedule)
        self._mending = self._watch.add("journal", self.mend_journal)
        self._watch.add("names", self.learn_names)
        store.listen(self._wake_jobs)

    @classmethod
    async def open(
        cls,
        client: NumbersClient,
        journal: AsyncJournal,
        clock: ServiceClock,
        settings: DeskSettings,
        *,
        names_file: NamesFile | None = None,
    ) -> Self:
        """Open a desk with what the journal holds: open orders, codes not seen yet, unknown purchases.

        It then owns `client` and `journal`, and closes them. Raises JournalError.
        """
        past = await read_past(journal, clock, keep_ended=settings.keep_ended)
        desk = cls(client, journal, clock, settings, past, names_file=names_file)
        await desk._read_totals()
        return desk

    @property
    def state(self) -> DeskState:
        """What is known now. Read it, do not write it."""
        return self._store.state

    @property
    def names(self) -> Names:
        """The names of services and countries, as far as they are known."""
        return self._catalogue.names

    @property
    def auto_cancel_after(self) -> float | None:
        """See `DeskSettings.auto_cancel_after`."""
        return self._settings.auto_cancel_after

    @property
    def spend_limits(self) -> SpendLimits:
        """See `DeskSettings.spend`."""
        return self._settings.spend

    @property
    def journal_damage(self) -> str:
        """See `Damage.sentence`; empty for a journal that was whole when it was opened."""
        damage = self._journal.damage
        return "" if damage is None else damage.sentence

    @property
    def order_in_flight(self) -> bool:
        """Whether a purchase has been sent and not been answered."""
        return self._purchaser.in_flight

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; call the result to stop."""
        return self._store.listen(listener)

    def cancellation(self, entry: Entry) -> Cancellation:
        """Whether, when and why not an order can be cancelled, and what was decided about it."""
        return self._canceller.cancellation(entry)

    async def run(self) -> None:
        """Watch until cancelled."""
        await self._watch.run()

    def _report_fault(self) -> None:
        self._store.say("An internal error was written to the log; the watch goes on.", important=True)

    def _wake_jobs(self, event: Event) -> None:
        """Wake the jobs that have something to do after an event."""
        is_entry, topic = isinstance(event, EntryEvent), event.topic if isinstance(event, TopicChanged) else None
        if is_entry or topic is Topic.HISTORY:
            self._following.wake()
        if is_entry or topic is Topic.LINK:
            self._scheduling.wake()
        if topic is Topic.MEMORY:
            self._mending.wake()
        if is_turning_point(event) or self._balance_monitor.is_due:
            self._counting.wake()

    async def poll_once(self) -> float:
        """Request the active list once; the result is how long to wait until the next poll, in seconds."""
        wait = await self._poller.poll_once()
        if self.state.link.fresh_at is not None:
            if not self.state.unreadable:  # any of them might be what came of an unknown purchase
                await self._resolve_purchases()
            await self._catch_up.note_watched(self.state.link.fresh_at)
        await self._seen_codes.tidy()
        self._say_clock_trouble()
        return wait

    def _say_clock_trouble(self) -> None:
        trouble = clock_trouble(skew=self.clock.skew, drift=self.clock.drift())
        was_wrong, self._is_clock_wrong = self._is_clock_wrong, trouble is not None
        if trouble is not None and not was_wrong:
            self._store.announce(ClockWrong(trouble))

    async def follow_once(self) -> float:
        """Look up what is due; the result is how long to wait until something else is, in seconds."""
        read_before = self._follower.history_asked_at
        await self._follower.look_once()
        if self._follower.history_asked_at != read_before:
            await self._resolve_purchases()
        self._has_looked.set()
        if self.state.link.fresh_at is not None and self._follower.knows_the_past:
            await self._catch_up.tell()
        return self._follower.next_due_in()

    async def _resolve_purchases(self) -> None:
        await self._resolver.resolve(
            list_asked_at=self._poller.list_asked_at, history_asked_at=self._follower.history_asked_at
        )

    async def run_schedule(self) -> float:
        """Send the cancellations that are due without a key press; the result is when to do so again, in seconds.

        After a long pause the active list is polled first, as a code may have come.
        """
        if self._scheduler.has_due and not self._poller.has_asked_lately:
            await self.poll_once()
        await self._scheduler.send_due()
        due_in = self._scheduler.next_due_in()
        return SCHEDULE_EVERY if due_in is None else min(due_in, SCHEDULE_EVERY)

    async def count_money(self) -> float:
        """See `BalanceMonitor.count_money`."""
        return await self._balance_monitor.count_money()

    async def learn_names(self) -> float:
        """See `CatalogueCache.learn_once`."""
        return await self._catalogue.learn_once()

    async def mend_journal(self) -> float:
        """Check the journal's file and retry what failed; the result is how long to wait until the next check."""
        if await self._store.mend():
            await self._catch_up.journal_reopened()
            await self._read_totals()
        return MEND_EVERY

    async def _read_totals(self) -> None:
        await self._balance_monitor.count_today()  # the next order is held against the limit of the day
        await self._store.find_favourites()

    async def order(self, request: OrderRequest) -> Attempt:
        """Buy a number; see `Purchaser.order` for what may come of it."""
        await self._know_the_past()
        try:
            with desk_errors():
                return await self._purchaser.order(request)
        except DeskError as error:
            if error.kind is ErrorKind.OUT_OF_STOCK:
                self._quotes.sold_out(request)
            raise
        finally:
            self._polling.wake()
            await self._read_totals()

    async def _know_the_past(self) -> None:
        """Right after the start, let the history be read first: none of its orders came of this purchase."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_WITH_THE_PAST):
                await self._has_looked.wait()

    async def cancel(self, order_id: str) -> CommandResult:
        """Cancel an order, arm it, or disarm it."""
        return await self._canceller.cancel(order_id)

    async def keep(self, order_id: str) -> CommandResult:
        """Keep an order from being cancelled automatically, or no longer."""
        return await self._canceller.keep(order_id)

    def pending_cancels(self) -> PendingCancels:
        """Count what will be cancelled without another key press, but only while numdeck runs."""
        return self._scheduler.pending()

    async def candidates(self, attempt_id: str) -> list[Candidate]:
        """The orders that may be the result of an unknown purchase, each with what speaks for and against it."""
        return await self._resolver.candidates(attempt_id)

    async def resolve_by_hand(self, attempt_id: str, order_id: str | None) -> None:
        """Record the operator's answer to an unknown purchase: the order that it became, or None for none."""
        await self._resolver.resolve_by_hand(attempt_id, order_id)

    async def mark_seen(self, order_id: str, shown: Collection[Code], *, dismiss: bool = False) -> None:
        """See `SeenCodes.mark`."""
        await self._seen_codes.mark(order_id, shown, dismiss=dismiss)

    async def refresh(self) -> float:
        """Poll now, even if the service said that it is unavailable.

        The result is how long a throttle forbids it, in seconds.
        """
        self._client.gate.resume()
        self._polling.wake()
        self._following.wake()
        return self._client.gate.blocked_for(RequestKind.WATCH)

    @property
    def order_hold(self) -> Hold | None:
        """What keeps an order from being sent now, and for how long; None when nothing does."""
        return self._client.gate.hold(RequestKind.PURCHASE)

    async def pin(self, request: OrderRequest, *, is_pinned: bool) -> None:
        """Pin a request, or unpin it. Raises DeskError when that cannot be saved."""
        with desk_errors():
            await self._store.pin(request, self.clock.now() if is_pinned else None)
        await self._store.find_favourites()

    async def quote(self, request: OrderRequest, service_name: str) -> Quote | None:
        """See `Quotes.of`."""
        with desk_errors():
            return await self._quotes.of(request, service_name)

    async def offers(self, provider: Provider, period: Period, service_code: str, service_name: str) -> Offers | None:
        """See `Quotes.by_country`."""
        with desk_errors():
            return await self._quotes.by_country(provider, period, service_code, service_name)

    def known_offers(self, provider: Provider, period: Period, service_code: str) -> Offers | None:
        """See `Quotes.known`."""
        return self._quotes.known(provider, period, service_code)

    async def history_counts(self, query: HistoryQuery) -> HistoryCounts:
        """Count the orders of the history."""
        matching = await self._read(Journal.history_count, query)
        return HistoryCounts(matching, unseen=await self._read(Journal.unseen_count))

    async def history_page(self, query: HistoryQuery, offset: int, limit: int) -> list[OrderRecord]:
        """See `Journal.history_page`."""
        return await self._read(Journal.history_page, query, offset, limit)

    async def history_unseen(self, query: HistoryQuery) -> list[tuple[int, str]]:
        """See `Journal.unseen_places`."""
        return await self._read(Journal.unseen_places, query)

    async def newest_news(self) -> list[OrderRecord]:
        """See `Journal.newest_news`."""
        return await self._read(Journal.newest_news)

    async def _read(self, work: Callable[Concatenate[Journal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with desk_errors():
            return await self._journal.run(work, *args, **kwargs)

    async def close(self) -> None:
        """Close the connection and the journal. To close twice is no error."""
        if self._is_closed:
            return
        self._is_closed = True
        if self.state.link.fresh_at is not None:
            await self._catch_up.note_watched(self.state.link.fresh_at, at_once=True)
        await self._store.mend()
        try:
            await self._client.aclose()
        finally:
            await self._journal.close()

    def _region_of(self, country_code: str) -> str | None:
        return country_region(self.names.countries.get(country_code, ""))
