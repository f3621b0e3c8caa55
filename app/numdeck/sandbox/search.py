"""The offers of all providers, services and countries as one long list, of which only the page asked for is built.

There are some five million offers; so the list is never made, and a position in it is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from numdeck.model.request import PERIODS, Period, Provider
from numdeck.sandbox.catalogue import Catalogue, Country, Service
from numdeck.sandbox.stock import Offer, Stock


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
    """All offers of one provider and period, services outside, countries inside."""

    provider: Provider
    period: Period
    services: list[Service]
    countries: list[Country]

    def __len__(self) -> int:
        return len(self.services) * len(self.countries)


class Search:
    """The offers that match the query of `GET /numbers/search/`; unknown or empty filters match as they can."""

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
        """Build the results from `start` up to, and without, `stop`; both from 0."""
        for section in self._sections:
            for position in range(max(start, 0), min(stop, len(section))):
                row, column = divmod(position, len(section.countries))
                yield self._found(section, section.services[row], section.countries[column])
            start -= len(section)
            stop -= len(section)

    def _found(self, section: _Section, service: Service, country: Country) -> Found:
        offer = self._stock.offer(section.provider, section.period, service, country)
        return Found(provider=section.provider, period=section.period, service=service, country=country, offer=offer)
