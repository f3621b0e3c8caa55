"""The spend guard: what an order may cost before the operator is asked again, and when the balance runs low."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypeAlias

from annotated_types import Ge, Le

from numdeck.model.money import show_money

Amount: TypeAlias = Annotated[Decimal, Ge(0), Le(1_000_000)]
"""An amount in USD that a setting may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLimits:
    """The spend guard, in USD; None for no limit. Beyond a limit the amount has to be typed to order."""

    per_order: Amount | None = None
    """What one order may cost."""
    per_day: Amount | None = None
    """What may be spent in a day, from local midnight, less refunds."""
    low_balance: Amount | None = None
    """Warn when the balance is lower. A balance that does not cover another order like the last always warns."""

    @property
    def guards_orders(self) -> bool:
        """Whether an order's price matters before it is sent."""
        return self.per_order is not None or self.per_day is not None


@dataclass(frozen=True, slots=True)
class LimitExceeded:
    """An order goes beyond a limit: why, and the amount in USD that the operator has to type to order all the same."""

    why: str
    amount: Decimal


def exceeded_limit(price: Decimal | None, spent_today: Decimal, limits: SpendLimits) -> LimitExceeded | None:
    """Tell which limit an order of this price (USD, with markup) goes beyond; None when it stays within all.

    A price that is not known may be any: then the limit itself is what has to be typed.
    """
    if price is None:
        limit = limits.per_order if limits.per_order is not None else limits.per_day
        if limit is None:
            return None
        return LimitExceeded(f"The price is not known, and there is a limit of {show_money(limit)}", limit)
    if limits.per_order is not None and price > limits.per_order:
        return LimitExceeded(
            f"{show_money(price)} is more than the limit of {show_money(limits.per_order)} an order", price
        )
    if limits.per_day is not None and spent_today + price > limits.per_day:
        spent, more, most = show_money(spent_today), show_money(price), show_money(limits.per_day)
        return LimitExceeded(f"{spent} was spent today, and {more} more is beyond the limit of {most} a day", price)
    return None


def balance_warning(balance: Decimal | None, last_price: Decimal | None, limits: SpendLimits) -> str:
    """One sentence when the balance (USD) is low: under the limit, or under what the last order cost; else empty."""
    if balance is None:
        return ""
    if limits.low_balance is not None and balance < limits.low_balance:
        return f"The balance is {show_money(balance)}, under {show_money(limits.low_balance)}: top up the account."
    if last_price is not None and balance < last_price:
        return f"The balance is {show_money(balance)}, and the last order cost {show_money(last_price)}: top it up."
    return ""
