"""Polling the active list: one request however many numbers are active."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, Paused, ServerFault, Throttled, Unauthorised, Unreadable
from numdeck.api.gate import RequestKind
from numdeck.clock import Clock
from numdeck.desk.events import Changed
from numdeck.desk.reconcile import Seen, adopt_purchases, may_be_adopted, reconcile_list
from numdeck.desk.store import DeskStore
from numdeck.model.cancellation import is_recent_look
from numdeck.model.link import Link, LinkState, ease, poll_interval, retry_interval, stretch
from numdeck.model.order import Listing


class Poller:
    """Asks for the active list, reconciles it, and keeps the pace."""

    def __init__(
        self, store: DeskStore, client: NumbersClient, clock: Clock, *, interval: float, first_start: bool
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._base = interval
        self._first_start = first_start
        self._previous: float | None = None
        self._list_asked_at: float | None = None
        self._failures = 0
        self._throttle_factor = 1.0
        self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    @property
    def list_asked_at(self) -> float | None:
        """When the last list was requested that was readable as a whole, epoch seconds; None if there was none."""
        return self._list_asked_at

    @property
    def has_asked_lately(self) -> bool:
        """Whether the list was asked for just now, however that went. It was not after a long stop."""
        return is_recent_look(self._asked_at, self._clock.monotonic())

    async def poll_once(self) -> float:
        """Poll now; the result is how long to wait until the next poll, in seconds. Two never overlap."""
        async with self._one_at_a_time:
            return await self._poll()

    async def _poll(self) -> float:
        self._asked_at = self._clock.monotonic()
        is_held = self._client.gate.hold(RequestKind.WATCH) is not None
        try:
            listing = await self._client.active()
        except ApiError as error:
            return self._failed(error, is_news=not is_held)
        await self._reconcile(listing)
        self._failures = 0
        self._throttle_factor = ease(self._throttle_factor)
        wait = poll_interval(self._base, active=self._store.state.open_count, throttle_factor=self._throttle_factor)
        now = self._clock.now()
        self._store.set_link(
            Link(state=LinkState.LIVE, fresh_at=listing.sent_at, next_try_at=now + wait, interval=wait)
        )
        return wait

    async def _reconcile(self, listing: Listing) -> None:
        async with self._store.turn() as state:
            strangers = [order.id for order in listing.orders if order.id not in state.entries]
            doubtful = [entry.id for entry in state.entries.values() if may_be_adopted(entry)]
            journaled = await self._store.find(strangers + doubtful)
            adopted = adopt_purchases(state.entries, journaled)
            await self._store.commit(map(Changed, adopted))
            seen = Seen(listing, self._previous, self._first_start, journaled)
            state.unreadable = listing.unreadable
            await self._store.commit(reconcile_list(state.entries, seen))
        # What is new in the next list may have been an order of this one that could not be read.
        self._previous = None if listing.unreadable else listing.sent_at
        self._list_asked_at = self._previous or self._list_asked_at
        self._first_start = False

    def _failed(self, error: ApiError, *, is_news: bool) -> float:
        """Show the trouble. It `is_news` unless nothing was sent because the service had asked for a pause before."""
        wait = self._client.gate.blocked_for(RequestKind.WATCH)
        if is_news:
            self._failures += 1
            if isinstance(error, Throttled):
                self._throttle_factor = stretch(self._throttle_factor)
            else:
                wait = max(wait, retry_interval(self._base, self._failures))
        link, state = self._store.state.link, link_state(error)
        # The service's own sentence stays, rather than one that says that nothing is sent because of it.
        sentence = error.sentence if is_news or link.state is not state else link.sentence
        self._store.set_link(replace(link, state=state, next_try_at=self._clock.now() + wait, sentence=sentence))
        return wait


def link_state(error: ApiError) -> LinkState:
    """Name the trouble that an error is."""
    match error:
        case Throttled():
            return LinkState.THROTTLED
        case Unauthorised():
            return LinkState.UNAUTHORISED
        case ServerFault() | Paused() | Unreadable():
            return LinkState.FAULT
        case _:
            return LinkState.OFFLINE
