"""Price and stock of every offer: a function of the seed, less what was sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Final

from numdeck.model.request import Period, Provider
from numdeck.sandbox.catalogue import Country, Service

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
class Offer:
    """What one number costs, in USD and before markup, and how many there are."""

    price: Decimal
    count: int


class Stock:
    """The numbers on sale. Not thread-safe: the books' lock guards it."""

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
        """Fix how many numbers there are."""
        self._counts[provider, service_code, country_code] = count

    def _count(self, provider: Provider, service: Service, country: Country, digest: bytes) -> int:
        known = self._counts.get((provider, service.code, country.code))
        if known is not None:
            return known
        # Cubed, so that most offers are small and a few are large.
        drawn = int((int.from_bytes(digest[1:3]) / 0xFFFF) ** 3 * _LARGEST_STOCK) + 1
        if service.is_well_known and country.is_major:
            return drawn + _MAJOR_STOCK
        empty_share = _EMPTY_SHARE if service.is_well_known else _EMPTY_SHARE_LONG_TAIL
        return 0 if digest[3] / 0x100 < empty_share else drawn

    def _digest(self, provider: Provider, service_code: str, country_code: str) -> bytes:
        text = f"{self._seed}/{provider}/{service_code}/{country_code}"
        return blake2b(text.encode(), digest_size=4).digest()
