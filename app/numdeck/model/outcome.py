"""What came of a cancellation that was asked for, and what money came back."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from numdeck.model.order import Order, Status


class CancelOutcome(Enum):
    """How a cancellation stands, as far as the order itself tells."""

    PENDING = "pending"
    MONEY_BACK = "money back"
    CODE_FIRST = "code first"
    ENDED = "ended"
    """The order ended in another way: neither by the cancellation nor by a code."""


def cancel_outcome(order: Order) -> CancelOutcome:
    """Tell what came of a cancellation. Only the service's own word for the order counts as done."""
    if order.status.is_refunded:
        return CancelOutcome.MONEY_BACK
    if order.codes or order.status is Status.SUCCESS:
        return CancelOutcome.CODE_FIRST
    return CancelOutcome.ENDED if order.status.is_final else CancelOutcome.PENDING


def money_back(order: Order) -> Decimal | None:
    """How much of its price came back for an order, in USD: nothing unless that is confirmed, None when unknown."""
    if not order.status.is_refunded:
        return Decimal(0)
    return None if order.price is None else order.price - (order.expenses or 0)
