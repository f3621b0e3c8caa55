"""The body of a purchase, read and checked like Django REST Framework ("Request Fields")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

from numdeck.model.request import MARKUPS, PERIODS, Period, Provider
from numdeck.sandbox import refusals
from numdeck.sandbox.catalogue import Catalogue

PROMO_DISCOUNTS: Final[Mapping[str, int]] = {"DISCOUNT10": 10, "WELCOME25": 25}
"""What each promo code takes off the price, in percent."""

_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})
_CENT: Final = Decimal("0.01")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A valid purchase."""

    provider: Provider = Provider.VIRTUAL
    period: Period = Period.MIN_15
    service_code: str = "tg"
    country_code: str = "2"
    need_fraud_score: bool = False
    markup_percent: int = 0
    promo_code: str = ""


def price_of(purchase: Purchase, base: Decimal) -> Decimal:
    """Return the charge for a purchase at a base price, in USD, rounded to cents."""
    markup = Decimal(100 + purchase.markup_percent) / 100
    discount = Decimal(100 - PROMO_DISCOUNTS.get(purchase.promo_code, 0)) / 100
    return (base * markup * discount).quantize(_CENT)


def read_purchase(body: object, catalogue: Catalogue) -> Purchase:
    """Read a decoded request body. Raises `RefusedError` (400) with the invalid fields."""
    if not isinstance(body, dict):
        kind = "null" if body is None else type(body).__name__
        raise refusals.fields({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]})
    form = _Form(body)
    provider = form.read("provider", _choice({item.value: item for item in Provider}))
    period = form.read("period", _choice({item.value: item for item in Period}))
    service_code = form.read("service_code", _text)
    country_code = form.read("country_code", _text)
    need_fraud_score = form.read("need_fraud_score", _boolean, default=False)
    markup_percent = form.read("markup_percent", _choice({str(item): item for item in MARKUPS}), default=0)
    promo_code = form.read("promo_code", _promo_code, default="")
    # form.errors has all missing ones; the comparisons are for the type checker.
    if form.errors or provider is None or period is None or service_code is None or country_code is None:
        raise refusals.fields(form.errors)
    if period not in PERIODS[provider]:
        raise refusals.fields({"period": [f"{period} is not available for {provider}."]})
    if not catalogue.sells(provider, service_code):
        raise refusals.fields({"non_field_errors": ["Bad service_code"]})
    if country_code not in catalogue.countries:
        raise refusals.fields({"non_field_errors": ["Bad country_code"]})
    return Purchase(
        provider=provider,
        period=period,
        service_code=service_code,
        country_code=country_code,
        need_fraud_score=bool(need_fraud_score),
        markup_percent=markup_percent or 0,
        promo_code=promo_code or "",
    )


class _Form:
    """Reads field by field and collects their errors."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body
        self.errors: dict[str, list[str]] = {}

    def read(self, name: str, parse: Callable[[object], T], *, default: T | None = None) -> T | None:
        """Return a field's value, or the default if it is absent and optional, or None after recording an error."""
        if name not in self._body:
            if default is None:
                self.errors[name] = ["This field is required."]
            return default
        value = self._body[name]
        if value is None:
            self.errors[name] = ["This field may not be null."]
            return None
        try:
            return parse(value)
        except ValueError as error:
            self.errors[name] = [str(error)]
            return None


def _choice(choices: Mapping[str, T]) -> Callable[[object], T]:
    def parse(value: object) -> T:
        if str(value) not in choices:
            raise ValueError(f'"{value}" is not a valid choice.')
        return choices[str(value)]

    return parse


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("Not a valid string.")  # noqa: TRY004 - a field error, like the others
    text = str(value).strip()
    if not text:
        raise ValueError("This field may not be blank.")
    return text


def _boolean(value: object) -> bool:
    word = str(value).lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("Must be a valid boolean.")
    return word in _TRUE


def _promo_code(value: object) -> str:
    if value == "":
        return ""
    code = _text(value)
    if code not in PROMO_DISCOUNTS:
        raise ValueError("Promo code is not valid.")
    return code
