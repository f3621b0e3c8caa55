"""Amounts, the age of the balance, and the limits of the spend guard."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.money import (
    Balance,
    LimitExceeded,
    LowBalance,
    SpendLimits,
    exceeded_limit,
    low_balance,
    parse_money,
    show_money,
)


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("0.15", "0.15"),
        (Decimal("0.00000000"), "0.00000000"),
        (Decimal("1e2"), "100"),
        (Decimal("1.0e-7"), "0.00000010"),
        ("$12.34", "12.34"),
        ('"$12.34"', "12.34"),
        (" $ 12.34 ", "12.34"),
        ("-$1.50", "-1.50"),
        ("$-1.50", "-1.50"),
        ("1,234.50", "1234.50"),
        ("$1,234,567", "1234567"),
        (0.15, "0.15"),
        (0.15 * 1.5, "0.22499999999999998"),
        (3, "3"),
        (0, "0"),
        (Decimal("0.10"), "0.10"),
    ],
)
def test_parse_money(raw: object, amount: str) -> None:
    assert parse_money(raw) == Decimal(amount)


@pytest.mark.parametrize(
    "raw",
    [
        None, "", " ", "$", "free", "nan", "inf", "-Infinity", "1e3", "1e999999", "0x10", "1.2.3", "--1", "1 2", "0,15",
        "1,23,456", ",5", ".5", "5.", "9" * 13, "0." + "1" * 21, True, False, [], {}, float("nan"), float("inf"),
        Decimal("1e999999"), Decimal("-1e-999999"), Decimal("nan"), Decimal("inf"),
    ],
)  # fmt: skip
def test_what_is_no_amount(raw: object) -> None:
    assert parse_money(raw) is None


@pytest.mark.parametrize(
    ("amount", "plain", "signed"),
    [
        (None, "?", "?"),
        (Decimal(0), "$0.00", "$0.00"),
        (Decimal("0.15"), "$0.15", "+$0.15"),
        (Decimal("-3.15"), "−$3.15", "−$3.15"),
        (Decimal("1234567.5"), "$1,234,567.50", "+$1,234,567.50"),
        (Decimal("0.225"), "$0.2250", "+$0.2250"),
        (Decimal("0.30000000000000004"), "$0.30", "+$0.30"),
        (Decimal("0.0025"), "$0.0025", "+$0.0025"),
    ],
)
def test_show_money(amount: Decimal | None, plain: str, signed: str) -> None:
    assert show_money(amount) == plain
    assert show_money(amount, signed=True) == signed


@given(st.decimals(min_value=0, max_value=10**11, places=2))
def test_shown_amounts_can_be_parsed(amount: Decimal) -> None:
    assert parse_money(show_money(amount)) == amount


@given(st.text() | st.floats() | st.integers())
def test_no_value_makes_parsing_fail(raw: object) -> None:
    amount = parse_money(raw)
    assert amount is None or amount.is_finite()


TOLD = 1_750_000_000.0


@pytest.mark.parametrize(
    ("seconds", "is_doubtful", "is_current"),
    [(0, False, True), (120, False, True), (121, False, False), (0, True, False), (-5, True, False)],
)
def test_a_current_balance(seconds: float, is_doubtful: bool, is_current: bool) -> None:
    balance = Balance(Decimal("41.70"), TOLD, is_doubtful=is_doubtful)
    assert balance.is_current(TOLD + seconds) is is_current


def usd(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("price", "spent", "per_order", "per_day", "beyond"),
    [
        ("9.00", "9.00", None, None, None),
        (None, "9.00", None, None, None),
        ("2.00", "0", "2.00", None, None),
        ("2.01", "0", "2.00", None, ("2.01", "2.00", "2.01", None)),
        ("1.00", "4.00", None, "5.00", None),
        ("1.01", "4.00", None, "5.00", ("1.01", "5.00", "1.01", "4.00")),
        ("0", "4.00", "0", None, None),
        ("0.01", "-3.00", None, "0", None),
        ("3.00", "4.00", "2.00", "5.00", ("3.00", "2.00", "3.00", None)),
        (None, "0", "2.00", "5.00", ("2.00", "2.00", None, None)),
        (None, "0", None, "5.00", ("5.00", "5.00", None, None)),
    ],
)
def test_exceeded_limits(
    price: str | None,
    spent: str,
    per_order: str | None,
    per_day: str | None,
    beyond: tuple[str, str, str | None, str | None] | None,
) -> None:
    limits = SpendLimits(per_order=usd(per_order), per_day=usd(per_day))
    expected = None
    if beyond is not None:
        amount, limit, at_price, after = beyond
        expected = LimitExceeded(Decimal(amount), Decimal(limit), usd(at_price), usd(after))
    assert exceeded_limit(usd(price), Decimal(spent), limits) == expected


@pytest.mark.parametrize(
    ("balance", "last_price", "low", "warning"),
    [
        (None, "0.30", "5.00", None),
        ("5.00", "0.30", "5.00", None),
        ("4.99", "0.30", "5.00", LowBalance(Decimal("4.99"), limit=Decimal("5.00"))),
        ("4.99", "0.30", None, None),
        ("0.30", "0.30", None, None),
        ("0.29", "0.30", None, LowBalance(Decimal("0.29"), last_price=Decimal("0.30"))),
        ("0.29", None, None, None),
    ],
)
def test_low_balance(balance: str | None, last_price: str | None, low: str | None, warning: LowBalance | None) -> None:
    assert low_balance(usd(balance), usd(last_price), SpendLimits(low_balance=usd(low))) == warning
