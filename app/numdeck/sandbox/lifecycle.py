"""The states that an order goes through, as pure functions of the order and the time.

An `Order` is immutable; each step returns the next one. Times are epoch seconds of sandbox time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from numdeck.model.request import PERIOD_MINUTES, Period, Provider
from numdeck.sandbox import refusals

CANCEL_OPENS: Final = 2 * 60
"""Seconds after the purchase from which an order may be cancelled ("Cancellation Rules by Provider")."""

CANCEL_CLOSES: Final = 15 * 60
"""Seconds after the purchase from which an order may no longer be cancelled ("Cancellation Rules by Provider")."""


class Status(StrEnum):
    """An order's state: "Possible Statuses", `waiting`, and the undocumented `new` (no number yet)."""

    NEW = "new"
    WAITING = "waiting"
    CALCULATION = "calculation"
    SUCCESS = "success"
    CANCELED = "canceled"
    REFUND = "refund"
    NOT_SMS_CODE = "not_sms_code"


UNFINISHED: Final = frozenset({Status.NEW, Status.WAITING, Status.CALCULATION})
"""The states that change with time."""

FREE: Final = frozenset({Status.CANCELED, Status.REFUND})
"""The states in which the price was refunded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A code that the carrier is to deliver."""

    at: float
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will happen to an order, decided at its purchase."""

    arrivals: tuple[Arrival, ...] = ()
    """Codes still to come, earliest first."""
    calculation_seconds: float = 0.0
    """How long the order stays in `calculation` before its final state; 0 skips it."""
    without_code: Status = Status.NOT_SMS_CODE
    """The final state if no code arrives in time: `not_sms_code` is charged, `refund` is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order, with what the API shows of it and what it does not."""

    id: UUID
    provider: Provider
    period: Period
    service_code: str
    country_code: str
    price: Decimal
    phone_number: str
    bought_at: float
    assigned_at: float
    """When the number is assigned; later than `bought_at` only for a purchase answered with `new`."""
    plan: Plan
    fraud_score: int | None = None
    status: Status = Status.WAITING
    codes: tuple[str, ...] = ()
    verdict: Status = Status.SUCCESS
    """The state that follows `calculation`."""
    calculated_at: float = math.inf

    @property
    def is_rental(self) -> bool:
        """Whether the number is kept for days and may get several codes."""
        return self.provider is Provider.RESIDENTIAL_RENT

    @property
    def ends_at(self) -> float:
        """When the rental period is over."""
        return self.bought_at + PERIOD_MINUTES[self.period] * 60

    @property
    def expenses(self) -> Decimal:
        """What the order costs, in USD."""
        return Decimal("0.00") if self.status in FREE else self.price

    @property
    def can_cancel(self) -> bool:
        """The API's flag: true from the purchase on, two minutes before the window opens."""
        return self.status in {Status.NEW, Status.WAITING} and not self.codes and not self.is_rental

    @property
    def can_extend(self) -> bool:
        """Whether the rental may be extended."""
        return self.status is Status.WAITING and self.is_rental


def advance(order: Order, now: float) -> Order:
    """Return the order as it is at `now`, with the codes and the end that were due."""
    if order.status is Status.NEW and order.assigned_at <= now:
        order = replace(order, status=Status.WAITING)
    while order.status is Status.WAITING and (arrival := _due(order, now)) is not None:
        order = replace(order, plan=replace(order.plan, arrivals=order.plan.arrivals[1:]))
        order = receive(order, arrival.code, max(arrival.at, order.assigned_at))
    if order.status is Status.WAITING and order.ends_at <= now:
        order = close(order, Status.SUCCESS if order.codes else order.plan.without_code, order.ends_at)
    if order.status is Status.CALCULATION and order.calculated_at <= now:
        order = replace(order, status=order.verdict)
    return order


def _due(order: Order, now: float) -> Arrival | None:
    if not order.plan.arrivals:
        return None
    arrival = order.plan.arrivals[0]
    return arrival if arrival.at <= now and arrival.at < order.ends_at else None


def receive(order: Order, code: str, at: float) -> Order:
    """Return a waiting order with one more code, which ends a one-time number."""
    order = replace(order, codes=(*order.codes, code))
    return order if order.is_rental else close(order, Status.SUCCESS, at)


def close(order: Order, verdict: Status, at: float) -> Order:
    """Return the order in its final state, or first in `calculation` if its plan says so."""
    if order.plan.calculation_seconds > 0:
        until = at + order.plan.calculation_seconds
        return replace(order, status=Status.CALCULATION, verdict=verdict, calculated_at=until)
    return replace(order, status=verdict)


def cancel(order: Order, now: float) -> Order:
    """Return the order, canceled by its owner.

    Raises `RefusedError` for a rental, after a code, before 2 and from 15 minutes after the purchase ("Cancellation
    Rules by Provider"). The order must have been advanced at `now`.
    """
    if order.is_rental:
        raise refusals.cancel_rental()
    if order.codes:
        raise refusals.cancel_after_code()
    if order.status is Status.CANCELED:
        raise refusals.cancel_again()
    age = now - order.bought_at
    if age < CANCEL_OPENS:
        raise refusals.cancel_too_soon()
    if age >= CANCEL_CLOSES or order.status is not Status.WAITING:
        raise refusals.cancel_too_late()
    return replace(order, status=Status.CANCELED)
