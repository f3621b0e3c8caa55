"""What is on sale: services, countries, price and stock of each offer, and the search through them.

Well-known services have short codes and are sold by every provider. The long tail has `s` and hex digits for a code and
is sold on residential numbers only, as in the real catalogue, whose size this one has (about 12,700 services).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

from numdeck.model.request import PERIODS, Period, Provider

_LEVEL_FACTORS: Final[Mapping[int, Decimal]] = {
    1: Decimal(1),
    2: Decimal("1.3"),
    3: Decimal("1.9"),
    4: Decimal(3),
}
_PERIOD_FACTORS: Final[Mapping[tuple[Provider, Period], int]] = {
    (Provider.VIRTUAL, Period.MIN_15): 1,
    (Provider.RESIDENTIAL, Period.MIN_15): 3,
    (Provider.RESIDENTIAL_RENT, Period.DAY_3): 12,
    (Provider.RESIDENTIAL_RENT, Period.WEEK): 20,
    (Provider.RESIDENTIAL_RENT, Period.WEEK_2): 32,
    (Provider.RESIDENTIAL_RENT, Period.DAY_25): 45,
}
_CENT: Final = Decimal("0.01")
_LARGEST_STOCK: Final = 4000
_MAJOR_STOCK: Final = 100
_EMPTY_SHARE: Final = 0.12
_EMPTY_SHARE_LONG_TAIL: Final = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that sends codes."""

    code: str
    name: str
    price: Decimal
    """A virtual number's price in a cheap country, in USD."""
    is_well_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country with numbers on sale."""

    code: str
    name: str
    price_level: int
    """From 1, cheap, to 4, expensive."""
    is_major: bool
    """Whether well-known services never run out of its numbers."""
    numbers: tuple[str, ...]
    """Patterns of its mobile numbers, `#` for a digit; ranges reserved for fiction where there are some."""


class Catalogue:
    """All services and countries, by code, in the order in which the API lists them."""

    def __init__(self, services: list[Service], countries: list[Country]) -> None:
        self.services = {service.code: service for service in services}
        self.countries = {country.code: country for country in countries}
        self._well_known = [service for service in services if service.is_well_known]

    def sold_by(self, provider: Provider) -> list[Service]:
        """Return the services a provider has numbers for."""
        return self._well_known if provider is Provider.VIRTUAL else list(self.services.values())

    def sells(self, provider: Provider, service_code: str) -> bool:
        """Whether a provider has numbers for a service code."""
        service = self.services.get(service_code)
        return service is not None and (service.is_well_known or provider is not Provider.VIRTUAL)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read from the data files once."""
    return Catalogue(_services(), _countries())


def _rows(name: str) -> list[dict[str, str]]:
    text = files("numdeck.sandbox").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _services() -> list[Service]:
    well_known = [
        Service(code=row["code"], name=row["name"], price=Decimal(row["price_usd"]), is_well_known=True)
        for row in _rows("services.csv")
    ]
    brands = _rows("brands.csv")
    names = [service.name for service in well_known]
    names += [f"{left['first']} {right['second']}" for left in brands for right in brands]
    return well_known + [_residential(name) for name in sorted(names)]


def _residential(name: str) -> Service:
    digest = blake2b(name.encode(), digest_size=5).digest()
    price = Decimal(5 + digest[4] % 40) / 100
    return Service(code=f"s{digest[:4].hex()}", name=name, price=price, is_well_known=False)


def _countries() -> list[Country]:
    return [
        Country(
            code=row["code"],
            name=row["name"],
            price_level=int(row["price_level"]),
            is_major=row["major"] == "yes",
            numbers=tuple(row["numbers"].split()),
        )
        for row in _rows("countries.csv")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one number costs, in USD and before markup, and how many there are."""

    price: Decimal
    count: int


class Stock:
    """The numbers on sale: prices and counts follow from the seed, less what was sold.

    Not thread-safe: the book's lock guards it.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: dict[tuple[Provider, str, str], int] = {}

    def offer(self, provider: Provider, period: Period, service: Service, country: Country) -> Offer:
        """Return the offer for a number; the period must be one of the provider's."""
        digest = self._digest(provider, service.code, country.code)
        jitter = Decimal(90 + digest[0] % 21) / 100
        factor = _PERIOD_FACTORS[provider, period] * _LEVEL_FACTORS[country.price_level] * jitter
        price = max((service.price * factor).quantize(_CENT), _CENT)
        return Offer(price=price, count=self._count(provider, service, country, digest))

    def take(self, provider: Provider, service: Service, country: Country) -> None:
        """Take one number out of the stock."""
        digest = self._digest(provider, service.code, country.code)
        count = self._count(provider, service, country, digest)
        self.set(provider, service.code, country.code, count - 1)

    def set(self, provider: Provider, service_code: str, country_code: str, count: int) -> None:
        """Set how many numbers there are."""
        self._counts[provider, service_code, country_code] = count

    def _count(self, provider: Provider, service: Service, country: Country, digest: bytes) -> int:
        known = self._counts.get((provider, service.code, country.code))
        if known is not None:
            return known
        # Cubed: most offers are small and a few are large.
        drawn = int((int.from_bytes(digest[1:3]) / 0xFFFF) ** 3 * _LARGEST_STOCK) + 1
        if service.is_well_known and country.is_major:
            return drawn + _MAJOR_STOCK
        empty_share = _EMPTY_SHARE if service.is_well_known else _EMPTY_SHARE_LONG_TAIL
        return 0 if digest[3] / 0x100 < empty_share else drawn

    def _digest(self, provider: Provider, service_code: str, country_code: str) -> bytes:
        text = f"{self._seed}/{provider}/{service_code}/{country_code}"
        return blake2b(text.encode(), digest_size=4).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One search result."""

    provider: Provider
    period: Period
    service: Service
    country: Country
    offer: Offer


@dataclass(frozen=True, slots=True)
class _Section:
    """All offers of one provider and period, by service and then by country."""

    provider: Provider
    period: Period
    services: list[Service]
    countries: list[Country]

    def __len__(self) -> int:
        return len(self.services) * len(self.countries)


class Search:
    """The offers that match the query of `GET /numbers/search/`; empty filters match all.

    There are some five million offers: they are not listed, each is computed from its position.
    """

    def __init__(self, catalogue: Catalogue, stock: Stock, query: Mapping[str, str]) -> None:
        self._stock = stock
        name = query.get("service_name", "").casefold()
        country = query.get("country_code", "")
        countries = [item for item in catalogue.countries.values() if country in {"", item.code}]
        self._sections = [
            _Section(
                provider,
                period,
                [item for item in catalogue.sold_by(provider) if name in item.name.casefold() or name == item.code],
                countries,
            )
            for provider, periods in PERIODS.items()
            for period in periods
            if query.get("provider", "") in {"", provider} and query.get("period", "") in {"", period}
        ]

    def __len__(self) -> int:
        return sum(map(len, self._sections))

    def slice(self, start: int, stop: int) -> Iterator[Found]:
        """Yield the results from `start` up to, but not including, `stop`; both from 0."""
        for section in self._sections:
            for position in range(max(start, 0), min(stop, len(section))):
                row, column = divmod(position, len(section.countries))
                yield self._found(section, section.services[row], section.countries[column])
            start -= len(section)
            stop -= len(section)

    def _found(self, section: _Section, service: Service, country: Country) -> Found:
        offer = self._stock.offer(section.provider, section.period, service, country)
        return Found(provider=section.provider, period=section.period, service=service, country=country, offer=offer)
