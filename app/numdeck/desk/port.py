"""The seam between a screen and the desk: what a screen can read, and what it can command.

Everything that passes is plain data, or an error that is a `DeskError`. Nothing here knows the service or the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

from numdeck.clock import Clock
from numdeck.desk.events import CommandResult, Event
from numdeck.desk.state import Entry, Favourites, Names, Today
from numdeck.model.cancellation import Cancellation, PendingCancels
from numdeck.model.codes import Code
from numdeck.model.history_query import HistoryCounts, HistoryQuery
from numdeck.model.link import Hold, Link
from numdeck.model.money import Balance, LowBalance, SpendLimits
from numdeck.model.quote import Offers, Quote
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, OrderRequest, Period, Provider
from numdeck.model.resolve import Candidate

Listener = Callable[[Event], object]


class ErrorKind(StrEnum):
    """What went wrong, as far as a screen or script has to tell it apart."""

    NOT_SENT = "not sent"
    """Nothing was sent: the purchase could not be saved first, or another one is under way."""
    READ_ONLY = "read-only"
    """Nothing was sent: numdeck runs read-only."""
    UNAUTHORISED = "unauthorised"
    INSUFFICIENT_BALANCE = "insufficient balance"
    OUT_OF_STOCK = "out of stock"
    REFUSED = "refused"
    """The service refused the request; `DeskError.fields` has its reasons."""
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    """The service failed, gave no usable answer, or asked to be left alone."""
    JOURNAL = "journal"
    """The journal cannot be read or written."""


class DeskError(Exception):
    """A command or a question failed.

    `sentence` tells the operator what happened and what to do. `fields` maps a field of the request to the messages
    about it; those about the request as a whole stand under "". `maybe_applied` is whether the request may have taken
    effect all the same. `retry_after` is how long the service wants no such request, in seconds; None if unknown.
    """

    def __init__(
        self,
        sentence: str,
        *,
        kind: ErrorKind,
        fields: Mapping[str, tuple[str, ...]] | None = None,
        maybe_applied: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        self.fields: Mapping[str, tuple[str, ...]] = dict(fields or {})
        self.maybe_applied = maybe_applied
        self.retry_after = retry_after


class StateView(Protocol):
    """What is known now; read-only. See `DeskState`, which it is a view of."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The orders on the desk, by id."""
        ...

    @property
    def attempts(self) -> Mapping[str, Attempt]:
        """The purchases that are being sent or unknown, by id."""
        ...

    @property
    def link(self) -> Link:
        """The state of the connection to the service."""
        ...

    @property
    def balance(self) -> Balance | None:
        """The balance of the account; None until it is known."""
        ...

    @property
    def low_balance(self) -> LowBalance | None:
        """What makes the balance low; None while it is not."""
        ...

    @property
    def today(self) -> Today:
        """Totals since local midnight."""
        ...

    @property
    def favourites(self) -> Favourites:
        """Requests that are likely to be made again."""
        ...

    @property
    def memory_trouble(self) -> str:
        """Why the journal does not save; empty when it does."""
        ...

    @property
    def unreadable(self) -> int:
        """How many orders of the last list could not be read."""
        ...

    @property
    def knows_history(self) -> bool:
        """Whether the service's history was read since the start."""
        ...

    @property
    def open_count(self) -> int:
        """How many orders are open."""
        ...


@runtime_checkable
class DeskPort(Protocol):
    """A desk as a screen sees it. Every coroutine may raise DeskError."""

    @property
    def state(self) -> StateView:
        """What is known now."""
        ...

    @property
    def names(self) -> Names:
        """The names of services and countries, as far as they are known."""
        ...

    @property
    def clock(self) -> Clock:
        """The time by which all instants of the desk are reckoned."""
        ...

    @property
    def auto_cancel_after(self) -> float | None:
        """The age at which an order without a code is cancelled automatically, in seconds; None for never."""
        ...

    @property
    def spend_limits(self) -> SpendLimits:
        """Above which the form asks for confirmation."""
        ...

    @property
    def journal_damage(self) -> str:
        """What was lost when a damaged journal was replaced, in a sentence; empty if it was whole."""
        ...

    @property
    def order_in_flight(self) -> bool:
        """Whether a purchase has been sent and not been answered."""
        ...

    @property
    def order_hold(self) -> Hold | None:
        """What keeps an order from being sent now, and for how long; None when nothing does."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; call the result to stop."""
        ...

    def cancellation(self, entry: Entry) -> Cancellation:
        """Whether, when and why not an order can be cancelled, and what was decided about it."""
        ...

    def pending_cancels(self) -> PendingCancels:
        """Count what will be cancelled without another key press, but only while numdeck runs."""
        ...

    async def run(self) -> None:
        """Watch until cancelled."""
        ...

    async def refresh(self) -> float:
        """Poll now. The result is how long a throttle forbids it, in seconds."""
        ...

    async def order(self, request: OrderRequest) -> Attempt:
        """Buy a number. An answer that was lost is no error: the attempt comes back as unknown."""
        ...

    async def cancel(self, order_id: str) -> CommandResult:
        """Cancel an order, arm it, or disarm it."""
        ...

    async def keep(self, order_id: str) -> CommandResult:
        """Keep an order from being cancelled automatically, or no longer."""
        ...

    async def mark_seen(self, order_id: str, shown: Collection[Code], *, dismiss: bool = False) -> None:
        """Mark codes of an order as seen that were `shown` to the operator.

        With `dismiss` an order that has ended leaves the desk at once, unless another code arrived meanwhile.
        """
        ...

    async def candidates(self, attempt_id: str) -> Sequence[Candidate]:
        """The orders that may be the result of an unknown purchase."""
        ...

    async def resolve_by_hand(self, attempt_id: str, order_id: str | None) -> None:
        """Record the operator's answer to an unknown purchase: the order that it became, or None for none."""
        ...

    async def pin(self, request: OrderRequest, *, is_pinned: bool) -> None:
        """Pin a request, or unpin it."""
        ...

    async def quote(self, request: OrderRequest, service_name: str) -> Quote | None:
        """The offer for a request, before markup; None if the service has no prices."""
        ...

    async def offers(self, provider: Provider, period: Period, service_code: str, service_name: str) -> Offers | None:
        """The offers of a service in all countries, the cheapest first; None if the service has no prices."""
        ...

    def known_offers(self, provider: Provider, period: Period, service_code: str) -> Offers | None:
        """The offers of a service in all countries that were fetched a moment ago; None if none were."""
        ...

    async def history_counts(self, query: HistoryQuery) -> HistoryCounts:
        """Count the orders of the history."""
        ...

    async def history_page(self, query: HistoryQuery, offset: int, limit: int) -> Sequence[OrderRecord]:
        """Read the orders of the history from `offset` on, at most `limit`."""
        ...

    async def history_unseen(self, query: HistoryQuery) -> Sequence[tuple[int, str]]:
        """The places (from 0 on) and ids of the orders with unseen codes."""
        ...

    async def newest_news(self) -> Sequence[OrderRecord]:
        """The orders with the newest codes that were news: several if their codes came together."""
        ...
