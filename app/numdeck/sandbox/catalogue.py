"""What may be ordered and where: services and countries.

Well-known services have short codes and are sold by every provider. The long tail has `s` and hex digits for a code and
is sold on residential numbers only, as in the real catalogue, whose size this one has (about 12,700 services).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from numdeck.model.request import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service whose codes may be waited for."""

    code: str
    name: str
    price: Decimal
    """A virtual number's price in a cheap country, in USD."""
    is_well_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country whose numbers may be ordered."""

    code: str
    name: str
    price_level: int
    """From 1, cheap, to 4, dear."""
    is_major: bool
    """Whether well-known services never run out of its numbers."""
    numbers: tuple[str, ...]
    """What its mobile numbers look like; each `#` stands for a digit. Ranges kept for fiction where there are some."""


class Catalogue:
    """All services and countries, by code, in the order in which the API lists them."""

    def __init__(self, services: list[Service], countries: list[Country]) -> None:
        self.services = {service.code: service for service in services}
        self.countries = {country.code: country for country in countries}
        self._well_known = [service for service in services if service.is_well_known]

    def sold_by(self, provider: Provider) -> list[Service]:
        """List the services a provider has numbers for."""
        return self._well_known if provider is Provider.VIRTUAL else list(self.services.values())

    def sells(self, provider: Provider, service_code: str) -> bool:
        """Tell whether a provider has numbers for a service code."""
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
