"""What came of a cancellation: the order's own status says it, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.model.order import Status
from numdeck.model.outcome import CancelOutcome, cancel_outcome, money_back
from tests.model.conftest import MakeOrder

PENDING, MONEY_BACK = CancelOutcome.PENDING, CancelOutcome.MONEY_BACK
CODE_FIRST, ENDED = CancelOutcome.CODE_FIRST, CancelOutcome.ENDED


@pytest.mark.parametrize(
    ("status", "without_code", "with_code"),
    [
        (Status.NEW, PENDING, CODE_FIRST),
        (Status.WAITING, PENDING, CODE_FIRST),
        (Status.CALCULATION, PENDING, CODE_FIRST),
        (Status.UNKNOWN, PENDING, CODE_FIRST),
        (Status.SUCCESS, CODE_FIRST, CODE_FIRST),
        (Status.CANCELED, MONEY_BACK, MONEY_BACK),
        (Status.REFUND, MONEY_BACK, MONEY_BACK),
        (Status.NOT_SMS_CODE, ENDED, CODE_FIRST),
        (Status.ENDED, ENDED, CODE_FIRST),
    ],
)
def test_what_came_of_it(
    make_order: MakeOrder, status: Status, without_code: CancelOutcome, with_code: CancelOutcome
) -> None:
    assert cancel_outcome(make_order(status=status)) is without_code
    assert cancel_outcome(make_order(status=status, codes=("1",))) is with_code


@pytest.mark.parametrize(
    ("status", "price", "expenses", "back"),
    [
        (Status.WAITING, "0.22", None, "0"),
        (Status.SUCCESS, "0.22", "0.22", "0"),
        (Status.CANCELED, "0.22", None, "0.22"),
        (Status.REFUND, "0.22", "0.05", "0.17"),
        (Status.REFUND, None, "0.05", None),
    ],
)
def test_what_money_came_back(
    make_order: MakeOrder, status: Status, price: str | None, expenses: str | None, back: str | None
) -> None:
    amounts = [None if text is None else Decimal(text) for text in (price, expenses, back)]
    assert money_back(make_order(status=status, price=amounts[0], expenses=amounts[1])) == amounts[2]
