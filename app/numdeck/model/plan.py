"""Cancelling without a key press: what was decided for an order, and when that calls for something."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Final

from numdeck.model.duration import show_until
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.window import CancelReason, CancelRule


class CancelPlan(StrEnum):
    """What is to become of an order.

    `NONE`: nobody said; it is cancelled by itself where the settings say so. `ARMED`: it is cancelled as soon as the
    window allows. `KEPT`: it is left alone.
    """

    NONE = "none"
    ARMED = "armed"
    KEPT = "kept"


class PlanStep(Enum):
    """What a plan calls for at one moment."""

    WAIT = "wait"
    SEND = "send"
    GIVE_UP = "give up"


_MAY_YET_BE_ALLOWED: Final = frozenset({CancelReason.TOO_SOON, CancelReason.NO_NUMBER, CancelReason.NOT_OFFERED})


def auto_cancel_at(record: OrderRecord, after: float | None) -> float | None:
    """When an order is cancelled by itself unless a code comes, epoch seconds; None for never.

    `after` is how long after the purchase, in seconds, None where it is not wanted. Reckoned from the earliest possible
    purchase, so that it is never later than set. What somebody else bought is theirs.
    """
    if after is None or record.origin is not Origin.HERE or record.order.is_rental or record.codes or record.is_ended:
        return None
    return record.bought.earliest + after


def plan_step(plan: CancelPlan, rule: CancelRule, auto_at: float | None, now: float) -> PlanStep:
    """Tell what a plan calls for at `now`, epoch seconds, under `rule`; `auto_at` is as `auto_cancel_at` tells it."""
    match plan:
        case CancelPlan.ARMED if rule.allowed:
            return PlanStep.SEND
        case CancelPlan.ARMED if rule.reason not in _MAY_YET_BE_ALLOWED:
            return PlanStep.GIVE_UP
        case CancelPlan.NONE if auto_at is not None and now >= auto_at and rule.allowed:
            return PlanStep.SEND
        case _:
            return PlanStep.WAIT


def plan_due_at(plan: CancelPlan, rule: CancelRule, auto_at: float | None, now: float) -> float | None:
    """When time alone makes a plan call for something, epoch seconds; `now` if it does already, None for never."""
    if plan_step(plan, rule, auto_at, now) is not PlanStep.WAIT:
        return now
    opens_at = rule.changes_at if rule.reason is CancelReason.TOO_SOON else None
    if plan is CancelPlan.ARMED:
        return opens_at
    if plan is CancelPlan.KEPT or auto_at is None:
        return None
    due_at = max(auto_at, opens_at or auto_at)
    return due_at if due_at > now else None


def auto_words(auto_at: float | None, now: float) -> str:
    """Say that an order will be cancelled by itself; nothing if it will not."""
    return "" if auto_at is None else f"Without a code it is cancelled by itself in {show_until(auto_at - now)}."


def armed_words(rule: CancelRule, now: float) -> str:
    """Say of an armed order when it is cancelled: in so long; again, where that did not get through; or not when."""
    if rule.reason is CancelReason.TOO_SOON:
        return f"armed {rule.text(now).removeprefix('opens in ')}"
    return "armed, again…" if rule.allowed else "armed"
