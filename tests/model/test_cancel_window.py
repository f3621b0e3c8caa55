"""When an order may be cancelled: every boundary of the window, for a purchase at instant 0 and less certain ones."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.cancel_window import (
    CancelReason,
    CancelRule,
    CancelWindow,
    cancel_rule,
    learn_too_late,
    learn_too_soon,
)
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from tests.model.conftest import MakeOrder

WINDOW = CancelWindow()
EXACT = Interval(0, 0)
BETWEEN_POLLS = Interval(0, 5)
THERE_AT_THE_START = Interval.up_to(0)
JUST = 1e-6

TOO_SOON, OPEN, PERHAPS, TOO_LATE = (
    CancelReason.TOO_SOON,
    CancelReason.OPEN,
    CancelReason.PERHAPS_OPEN,
    CancelReason.TOO_LATE,
)

instants = st.floats(min_value=1.6e9, max_value=2.1e9)


@st.composite
def spans(draw: st.DrawFn) -> Interval:
    latest = draw(instants)
    return Interval(latest - draw(st.just(math.inf) | st.floats(0, 2000)), latest)


@pytest.mark.parametrize(
    ("bought", "age", "reason", "changes_at"),
    [
        (EXACT, 0, TOO_SOON, 120),
        (EXACT, 119, TOO_SOON, 120),
        (EXACT, 120 - JUST, TOO_SOON, 120),
        (EXACT, 120, OPEN, 900),
        (EXACT, 899, OPEN, 900),
        (EXACT, 900, OPEN, 900),
        (EXACT, 900 + JUST, TOO_LATE, None),
        (BETWEEN_POLLS, 119, TOO_SOON, 120),
        (BETWEEN_POLLS, 120, PERHAPS, 125),
        (BETWEEN_POLLS, 125 - JUST, PERHAPS, 125),
        (BETWEEN_POLLS, 125, OPEN, 900),
        (BETWEEN_POLLS, 900, OPEN, 900),
        (BETWEEN_POLLS, 900 + JUST, PERHAPS, 905),
        (BETWEEN_POLLS, 905, PERHAPS, 905),
        (BETWEEN_POLLS, 905 + JUST, TOO_LATE, None),
        (THERE_AT_THE_START, 0, PERHAPS, 120),
        (THERE_AT_THE_START, 120, PERHAPS, 900),
        (THERE_AT_THE_START, 900, PERHAPS, 900),
        (THERE_AT_THE_START, 900 + JUST, TOO_LATE, None),
        (Interval(0, 1000), 500, PERHAPS, 1120),
        (Interval(0, 1000), 1120, PERHAPS, 1900),
        (Interval(0, 1000), 1900 + JUST, TOO_LATE, None),
    ],
)
def test_the_window_forbids_only_what_is_certain(
    make_order: MakeOrder, bought: Interval, age: float, reason: CancelReason, changes_at: float | None
) -> None:
    rule = cancel_rule(make_order(), bought, WINDOW, age)
    assert (rule.reason, rule.changes_at) == (reason, changes_at)
    assert (rule.opens, rule.closes) == (bought.later(120), bought.later(900))
    assert rule.allowed is (reason in {OPEN, PERHAPS})


@pytest.mark.parametrize(("seconds", "reason"), [(59, TOO_SOON), (60, TOO_SOON), (61, PERHAPS), (3600, PERHAPS)])
def test_a_purchase_in_the_future_is_of_unknown_time(
    make_order: MakeOrder, seconds: float, reason: CancelReason
) -> None:
    assert cancel_rule(make_order(), Interval(seconds, seconds + 1), WINDOW, 0.0).reason is reason
    refused = cancel_rule(make_order(can_cancel=False), Interval(3600, 3601), WINDOW, 0.0)
    assert refused.reason is CancelReason.NOT_OFFERED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"codes": ("12345",)}, CancelReason.CODE_RECEIVED),
        ({"status": Status.SUCCESS}, CancelReason.CODE_RECEIVED),
        ({"status": Status.CANCELED, "codes": ("12345",)}, CancelReason.CODE_RECEIVED),
        ({"provider": "residential_rent"}, CancelReason.RENTAL),
        ({"provider": "virtual_rent"}, CancelReason.RENTAL),
        ({"provider": "residential_rent", "codes": ("12345",)}, CancelReason.CODE_RECEIVED),
        ({"status": Status.CANCELED}, CancelReason.ENDED),
        ({"status": Status.REFUND}, CancelReason.ENDED),
        ({"status": Status.NOT_SMS_CODE}, CancelReason.ENDED),
        ({"status": Status.CALCULATION}, CancelReason.ENDED),
        ({"status": Status.NEW, "phone_number": None}, CancelReason.NO_NUMBER),
    ],
)
@pytest.mark.parametrize("age", [0, 120, 500, 901])
def test_some_orders_are_never_cancelled_whatever_the_time(
    make_order: MakeOrder, changes: dict[str, object], reason: CancelReason, age: float
) -> None:
    rule = cancel_rule(make_order(**changes), EXACT, WINDOW, age)
    assert rule == CancelRule(reason, None)
    assert not rule.allowed


@pytest.mark.parametrize(
    ("age", "reason"),
    [(119, TOO_SOON), (120, CancelReason.NOT_OFFERED), (900, CancelReason.NOT_OFFERED), (901, TOO_LATE)],
)
def test_both_service_and_window_must_allow_it(make_order: MakeOrder, age: float, reason: CancelReason) -> None:
    assert cancel_rule(make_order(can_cancel=False), EXACT, WINDOW, age).reason is reason


@pytest.mark.parametrize("status", [Status.WAITING, Status.UNKNOWN])
def test_an_unknown_status_forbids_nothing(make_order: MakeOrder, status: Status) -> None:
    assert cancel_rule(make_order(status=status), EXACT, WINDOW, 500).allowed


@pytest.mark.parametrize(
    ("bought", "asked_at", "learnt"),
    [
        (THERE_AT_THE_START, 30, Interval(-90, 0)),
        (BETWEEN_POLLS, 123, Interval(3, 5)),
        (BETWEEN_POLLS, 100, BETWEEN_POLLS),
        (BETWEEN_POLLS, 200, Interval(80, 80)),
        (Interval(100, 105), 100, Interval(100, 105)),
        (Interval(101, 105), 100, Interval(-20, 100)),
    ],
    ids=["unknown", "tightened", "nothing new", "contradicted", "at once", "in the future"],
)
def test_too_soon_raises_the_lower_bound(bought: Interval, asked_at: float, learnt: Interval) -> None:
    assert learn_too_soon(bought, WINDOW, asked_at) == learnt


@pytest.mark.parametrize(
    ("bought", "answered_at", "earliest", "latest"),
    [
        (THERE_AT_THE_START, 500, -math.inf, -400),
        (BETWEEN_POLLS, 903, 0, 3),
        (BETWEEN_POLLS, 2000, 0, 5),
        (BETWEEN_POLLS, 600, -300, -300),
    ],
    ids=["unknown", "tightened", "nothing new", "contradicted"],
)
def test_too_late_lowers_the_upper_bound(bought: Interval, answered_at: float, earliest: float, latest: float) -> None:
    learnt = learn_too_late(bought, WINDOW, answered_at)
    assert learnt.earliest == pytest.approx(earliest)
    assert learnt.latest == pytest.approx(latest)


ALIVE = Order(id="1", status=Status.WAITING, provider="virtual", can_cancel=True)


@given(spans(), instants)
def test_after_too_late_the_window_stays_closed(bought: Interval, answered_at: float) -> None:
    learnt = learn_too_late(bought, WINDOW, answered_at)
    assert cancel_rule(ALIVE, learnt, WINDOW, answered_at).reason is TOO_LATE


@given(spans(), instants)
def test_before_too_soon_it_was_too_soon(bought: Interval, sent_at: float) -> None:
    learnt = learn_too_soon(bought, WINDOW, sent_at)
    assert cancel_rule(ALIVE, learnt, WINDOW, sent_at - 1).reason is TOO_SOON


@given(spans(), st.floats(0, 4000))
def test_the_reason_holds_until_changes_at(bought: Interval, age: float) -> None:
    now = bought.latest + age - 1500
    rule = cancel_rule(ALIVE, bought, WINDOW, now)
    if rule.changes_at is not None:
        assert rule.changes_at >= now
        assert cancel_rule(ALIVE, bought, WINDOW, (now + rule.changes_at) / 2).reason is rule.reason


@given(spans(), st.floats(0, 1), st.floats(-10, 2000))
def test_certain_reasons_hold_for_every_possible_purchase(bought: Interval, where: float, age: float) -> None:
    earliest = max(bought.earliest, bought.latest - 10_000)
    truth = earliest + (bought.latest - earliest) * where
    truth = min(max(truth, bought.earliest), bought.latest)
    now = bought.latest + age
    said, true = (cancel_rule(ALIVE, span, WINDOW, now).reason for span in (bought, Interval(truth, truth)))
    assert said in {true, PERHAPS}


@pytest.mark.parametrize("closes_after", [119.0, 120.0])
def test_a_window_must_not_be_empty(closes_after: float) -> None:
    with pytest.raises(ValueError, match=r"^closes_after must be later than opens_after$"):
        CancelWindow(opens_after=120.0, closes_after=closes_after)
