"""Money: amounts in USD, the balance, and the spend guard. Unknown money is unknown, not zero."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, TypeAlias, TypeGuard

from annotated_types import Ge, Le

UNKNOWN: Final = "?"
"""How an unknown amount is shown."""

# A comma must separate thousands: 0,15 must not become 15. A float may have many decimals.
_AMOUNT = re.compile(r"-?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,20})?")


_MOST_DIGITS: Final = 20


def parse_money(raw: object) -> Decimal | None:
    """Parse an amount in USD from a number or a text such as `0.15`, `$12.34` or `"$12.34"`; None if it is none."""
    if isinstance(raw, bool) or raw is None:
        return None
    text = (format(raw, "f") if _is_plain(raw) else str(raw)).strip().strip('"').replace("$", "").strip()
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern above admits no such text
        return None


def _is_plain(raw: object) -> TypeGuard[Decimal]:
    """Whether a number can be written without an exponent in a few characters."""
    return isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) < _MOST_DIGITS


def show_money(amount: Decimal | None, *, signed: bool = False) -> str:
    """Format an amount as `$0.15`, `$0.0025`; with + if `signed` and positive; `?` if unknown.

    Parts of a cent are shown, to four places: they occur with markups and in cheap countries, and are charged.
    """
    if amount is None:
        return UNKNOWN
    sign = "−" if amount < 0 else ("+" if signed and amount > 0 else "")
    exact = f"{abs(amount):,.4f}"
    return f"{sign}${exact.removesuffix('00')}"


ASK_EVERY: Final = 60.0
"""How often the balance is requested while nothing happens, in seconds."""

_FRESH_FOR: Final = 2 * ASK_EVERY


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance of the account in USD, as the service stated it at `told_at` (epoch seconds).

    `is_doubtful` if it may have changed: money has moved since, or a later request failed.
    """

    amount: Decimal
    told_at: float
    is_doubtful: bool = False

    def is_current(self, now: float) -> bool:
        """Whether it may be shown without its age."""
        return not self.is_doubtful and now - self.told_at <= _FRESH_FOR


Amount: TypeAlias = Annotated[Decimal, Ge(0), Le(1_000_000)]
"""An amount in USD, as settings accept it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLimits:
    """The spend guard, in USD; None for no limit. To go beyond a limit, the amount has to be typed."""

    per_order: Amount | None = None
    """What one order may cost."""
    per_day: Amount | None = None
    """What may be spent in a day, from local midnight, less refunds."""
    low_balance: Amount | None = None
    """Warn when the balance is lower. A balance that does not cover another order like the last always warns."""

    @property
    def guards_orders(self) -> bool:
        """Whether the price of an order must be known before it is sent."""
        return self.per_order is not None or self.per_day is not None


@dataclass(frozen=True, slots=True)
class LimitExceeded:
    """An order goes beyond `limit`, in USD. `amount` has to be typed to order all the same.

    `price` is what it costs, None if unknown. `spent` is what was spent today, None if it is the limit of one order.
    """

    amount: Decimal
    limit: Decimal
    price: Decimal | None = None
    spent: Decimal | None = None


def exceeded_limit(price: Decimal | None, spent_today: Decimal, limits: SpendLimits) -> LimitExceeded | None:
    """Tell which limit an order of this price (USD, with markup) goes beyond; None if it stays within all.

    An unknown price may be any: then the limit itself has to be typed.
    """
    if price is None:
        limit = limits.per_order if limits.per_order is not None else limits.per_day
        return None if limit is None else LimitExceeded(limit, limit)
    if limits.per_order is not None and price > limits.per_order:
        return LimitExceeded(price, limits.per_order, price)
    if limits.per_day is not None and spent_today + price > limits.per_day:
        return LimitExceeded(price, limits.per_day, price, spent_today)
    return None


@dataclass(frozen=True, slots=True)
class LowBalance:
    """The balance is under `limit`, or (if that is None) under the price of the last order. All in USD."""

    amount: Decimal
    limit: Decimal | None = None
    last_price: Decimal | None = None


def low_balance(balance: Decimal | None, last_price: Decimal | None, limits: SpendLimits) -> LowBalance | None:
    """Tell whether the balance (USD) is low: under the limit, or under what the last order cost; None if it is not."""
    if balance is None:
        return None
    if limits.low_balance is not None and balance < limits.low_balance:
        return LowBalance(balance, limit=limits.low_balance)
    if last_price is not None and balance < last_price:
        return LowBalance(balance, last_price=last_price)
    return None
