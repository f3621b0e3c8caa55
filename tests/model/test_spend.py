"""The spend guard at each of its limits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.model.spend import SpendLimits, balance_warning, exceeded_limit


def usd(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("price", "spent", "per_order", "per_day", "why", "amount"),
    [
        ("9.00", "9.00", None, None, None, None),
        (None, "9.00", None, None, None, None),
        ("2.00", "0", "2.00", None, None, None),
        ("2.01", "0", "2.00", None, "$2.01 is more than the limit of $2.00 an order", "2.01"),
        ("1.00", "4.00", None, "5.00", None, None),
        ("1.01", "4.00", None, "5.00", "$4.00 was spent today, and $1.01 more is beyond the limit of $5.00", "1.01"),
        ("0", "4.00", "0", None, None, None),
        ("0.01", "-3.00", None, "0", None, None),
        ("3.00", "4.00", "2.00", "5.00", "an order", "3.00"),
        (None, "0", "2.00", "5.00", "The price is not known, and there is a limit of $2.00", "2.00"),
        (None, "0", None, "5.00", "The price is not known, and there is a limit of $5.00", "5.00"),
    ],
)
def test_what_goes_beyond_a_limit_names_it(
    price: str | None, spent: str, per_order: str | None, per_day: str | None, why: str | None, amount: str | None
) -> None:
    beyond = exceeded_limit(usd(price), Decimal(spent), SpendLimits(per_order=usd(per_order), per_day=usd(per_day)))
    if why is None:
        assert beyond is None
    else:
        assert beyond is not None
        assert why in beyond.why
        assert beyond.amount == usd(amount)


@pytest.mark.parametrize(
    ("balance", "last_price", "low", "says"),
    [
        (None, "0.30", "5.00", ""),
        ("5.00", "0.30", "5.00", ""),
        ("4.99", "0.30", "5.00", "under $5.00"),
        ("4.99", "0.30", None, ""),
        ("0.30", "0.30", None, ""),
        ("0.29", "0.30", None, "the last order cost $0.30"),
        ("0.29", None, None, ""),
    ],
)
def test_a_low_balance_is_warned_of(balance: str | None, last_price: str | None, low: str | None, says: str) -> None:
    warning = balance_warning(usd(balance), usd(last_price), SpendLimits(low_balance=usd(low)))
    assert bool(warning) == bool(says)
    assert says in warning
