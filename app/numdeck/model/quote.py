"""Prices and stock of numbers, as the service states them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from numdeck.model.request import OrderRequest, Period, Provider

NO_STOCK: Final = "0"
"""The service's word for no stock."""

QUOTE_VALID_FOR: Final = 20.0
"""A quote is not fetched again for this long, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Price and stock of one service in one country.

    `price` is in USD, before markup; `stock` is the service's own word, such as `137`, `>1k` or `<10`. None if unknown.
    """

    service_code: str
    country_code: str
    service_name: str = ""
    provider: str = ""
    period: str = ""
    price: Decimal | None = None
    stock: str | None = None

    @property
    def is_sold_out(self) -> bool:
        """Whether the service says that there are none; an unknown stock is not sold out."""
        return self.stock == NO_STOCK


@dataclass(frozen=True, slots=True)
class Offers:
    """The quotes of one answer; `is_whole` if there are no others."""

    quotes: tuple[Quote, ...]
    is_whole: bool

    def of_service(self, provider: Provider, period: Period, service_code: str) -> Offers:
        """Return the offers of one service, one for each country, the cheapest first.

        Countries that are sold out, or of unknown price, come last. The service searches by name, so its answer has
        offers of other services too. Of two quotes for one country the dearer one in stock counts: no order may cost
        more than was shown.
        """
        by_country: dict[str, Quote] = {}
        for quote in self.quotes:
            if quote.service_code == service_code and quote.provider in {"", provider} and quote.period in {"", period}:
                known = by_country.get(quote.country_code)
                by_country[quote.country_code] = quote if known is None else max(known, quote, key=_caution)
        return Offers(tuple(sorted(by_country.values(), key=_by_price)), self.is_whole)

    def sold_out_in(self, countries: Container[str]) -> Offers:
        """Return the same offers, with no stock in these countries."""
        quotes = (replace(q, stock=NO_STOCK) if q.country_code in countries else q for q in self.quotes)
        return Offers(tuple(sorted(quotes, key=_by_price)), self.is_whole)

    def of_country(self, country_code: str) -> Quote | None:
        """Return the quote for a country; None if there is none."""
        return next((quote for quote in self.quotes if quote.country_code == country_code), None)


def _caution(quote: Quote) -> tuple[bool, Decimal]:
    return (not quote.is_sold_out, quote.price or Decimal(0))


def _by_price(quote: Quote) -> tuple[bool, bool, Decimal, str]:
    return (quote.is_sold_out, quote.price is None, quote.price or Decimal(0), quote.country_code)


def with_markup(price: Decimal, request: OrderRequest) -> Decimal:
    """Return the price of a request in USD, with its markup over the base price ("Request Fields", markup_percent)."""
    return price * (100 + request.markup_percent) / 100
