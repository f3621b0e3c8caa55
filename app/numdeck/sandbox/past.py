"""What the account did before the sandbox began, and what a client remembers of it.

The API tells neither when a number was bought nor for what service: a dashboard would show a fresh sandbox's past
without services, ages and cancel windows. `remembered` fills the gap for the embedded sandbox.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Final

from numdeck.model import order as client
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import parse_status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import PERIOD_MINUTES, PERIODS, OrderRequest, Period, Provider
from numdeck.sandbox.carrier import Carrier
from numdeck.sandbox.catalogue import Country, Service, Stock, catalogue
from numdeck.sandbox.lifecycle import (
    CANCEL_CLOSES,
    CANCEL_OPENS,
    UNFINISHED,
    Arrival,
    Order,
    Plan,
    Status,
    advance,
    cancel,
)

if TYPE_CHECKING:
    from numdeck.sandbox.sandbox import Sandbox

_HISTORY_SECONDS: Final = 6 * 24 * 3600.0
_HISTORY_YOUNGEST: Final = 3600.0
_PROVIDERS: Final = {Provider.VIRTUAL: 70, Provider.RESIDENTIAL: 24, Provider.RESIDENTIAL_RENT: 6}
_POPULAR_SERVICES: Final = 20
_CANCELLED_SHARE: Final = 0.6
_SCORED_SHARE: Final = 0.4
_WAITING_OLDEST: Final = 600.0
_HOUR: Final = 3600.0

_ELSEWHERE: Final = "go"
"""Numbers for this service count as bought elsewhere, so that one has an unknown purchase instant."""

_SHORTEST_WAIT: Final = 25
_WAIT_SPREAD: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exhibit:
    """An order of the showcase; ages are in seconds since its purchase."""

    provider: Provider = Provider.VIRTUAL
    period: Period = Period.MIN_15
    service: str
    country: str
    age: float
    code_ages: tuple[float, ...] = ()
    without_code: Status = Status.NOT_SMS_CODE


_SHOWCASE: Final = (
    _Exhibit(
        provider=Provider.RESIDENTIAL_RENT,
        period=Period.DAY_3,
        service="am",
        country="667",
        age=28 * _HOUR,
        code_ages=(90, 20 * _HOUR, 28 * _HOUR + 200, 41 * _HOUR),
    ),
    # Its cancel window is about to close, and no code will come.
    _Exhibit(service="wa", country="43", age=13 * 60 + 50),
    _Exhibit(service="go", country="16", age=8 * 60, without_code=Status.REFUND),
    _Exhibit(provider=Provider.RESIDENTIAL, service="ig", country="667", age=3 * 60, code_ages=(4 * 60 + 20,)),
    # Its cancel window is about to open, but its code comes first.
    _Exhibit(service="tg", country="2", age=40, code_ages=(55,)),
)


class Past:
    """Draws orders from the seed that were placed before `now` (epoch seconds)."""

    def __init__(self, seed: int, stock: Stock, now: float, *, is_silent: bool = False) -> None:
        # Separate generators: the amount of past does not change later orders.
        self._random = Random(f"{seed}/past")  # noqa: S311 - repeatable, not secret
        self._carrier = Carrier(f"{seed}/past/carrier")
        self._stock = stock
        self._now = now
        self._is_silent = is_silent
        self._services = list(islice(catalogue().services.values(), _POPULAR_SERVICES))
        self._countries = [country for country in catalogue().countries.values() if country.is_major]

    def orders(self, history: int, waiting: int | None) -> list[Order]:
        """Return this many finished and waiting orders, oldest first; `waiting` None is the showcase."""
        finished = [self._finished() for _ in range(history)]
        open_orders = list(self._showcase()) if waiting is None else [self._waiting() for _ in range(waiting)]
        if self._is_silent:
            open_orders = [replace(order, plan=Plan()) for order in open_orders]
        return sorted(finished + open_orders, key=lambda order: order.bought_at)

    def _finished(self) -> Order:
        provider = self._random.choices(list(_PROVIDERS), list(_PROVIDERS.values()))[0]
        # The shortest period: longer rentals might still run.
        period = PERIODS[provider][0]
        age = self._random.uniform(_HISTORY_YOUNGEST, _HISTORY_SECONDS)
        if provider is Provider.RESIDENTIAL_RENT:
            age += PERIOD_MINUTES[period] * 60
        order = self._order(provider, period, *self._place(), age)
        order = self._perhaps_cancelled(order, order.bought_at + self._random.uniform(CANCEL_OPENS, CANCEL_CLOSES))
        return advance(order, self._now)

    def _perhaps_cancelled(self, order: Order, at: float) -> Order:
        order = advance(order, at)
        is_cancelled = self._random.random() < _CANCELLED_SHARE
        return cancel(order, at) if is_cancelled and order.can_cancel else order

    def _waiting(self) -> Order:
        age = self._random.uniform(0, _WAITING_OLDEST)
        order = self._order(Provider.VIRTUAL, Period.MIN_15, *self._place(), age)
        # Codes that would have come already come later, or too late: the order has to wait now.
        arrivals = tuple(Arrival(at=arrival.at + age, code=arrival.code) for arrival in order.plan.arrivals)
        return replace(order, plan=replace(order.plan, arrivals=arrivals))

    def _showcase(self) -> Iterator[Order]:
        for exhibit in _SHOWCASE:
            service = catalogue().services[exhibit.service]
            country = catalogue().countries[exhibit.country]
            order = self._order(exhibit.provider, exhibit.period, service, country, exhibit.age)
            arrivals = tuple(
                Arrival(at=order.bought_at + code_age, code=self._carrier.code()) for code_age in exhibit.code_ages
            )
            plan = Plan(arrivals=arrivals, without_code=exhibit.without_code)
            yield advance(replace(order, plan=plan), self._now)

    def _place(self) -> tuple[Service, Country]:
        return self._random.choice(self._services), self._random.choice(self._countries)

    def _order(self, provider: Provider, period: Period, service: Service, country: Country, age: float) -> Order:
        return self._carrier.order(
            provider=provider,
            period=period,
            service_code=service.code,
            country=country,
            price=self._stock.offer(provider, period, service, country).price,
            bought_at=self._now - age,
            needs_fraud_score=self._random.random() < _SCORED_SHARE,
        )


def remembered(sandbox: Sandbox) -> list[OrderRecord]:
    """Return the records of the sandbox's past, newest first, in the client's time."""
    now, client_now = sandbox.clock.now(), sandbox.clock.client_now()
    speed = sandbox.settings.speed

    def on_client_clock(instant: float) -> float:
        return client_now - (now - instant) / speed

    orders = [order for order in sandbox.book.orders() if order.service_code != _ELSEWHERE]
    records = (_record(order, on_client_clock, client_now) for order in orders)
    return sorted(records, key=lambda record: -record.first_seen)


def _record(order: Order, on_client_clock: Callable[[float], float], now: float) -> OrderRecord:
    bought_at = on_client_clock(order.bought_at)
    seen_at = min(now, on_client_clock(order.bought_at + _SHORTEST_WAIT + order.id.int % _WAIT_SPREAD))
    return OrderRecord(
        order=client.Order(
            id=order.id.hex,
            status=parse_status(order.status),
            provider=order.provider,
            price=order.price,
            phone_number=order.phone_number,
            codes=order.codes,
            can_cancel=order.can_cancel,
            can_extend=order.can_extend,
        ),
        bought=Interval(bought_at, bought_at),
        first_seen=bought_at,
        origin=Origin.HERE,
        request=OrderRequest(
            provider=order.provider,
            period=order.period,
            service_code=order.service_code,
            country_code=order.country_code,
            need_fraud_score=order.fraud_score is not None,
        ),
        codes=tuple(Code(text, seen_at, Sight.SEEN, seen_at) for text in order.codes),
        ended_at=None if order.status in UNFINISHED else seen_at,
        last_seen_active_at=-math.inf if order.status in UNFINISHED else seen_at,
    )
