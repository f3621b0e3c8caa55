"""The simulated carrier: which number an order gets, and which codes reach it when."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from numdeck.model.request import PERIOD_MINUTES, Period, Provider
from numdeck.sandbox.catalogue import Country
from numdeck.sandbox.lifecycle import Arrival, Order, Plan, Status

_DELIVERED_SHARE: Final[Mapping[Provider, float]] = {
    Provider.VIRTUAL: 0.72,
    Provider.RESIDENTIAL: 0.85,
    Provider.RESIDENTIAL_RENT: 0.95,
}
_DELAY_MEDIAN_LOG: Final = 3.6  # e^3.6 = 37 seconds
_DELAY_SPREAD: Final = 0.9
_DELAY_BOUNDS: Final = (4.0, 14 * 60.0)
_RENTAL_GAP: Final = 5 * 3600.0
_RENTAL_CODES: Final = 40
_CALCULATED_SHARE: Final = 0.25
_CALCULATION_BOUNDS: Final = (3.0, 20.0)
_REFUNDED_SHARE: Final = 0.5
_CODE_LENGTHS: Final = (4, 5, 6, 6)


class Carrier:
    """Assigns numbers and plans their codes, drawn from the seed in the order of the purchases.

    The same seed and the same purchases give the same data. Not thread-safe: the book's lock guards it.
    """

    def __init__(self, seed: str, *, is_silent: bool = False) -> None:
        self._random = random.Random(seed)  # noqa: S311 - has to be repeatable, not secret
        self._is_silent = is_silent

    def order(
        self,
        *,
        provider: Provider,
        period: Period,
        service_code: str,
        country: Country,
        price: Decimal,
        bought_at: float,
        assigning_seconds: float = 0.0,
        needs_fraud_score: bool = False,
    ) -> Order:
        """Create an order with its id, its number and its plan."""
        assigned_at = bought_at + assigning_seconds
        # A fraud score is always drawn, so that requesting one changes no other data.
        fraud_score = self._random.randint(0, 100)
        return Order(
            id=UUID(int=self._random.getrandbits(128), version=4),
            provider=provider,
            period=period,
            service_code=service_code,
            country_code=country.code,
            price=price,
            phone_number=self._number(country),
            bought_at=bought_at,
            assigned_at=assigned_at,
            plan=self._plan(provider, assigned_at, bought_at + PERIOD_MINUTES[period] * 60),
            fraud_score=fraud_score if needs_fraud_score else None,
            status=Status.NEW if assigning_seconds > 0 else Status.WAITING,
        )

    def code(self) -> str:
        """Draw a code of 4 to 6 digits."""
        length = self._random.choice(_CODE_LENGTHS)
        return "".join(self._random.choices("0123456789", k=length))

    def _number(self, country: Country) -> str:
        pattern = self._random.choice(country.numbers)
        return "".join(str(self._random.randrange(10)) if sign == "#" else sign for sign in pattern)

    def _plan(self, provider: Provider, start: float, end: float) -> Plan:
        if self._is_silent:
            return Plan()
        is_delivered = self._random.random() < _DELIVERED_SHARE[provider]
        is_calculated = self._random.random() < _CALCULATED_SHARE
        is_refunded = self._random.random() < _REFUNDED_SHARE
        calculation_seconds = self._random.uniform(*_CALCULATION_BOUNDS)
        times = self._times(provider, start)
        return Plan(
            arrivals=tuple(Arrival(at=at, code=self.code()) for at in times if at < end) if is_delivered else (),
            calculation_seconds=calculation_seconds if is_calculated else 0.0,
            without_code=Status.REFUND if is_refunded else Status.NOT_SMS_CODE,
        )

    def _times(self, provider: Provider, start: float) -> Iterator[float]:
        """Draw the instants at which codes arrive: one for a one-time number, several for a rental."""
        least, most = _DELAY_BOUNDS
        at = start + min(max(self._random.lognormvariate(_DELAY_MEDIAN_LOG, _DELAY_SPREAD), least), most)
        yield at
        if provider is Provider.RESIDENTIAL_RENT:
            for _ in range(1, _RENTAL_CODES):
                at += self._random.expovariate(1 / _RENTAL_GAP)
                yield at
