"""What may be ordered, an order request, and one attempt to place it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Provider(StrEnum):
    """A number type, as documented under "Request Fields"."""

    VIRTUAL = "virtual"
    RESIDENTIAL = "residential"
    RESIDENTIAL_RENT = "residential_rent"


class Period(StrEnum):
    """A rental period, as documented under "Provider and Period Rules"."""

    MIN_15 = "MIN_15"
    DAY_3 = "DAY_3"
    WEEK = "WEEK"
    WEEK_2 = "WEEK_2"
    DAY_25 = "DAY_25"


PERIODS: Final[dict[Provider, tuple[Period, ...]]] = {
    Provider.VIRTUAL: (Period.MIN_15,),
    Provider.RESIDENTIAL: (Period.MIN_15,),
    Provider.RESIDENTIAL_RENT: (Period.DAY_3, Period.WEEK, Period.WEEK_2, Period.DAY_25),
}
"""The periods each provider offers ("Provider and Period Rules")."""

PERIOD_MINUTES: Final[dict[Period, int]] = {
    Period.MIN_15: 15,
    Period.DAY_3: 3 * 24 * 60,
    Period.WEEK: 7 * 24 * 60,
    Period.WEEK_2: 14 * 24 * 60,
    Period.DAY_25: 25 * 24 * 60,
}
"""How long each period lasts, in minutes."""

MARKUPS: Final[tuple[int, ...]] = (0, 50, 100, 200, 300, 400, 500, 1000, 2000)
"""The markups over the base price, in percent, that the service allows ("Request Fields", markup_percent)."""

MAX_FIELD_LENGTH: Final = 64
"""Longest code or promo code that is sent, in characters. The limit is ours, not the service's."""

_CODE = re.compile(r"[A-Za-z0-9_.\-]+")
_RESIDENTIAL_CODE = re.compile(r"s[0-9a-f]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A request to buy one number; the field names are those of the request body."""

    provider: Provider = Provider.VIRTUAL
    period: Period = Period.MIN_15
    service_code: str
    country_code: str
    need_fraud_score: bool = False
    markup_percent: int = 0
    promo_code: str = ""


def check_request(request: OrderRequest) -> dict[str, str]:
    """Check a request as the service does: returns field name → one sentence for each error; empty if it is valid."""
    errors: dict[str, str] = {}
    if request.period not in PERIODS[request.provider]:
        offered = ", ".join(PERIODS[request.provider])
        errors["period"] = f"{request.provider} offers {offered} only."
    if not request.service_code:
        errors["service_code"] = "Choose a service, or type its code."
    elif not _is_code(request.service_code):
        errors["service_code"] = "A service code is letters, digits, '_', '-' and '.' only."
    if not request.country_code:
        errors["country_code"] = "Choose a country, or type its number."
    elif not (request.country_code.isascii() and request.country_code.isdigit()):
        errors["country_code"] = "A country code is a number, such as 667."
    elif len(request.country_code) > MAX_FIELD_LENGTH:
        errors["country_code"] = f"At most {MAX_FIELD_LENGTH} digits."
    if request.markup_percent not in MARKUPS:
        errors["markup_percent"] = "Markup is one of " + ", ".join(map(str, MARKUPS)) + "."
    if request.promo_code and not _is_code(request.promo_code):
        errors["promo_code"] = "A promo code is letters, digits, '_', '-' and '.' only."
    return errors


def is_residential_code(service_code: str) -> bool:
    """Whether a service code looks like those sold on residential numbers only: `s` and hex digits.

    This was seen, and is not documented: it may rank a service lower, and must not forbid it.
    """
    return _RESIDENTIAL_CODE.fullmatch(service_code) is not None


def _is_code(text: str) -> bool:
    return len(text) <= MAX_FIELD_LENGTH and _CODE.fullmatch(text) is not None


def request_body(request: OrderRequest) -> dict[str, str | int | bool]:
    """Build the JSON body of `POST /numbers/`; an empty promo code is left out, as it is optional."""
    body: dict[str, str | int | bool] = {
        "provider": request.provider.value,
        "period": request.period.value,
        "service_code": request.service_code,
        "country_code": request.country_code,
        "need_fraud_score": request.need_fraud_score,
        "markup_percent": request.markup_percent,
    }
    if request.promo_code:
        body["promo_code"] = request.promo_code
    return body


class AttemptState(StrEnum):
    """What is known of the outcome of a purchase attempt."""

    SENDING = "sending"
    PLACED = "placed"
    NOT_PLACED = "not placed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to buy: stored before its request is sent, and resolved by what is seen afterwards.

    `sent_at` and `settled_at` are epoch seconds; `reason` is a sentence for the operator. `asked_price` is the expected
    price in USD, with markup, None if unknown. `sender` names the process that sends it. While the outcome is unknown,
    `settled_at` is when the answer was lost, and `searched_at` when the search for its order ended; None while it goes
    on.
    """

    id: str
    request: OrderRequest
    sent_at: float
    asked_price: Decimal | None = None
    sender: str = ""
    state: AttemptState = AttemptState.SENDING
    order_id: str | None = None
    settled_at: float | None = None
    searched_at: float | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it may have cost money without a known order."""
        return self.state in {AttemptState.SENDING, AttemptState.UNKNOWN}
