"""The client of the numbers API: every endpoint as a method, every failure as an `ApiError`."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import quote

import httpx

from numdeck.api.body import MAX_BODY, MAX_HISTORY, run_off_loop
from numdeck.api.errors import (
    ApiError,
    CancelRefused,
    NotFound,
    Rejected,
    ServerFault,
    Unreachable,
    Unreadable,
    read_fields,
)
from numdeck.api.gate import Gate, RequestKind
from numdeck.api.reader import (
    CatalogueEntry,
    read_balance,
    read_catalogue,
    read_order,
    read_orders,
    read_page,
    read_quotes,
)
from numdeck.api.session import Answer, Session, Timeouts
from numdeck.clock import ServiceClock
from numdeck.model.order import Listing, Order, canonical_id, wire_id
from numdeck.model.quote import Offers
from numdeck.model.request import OrderRequest, Period, Provider, request_body

MAX_QUOTE_PAGES: Final = 3
QUOTES_PER_PAGE: Final = 200

MAX_PAGES: Final = 200
"""A list with more pages is taken for a fault of the service."""

_NUMBERS: Final = "/api/v1/numbers/"
_CATALOGUE_ROOTS: Final = (_NUMBERS, "/api/v1/")
_BALANCE: Final = "/api/v2/users/balance/"

_LONGEST_PAUSES: Final = (0.5, 1.0)
"""The longest pause before each repetition of a request, in seconds. The pauses are random, so that clients spread."""

_TRANSIENT: Final = frozenset({500, 502, 503, 504})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that was placed: the purchase lies between `sent_at` and `answered_at`, epoch seconds."""

    order: Order
    sent_at: float
    answered_at: float


class NumbersClient:
    """A session with the numbers API; close it with `aclose`, or use it as an async context manager.

    ValueError when `base_url` or `api_key` cannot be used. With `read_only` nothing that changes an account is sent:
    such methods raise ReadOnly. Every method raises ApiError. Requests that change nothing, and the cancellation, are
    retried a few times after transient failures; a purchase is sent once, whatever happens.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        clock: ServiceClock,
        *,
        read_only: bool = False,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
    ) -> None:
        self._session = Session(base_url, api_key, clock, read_only=read_only, timeouts=timeouts)
        self.read_only = read_only
        self._clock = clock
        self._catalogue_root: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"NumbersClient({self._session.host!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.aclose()

    @property
    def gate(self) -> Gate:
        """Knows which requests have to wait."""
        return self._session.gate

    async def active(self) -> Listing:
        """All active orders ("Get Active Numbers")."""
        return await self._listing(_NUMBERS)

    async def history(self) -> Listing:
        """All orders that have ended ("Get Number History")."""
        return await self._listing(f"{_NUMBERS}history/", limit=MAX_HISTORY)

    async def detail(self, order_id: str) -> Order:
        """One order, as in the documentation's usage example. NotFound is normal shortly after its purchase."""
        answer = await self._get(_order_path(order_id))
        return await answer.parse(lambda data: read_order(data, asked_for=canonical_id(order_id)))

    async def purchase(self, request: OrderRequest) -> Placed:
        """Buy a number ("Buy a Number"). Charges the account at once, and is never sent twice.

        An error with `maybe_applied` leaves open whether the order was placed.
        """
        answer = await self._session.send(RequestKind.PURCHASE, _NUMBERS, body=request_body(request))
        return Placed(await answer.parse(read_order), answer.sent_at, answer.answered_at)

    async def cancel(self, order_id: str) -> str:
        """Cancel an order ("Cancel a Number") and return what the service said, cleaned; it may be empty.

        Any 2xx is success, with or without a body: the request was accepted, which is not yet a refund.

        Raises CancelRefused with the reason. An error after an attempt whose answer was lost has `maybe_applied` set:
        the service may refuse the retry because that attempt succeeded.
        """
        maybe_applied = False

        async def attempt() -> Answer:
            nonlocal maybe_applied
            try:
                return await self._session.send(RequestKind.CANCEL, f"{_order_path(order_id)}cancel/")
            except ApiError as error:
                error.maybe_applied = maybe_applied = maybe_applied or error.maybe_applied
                raise

        try:
            answer = await self._again(attempt)
        except Rejected as error:
            raise CancelRefused(error) from None
        return " ".join(read_fields(answer.decode_or_none()).get("", ()))

    async def balance(self) -> Decimal | None:
        """The account's balance in USD; None when the service does not offer it."""
        answer = await _if_offered(self._get(_BALANCE, kind=RequestKind.LOOKUP))
        return None if answer is None else read_balance(answer.body)

    async def services(self) -> tuple[CatalogueEntry, ...] | None:
        """The services on offer; None when the API does not list them."""
        return await self._catalogue("services/")

    async def countries(self) -> tuple[CatalogueEntry, ...] | None:
        """The countries on offer; None when the API does not list them."""
        return await self._catalogue("countries/")

    async def quotes(
        self, provider: Provider, period: Period, *, service_name: str | None = None, country_code: str | None = None
    ) -> Offers | None:
        """Prices and stock, from the first few pages; None when the API does not offer them."""
        query = {"provider": provider.value, "period": period.value, "page": "1", "page_size": str(QUOTES_PER_PAGE)}
        if service_name is not None:
            query["service_name"] = service_name
        if country_code is not None:
            query["country_code"] = country_code
        return await _if_offered(self._quotes(httpx.QueryParams(query)))

    async def _quotes(self, query: httpx.QueryParams) -> Offers:
        found = await collect(
            partial(self._get, f"{_NUMBERS}search/", kind=RequestKind.LOOKUP), query, enough=MAX_QUOTE_PAGES
        )
        return Offers(read_quotes(found.items), found.is_whole)

    async def _catalogue(self, name: str) -> tuple[CatalogueEntry, ...] | None:
        known = self._catalogue_root.get(name)
        for root in (known,) if known else _CATALOGUE_ROOTS:
            entries = await _if_offered(self._read_catalogue(root + name))
            if entries is not None:
                self._catalogue_root[name] = root
                return entries
        return None

    async def _read_catalogue(self, path: str) -> tuple[CatalogueEntry, ...]:
        found = await collect(partial(self._get, path, kind=RequestKind.LOOKUP), httpx.QueryParams())
        return await run_off_loop(found.size, lambda: read_catalogue(found.items))

    async def _listing(self, path: str, limit: int = MAX_BODY) -> Listing:
        found = await collect(partial(self._get, path, limit=limit), httpx.QueryParams())
        orders, unreadable = await run_off_loop(found.size, lambda: read_orders(found.items))
        return Listing(orders=orders, unreadable=unreadable, sent_at=found.sent_at, answered_at=found.answered_at)

    async def _get(
        self,
        path: str,
        query: httpx.QueryParams | None = None,
        *,
        kind: RequestKind = RequestKind.WATCH,
        limit: int = MAX_BODY,
    ) -> Answer:
        return await self._again(partial(self._session.send, kind, path, query=query, limit=limit))

    async def _again(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send a request that may be repeated, and repeat it after transient errors."""
        for longest_pause in _LONGEST_PAUSES:
            try:
                return await send()
            except ApiError as error:
                if not _is_transient(error):
                    raise
            await self._clock.sleep(random.uniform(0.0, longest_pause))  # noqa: S311 - no secret
        return await send()


def _is_transient(error: ApiError) -> bool:
    """Whether the same request may succeed in a moment. If the service names a time, it is not repeated before."""
    if isinstance(error, ServerFault):
        return error.status in _TRANSIENT and error.retry_after is None
    return isinstance(error, Unreachable)


async def _if_offered(request: Awaitable[T]) -> T | None:
    """The result of a request that the documentation does not promise; None where the service does not offer it."""
    try:
        return await request
    except (NotFound, Rejected, Unreadable):
        return None


def _order_path(order_id: str) -> str:
    return f"{_NUMBERS}{quote(wire_id(canonical_id(order_id)), safe='')}/"


@dataclass(frozen=True, slots=True)
class Collected:
    """The entries of the pages that were read, `size` bytes of them; `is_whole` if there were no more.

    `sent_at` is when the request for the first page was sent, `answered_at` when the last page was there; epoch
    seconds.
    """

    items: list[object]
    size: int
    sent_at: float
    answered_at: float
    is_whole: bool


async def collect(
    ask: Callable[[httpx.QueryParams], Awaitable[Answer]], query: httpx.QueryParams, *, enough: int | None = None
) -> Collected:
    """Read a list page by page: all of it, or `enough` pages. A bare list is one page.

    Only the query of the next page's address is used: whatever host it names, requests and the key go to the configured
    one. Raises Unreadable when the list does not end, as a part of it must not pass for the whole.
    """
    items: list[object] = []
    asked: list[httpx.QueryParams] = []
    answers: list[Answer] = []
    while True:
        if query in asked or len(asked) == MAX_PAGES:
            raise Unreadable("The service's list has no end.")
        asked.append(query)
        answer = await ask(query)
        answers.append(answer)
        page = await answer.parse(read_page)
        items += page.items
        if page.next_query is None or len(asked) == enough:
            size = sum(len(answer.body) for answer in answers)
            is_whole = page.next_query is None
            return Collected(items, size, answers[0].sent_at, answers[-1].answered_at, is_whole)
        query = httpx.QueryParams(page.next_query)
