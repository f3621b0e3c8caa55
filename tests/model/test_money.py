"""Amounts: read from whatever they come as, and never invented."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.money import parse_money, show_money


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
def test_an_amount_is_read(raw: object, amount: str) -> None:
    assert parse_money(raw) == Decimal(amount)


@pytest.mark.parametrize(
    "raw",
    [
        None, "", " ", "$", "free", "nan", "inf", "-Infinity", "1e3", "1e999999", "0x10", "1.2.3", "--1", "1 2", "0,15",
        "1,23,456", ",5", ".5", "5.", "9" * 13, "0." + "1" * 21, True, False, [], {}, float("nan"), float("inf"),
        Decimal("1e999999"), Decimal("-1e-999999"), Decimal("nan"), Decimal("inf"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_unknown(raw: object) -> None:
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
def test_how_it_is_shown(amount: Decimal | None, plain: str, signed: str) -> None:
    assert show_money(amount) == plain
    assert show_money(amount, signed=True) == signed


@given(st.decimals(min_value=0, max_value=10**11, places=2))
def test_what_is_shown_can_be_read(amount: Decimal) -> None:
    assert parse_money(show_money(amount)) == amount


@given(st.text() | st.floats() | st.integers())
def test_nothing_makes_it_fail(raw: object) -> None:
    amount = parse_money(raw)
    assert amount is None or amount.is_finite()
