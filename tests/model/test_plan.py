"""What a plan calls for: armed, by itself after a time, or left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.order import Order, Status
from numdeck.model.plan import CancelPlan, PlanStep, armed_words, auto_cancel_at, auto_words, plan_due_at, plan_step
from numdeck.model.record import Code, OrderRecord, Origin
from numdeck.model.span import Span
from numdeck.model.window import CancelReason, CancelRule, CancelWindow, cancel_rule
from tests.model.conftest import MakeOrder

NONE, ARMED, KEPT = CancelPlan.NONE, CancelPlan.ARMED, CancelPlan.KEPT
WAIT, SEND, GIVE_UP = PlanStep.WAIT, PlanStep.SEND, PlanStep.GIVE_UP
WINDOW = CancelWindow()
NOW = 1000.0


@pytest.fixture
def bought_here(make_order: MakeOrder) -> OrderRecord:
    """Bought between the instants 0 and 1."""
    return OrderRecord(order=make_order(), bought=Span(0, 1), first_seen=1, origin=Origin.HERE)


def test_reckoned_from_the_earliest_purchase(bought_here: OrderRecord) -> None:
    assert auto_cancel_at(bought_here, 840) == 840
    assert auto_cancel_at(bought_here, None) is None


@pytest.mark.parametrize("why", ["elsewhere", "rental", "code", "ended"])
def test_some_orders_are_never_cancelled_by_themselves(bought_here: OrderRecord, why: str) -> None:
    order = bought_here.order
    record = {
        "elsewhere": replace(bought_here, origin=Origin.ELSEWHERE),
        "rental": replace(bought_here, order=replace(order, provider="residential_rent")),
        "code": replace(bought_here, codes=(Code("1234", 9),)),
        "ended": replace(bought_here, order=replace(order, status=Status.CANCELED)),
    }[why]
    assert auto_cancel_at(record, 840) is None


@pytest.mark.parametrize(
    ("plan", "reason", "auto_at", "step"),
    [
        (NONE, CancelReason.OPEN, None, WAIT),
        (NONE, CancelReason.OPEN, NOW + 0.1, WAIT),
        (NONE, CancelReason.OPEN, NOW, SEND),
        (NONE, CancelReason.PERHAPS_OPEN, NOW - 100, SEND),
        (NONE, CancelReason.TOO_SOON, NOW, WAIT),
        (NONE, CancelReason.NOT_OFFERED, NOW, WAIT),
        (NONE, CancelReason.NO_NUMBER, NOW, WAIT),
        (NONE, CancelReason.TOO_LATE, NOW, WAIT),
        (NONE, CancelReason.CODE_RECEIVED, NOW, WAIT),
        (ARMED, CancelReason.TOO_SOON, None, WAIT),
        (ARMED, CancelReason.NO_NUMBER, None, WAIT),
        (ARMED, CancelReason.NOT_OFFERED, None, WAIT),
        (ARMED, CancelReason.OPEN, None, SEND),
        (ARMED, CancelReason.PERHAPS_OPEN, None, SEND),
        (ARMED, CancelReason.TOO_LATE, None, GIVE_UP),
        (ARMED, CancelReason.CODE_RECEIVED, None, GIVE_UP),
        (ARMED, CancelReason.RENTAL, None, GIVE_UP),
        (ARMED, CancelReason.ENDED, None, GIVE_UP),
        (KEPT, CancelReason.OPEN, NOW - 100, WAIT),
    ],
)
def test_what_a_plan_calls_for(plan: CancelPlan, reason: CancelReason, auto_at: float | None, step: PlanStep) -> None:
    assert plan_step(plan, CancelRule(reason, NOW + 1), auto_at, NOW) is step


@given(
    age=st.floats(0, 2000),
    uncertainty=st.floats(0, 300),
    plan=st.sampled_from(CancelPlan),
    after=st.none() | st.floats(120, 899),
    can_cancel=st.booleans(),
)
def test_between_now_and_the_next_instant_nothing_is_called_for(
    age: float, uncertainty: float, plan: CancelPlan, after: float | None, can_cancel: bool
) -> None:
    """Whoever sleeps until `plan_due_at` misses nothing but the end of a window in which nothing was offered."""
    order = Order(id="1" * 32, status=Status.WAITING, provider="virtual", phone_number="+1", can_cancel=can_cancel)
    record = OrderRecord(order=order, bought=Span(-uncertainty, 0), first_seen=0, origin=Origin.HERE)
    auto_at = auto_cancel_at(record, after)

    def step(now: float) -> PlanStep:
        return plan_step(plan, cancel_rule(order, record.bought, WINDOW, now), auto_at, now)

    due_at = plan_due_at(plan, cancel_rule(order, record.bought, WINDOW, age), auto_at, age)
    if due_at == age:
        assert step(age) is not WAIT
        return
    assert due_at is None or due_at > age
    sleeps_until = age + 5000 if due_at is None else due_at
    instants = [age, *(age + (sleeps_until - age) * part / 50 for part in range(1, 50))]
    assert all(step(now) in ({WAIT} if can_cancel else {WAIT, GIVE_UP}) for now in instants)
    if due_at is not None and can_cancel:
        assert step(due_at) is SEND


def test_it_is_said_when(bought_here: OrderRecord) -> None:
    assert auto_words(1060, NOW) == "Without a code it is cancelled by itself in 1:00."
    assert auto_words(None, NOW) == ""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (CancelRule(CancelReason.TOO_SOON, NOW + 45), "armed 0:45"),
        (CancelRule(CancelReason.OPEN, NOW + 600), "armed, again…"),
        (CancelRule(CancelReason.PERHAPS_OPEN), "armed, again…"),
        (CancelRule(CancelReason.NO_NUMBER), "armed"),
        (CancelRule(CancelReason.NOT_OFFERED), "armed"),
    ],
)
def test_armed_says_when(rule: CancelRule, words: str) -> None:
    assert armed_words(rule, NOW) == words
