"""What numbers cost: asked for through the throttle gate, and kept for a moment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.clock import Clock
from numdeck.model.quote import QUOTE_VALID_FOR, Offers, Quote, with_markup
from numdeck.model.request import OrderRequest, Period, Provider

KEEP_UNTOLD: Final = 600.0
"""A service without prices is not asked again for this long, in seconds."""

KEEP_SOLD_OUT: Final = 120.0
"""After an order failed for lack of stock its offer counts as sold out for this long, in seconds."""

REMEMBERED: Final = 600.0
"""A price is remembered for this long, as evidence of what was to be paid, in seconds."""

_Key = tuple[Provider, Period, str, str | None]


@dataclass(frozen=True, slots=True)
class _Kept:
    offers: Offers
    until: float


class Quotes:
    """Prices and stock by service, and of one service by country. Methods raise ApiError when they cannot be had."""

    def __init__(self, client: NumbersClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: dict[_Key, _Kept] = {}
        self._untold_until = float("-inf")
        self._sold_out_until: dict[tuple[Provider, Period, str, str], float] = {}

    async def by_country(self, provider: Provider, period: Period, code: str, name: str) -> Offers | None:
        """The offers of a service in all countries, the cheapest first; None if the service has no prices."""
        return await self._offers((provider, period, code, None), name)

    async def of(self, request: OrderRequest, name: str) -> Quote | None:
        """The offer for a request, before markup; `name` is its service's. None if the service has no prices.

        A quote with neither price nor stock says that the service lists no such offer. None, too, if it is not among
        the offers that were read and there are more.
        """
        provider, period, code, country = (
            request.provider, request.period, request.service_code, request.country_code,
        )  # fmt: skip
        everywhere = self.known(provider, period, code)
        listed = None if everywhere is None else everywhere.of_country(country)
        if listed is not None:
            return listed
        offers = await self._offers((provider, period, code, country), name)
        if offers is None:
            return None
        nothing = Quote(service_code=code, country_code=country) if offers.is_whole else None
        return offers.of_country(country) or nothing

    def known(self, provider: Provider, period: Period, code: str) -> Offers | None:
        """The offers of a service in all countries, if they were asked for a moment ago."""
        return self._fresh((provider, period, code, None))

    def asked_price(self, request: OrderRequest) -> Decimal | None:
        """What a request costs with its markup, in USD, as last quoted; None if it was not. Sends no request."""
        provider, period, code, country = (
            request.provider, request.period, request.service_code, request.country_code,
        )  # fmt: skip
        kept = [self._kept.get((provider, period, code, place)) for place in (country, None)]
        for each in sorted(filter(None, kept), key=lambda each: each.until, reverse=True):
            quote = each.offers.of_country(country)
            is_recent = self._clock.monotonic() < each.until + REMEMBERED
            if is_recent and quote is not None and quote.price is not None:
                return with_markup(quote.price, request)
        return None

    def sold_out(self, request: OrderRequest) -> None:
        """Note that an order for this request failed for lack of stock."""
        now = self._clock.monotonic()
        still = {key: until for key, until in self._sold_out_until.items() if until > now}
        key = (request.provider, request.period, request.service_code, request.country_code)
        self._sold_out_until = still | {key: now + KEEP_SOLD_OUT}

    def _as_it_sold(self, key: _Key, offers: Offers) -> Offers:
        """The offers, with those sold out that turned out to be."""
        now = self._clock.monotonic()
        countries = {
            sold_out[3] for sold_out, until in self._sold_out_until.items() if until > now and sold_out[:3] == key[:3]
        }
        return offers.sold_out_in(countries) if countries else offers

    async def _offers(self, key: _Key, name: str) -> Offers | None:
        kept = self._fresh(key)
        if kept is not None:
            return kept
        now = self._clock.monotonic()
        if now < self._untold_until:
            return None
        provider, period, code, country = key
        offers = await self._client.quotes(provider, period, service_name=name, country_code=country)
        if offers is None:
            self._untold_until = self._clock.monotonic() + KEEP_UNTOLD
            return None
        self._kept = {key: kept for key, kept in self._kept.items() if kept.until + REMEMBERED > now}
        mine = offers.of_service(provider, period, code)
        self._kept[key] = _Kept(mine, self._clock.monotonic() + QUOTE_VALID_FOR)
        return self._as_it_sold(key, mine)

    def _fresh(self, key: _Key) -> Offers | None:
        kept = self._kept.get(key)
        if kept is None or self._clock.monotonic() >= kept.until:
            return None
        return self._as_it_sold(key, kept.offers)
