"""The sandbox: one simulated account, and what tests need to control it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Final, NamedTuple
from uuid import UUID

from numdeck.model.request import Provider
from numdeck.sandbox import refusals
from numdeck.sandbox.book import Book, Transaction
from numdeck.sandbox.carrier import Carrier
from numdeck.sandbox.catalogue import Stock, catalogue
from numdeck.sandbox.clock import Clock, SandboxClock
from numdeck.sandbox.faults import FaultQueue
from numdeck.sandbox.lifecycle import Order, Status
from numdeck.sandbox.past import Past
from numdeck.sandbox.purchase import Purchase, price_of
from numdeck.sandbox.settings import SandboxSettings

_WINDOW = 60.0


class Throttle:
    """A sliding minute for each method, like Django REST Framework's `SimpleRateThrottle`.

    The real service's rates are not documented.
    """

    def __init__(self, clock: Clock, per_minute: Mapping[str, int]) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._seen: dict[str, deque[float]] = {method: deque() for method in per_minute}

    def admit(self, method: str) -> None:
        """Count a request. Raises `RefusedError` (429) beyond the rate. Methods without a rate are not counted."""
        if method not in self._per_minute:
            return
        now = self._clock.client_seconds()
        seen = self._seen[method]
        while seen and seen[0] <= now - _WINDOW:
            seen.popleft()
        if len(seen) >= self._per_minute[method]:
            # A rate of 0 refuses everything for a whole window.
            raise refusals.throttled(seen[0] + _WINDOW - now if seen else _WINDOW)
        seen.append(now)


_REQUESTS_KEPT: Final = 10_000


class LoggedRequest(NamedTuple):
    """A request that reached the service, whatever its result."""

    method: str
    path: str


class Posted(NamedTuple):
    """A purchase that was carried out, whether or not its answer arrived."""

    purchase: Purchase
    order_id: UUID


class Sandbox:
    """One account of the simulated service. Thread-safe, so that a test can control it while it serves.

    With a `ManualClock` time stands still until the test advances it; the default clock runs at the speed of the
    settings. Ids may be UUIDs or text, with or without dashes.
    """

    def __init__(self, settings: SandboxSettings | None = None, *, clock: Clock | None = None) -> None:
        self.settings = settings or SandboxSettings()
        self.clock = clock or SandboxClock(self.settings.speed)
        self.catalogue = catalogue()
        self.faults = FaultQueue()
        for fault in self.settings.faults:
            self.faults.add(fault)
        self.book = Book(self.clock, self.settings.balance)
        self.stock = Stock(self.settings.seed)
        self.throttle = Throttle(
            self.clock,
            {
                "GET": self.settings.reads_per_minute,
                "POST": self.settings.purchases_per_minute,
                "PUT": self.settings.cancels_per_minute,
            },
        )
        self._carrier = Carrier(str(self.settings.seed), is_silent=self.settings.is_silent)
        # Bounded, as a sandbox may serve for weeks.
        self._requests: deque[LoggedRequest] = deque(maxlen=_REQUESTS_KEPT)
        self._posted: deque[Posted] = deque(maxlen=_REQUESTS_KEPT)
        past = Past(self.settings.seed, self.stock, self.clock.now(), is_silent=self.settings.is_silent)
        for order in past.orders(self.settings.history, self.settings.waiting):
            self.book.enter(order)

    def buy(self, purchase: Purchase) -> Order:
        """Buy a number: charge it and take it from the stock.

        Raises `RefusedError` when there is no stock (400) or not enough money (402), in this order.
        """
        service = self.catalogue.services[purchase.service_code]
        country = self.catalogue.countries[purchase.country_code]
        with self.book.lock:
            offer = self.stock.offer(purchase.provider, purchase.period, service, country)
            if offer.count <= 0:
                raise refusals.out_of_stock()
            price = price_of(purchase, offer.price)
            # Before the carrier draws: a refused purchase must not change later ones.
            self.book.check_funds(price)
            order = self._carrier.order(
                provider=purchase.provider,
                period=purchase.period,
                service_code=service.code,
                country=country,
                price=price,
                bought_at=self.clock.now(),
                assigning_seconds=self.settings.quirks.assigning_seconds,
                needs_fraud_score=purchase.need_fraud_score,
            )
            self.stock.take(purchase.provider, service, country)
            self.book.buy(order)
            return order

    def deliver(self, order_id: str | UUID, code: str, *, calculation_seconds: float = 0.0) -> Order:
        """Let a code arrive now; if it ends the order, after `calculation_seconds` (sandbox time) in `calculation`.

        Raises ValueError for an order that does not wait, `RefusedError` for an unknown one.
        """
        return self.book.deliver(_uuid(order_id), code, calculation_seconds)

    def finish(self, order_id: str | UUID, status: Status | str) -> Order:
        """Move an unfinished order from the list into a state; `refund` and `canceled` return its price.

        It stays in `calculation` until the next call. Raises ValueError for a finished order or a state in which it
        would wait, `RefusedError` for an unknown order.
        """
        return self.book.finish(_uuid(order_id), Status(status))

    def order(self, order_id: str | UUID) -> Order:
        """Return an order as it stands now; raises `RefusedError` for an unknown one."""
        return self.book.find(_uuid(order_id))

    def set_balance(self, balance: Decimal | str) -> None:
        """Set the balance, in USD, as a top-up would."""
        self.book.set_balance(Decimal(balance))

    def set_stock(
        self, count: int, *, provider: Provider = Provider.VIRTUAL, service_code: str = "tg", country_code: str = "2"
    ) -> None:
        """Set how many numbers of one kind are left."""
        with self.book.lock:
            self.stock.set(provider, service_code, country_code, count)

    @property
    def balance(self) -> Decimal:
        """The balance, in USD."""
        return self.book.balance()

    @property
    def charges(self) -> list[Transaction]:
        """The charges for purchases since the start, oldest first."""
        return self.book.charges()

    @property
    def refunds(self) -> list[Transaction]:
        """The refunds since the start, oldest first."""
        return self.book.refunds()

    @property
    def requests(self) -> list[LoggedRequest]:
        """The latest 10,000 requests, oldest first, including failed ones."""
        return list(self._requests)

    def count(self, method: str = "*", path: str = "*") -> int:
        """Count the requests; the path is a shell pattern whose `*` matches slashes."""
        return sum(fnmatchcase(request.method, method) and fnmatchcase(request.path, path) for request in self.requests)

    @property
    def posted(self) -> list[Posted]:
        """The latest 10,000 purchases that came by HTTP and made an order, oldest first."""
        return list(self._posted)

    def note_purchase(self, purchase: Purchase, order: Order) -> None:
        """Record which purchase made which order."""
        self._posted.append(Posted(purchase, order.id))

    def note_request(self, method: str, path: str) -> None:
        """Record a request."""
        self._requests.append(LoggedRequest(method, path))


def _uuid(order_id: str | UUID) -> UUID:
    return order_id if isinstance(order_id, UUID) else UUID(order_id)
