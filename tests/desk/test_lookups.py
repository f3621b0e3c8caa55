"""When orders and the history are looked up, case by case."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.desk.lookups import (
    HISTORY_AFTER_A_LOSS,
    HISTORY_AGAIN,
    HISTORY_EVERY,
    HistorySchedule,
    after_a_look,
    cancel_again,
    cancel_failure,
)
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancellation import CancelFailure, CancelStep, FailureKind
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord
from numdeck.model.resolve import RECORDED_WITHIN

NOW = 1_000_000.0
RECORD = OrderRecord(order=Order(id="a", status=Status.WAITING), bought=Interval.up_to(NOW), first_seen=NOW)
LISTED = Entry(record=RECORD, phase=Phase.LISTED, last_seen_active_at=NOW)
ENDED = replace(
    LISTED, phase=Phase.ENDED, record=replace(RECORD, order=Order(id="a", status=Status.SUCCESS), ended_at=NOW)
)


def read_at(asked_at: float) -> HistorySchedule:
    schedule = HistorySchedule()
    schedule.answered(asked_at)
    return schedule


@pytest.mark.parametrize(
    ("phase", "count", "delay"),
    [
        (Phase.FOLLOWING, 0, 1),
        (Phase.FOLLOWING, 6, 60),
        (Phase.FOLLOWING, 99, 60),
        (Phase.ASSIGNING, 0, 2),
        (Phase.ASSIGNING, 3, 10),
        (Phase.ASSIGNING, 99, 60),
    ],
)
def test_looks_in_vain_become_rarer(phase: Phase, count: int, delay: float) -> None:
    after = after_a_look(replace(LISTED, phase=phase, lookup_count=count), NOW)
    assert (after.next_lookup_at, after.lookup_count) == (NOW + delay, count + 1)


@pytest.mark.parametrize(
    ("before", "after", "can_cancel", "count", "kind"),
    [
        (CancelStep.UNSURE, CancelStep.UNSURE, True, 0, FailureKind.LOST),
        (CancelStep.UNSURE, CancelStep.UNSURE, False, 0, None),
        (CancelStep.UNSURE, CancelStep.UNSURE, None, 9, None),
        (CancelStep.SENDING, CancelStep.UNSURE, True, 0, None),
        (CancelStep.REQUESTED, CancelStep.REQUESTED, True, 5, None),
        (CancelStep.REQUESTED, CancelStep.REQUESTED, True, 6, FailureKind.IGNORED),
        (CancelStep.UNSURE, CancelStep.NONE, True, 9, None),
    ],
)
def test_a_cancel_request_that_came_to_nothing(
    before: CancelStep, after: CancelStep, can_cancel: bool | None, count: int, kind: FailureKind | None
) -> None:
    record = replace(RECORD, order=replace(RECORD.order, can_cancel=can_cancel))
    now = replace(LISTED, record=record, cancel=after, lookup_count=count)
    assert cancel_failure(replace(LISTED, cancel=before), now) is kind


@pytest.mark.parametrize(("phase", "next_at"), [(Phase.LISTED, None), (Phase.FOLLOWING, NOW)])
def test_it_can_be_cancelled_again(phase: Phase, next_at: float | None) -> None:
    entry = replace(LISTED, phase=phase, cancel=CancelStep.UNSURE, next_lookup_at=NOW, lookup_count=3)
    again = cancel_again(entry, FailureKind.LOST)
    assert (again.cancel, again.failure) == (CancelStep.NONE, CancelFailure(FailureKind.LOST))
    assert (again.next_lookup_at, again.lookup_count) == (next_at, 0)


@pytest.mark.parametrize(
    ("asked_at", "lost_at", "entry", "due_at"),
    [
        (NOW - 10, None, LISTED, NOW - 10 + HISTORY_EVERY),
        (NOW - 10, NOW - 5, LISTED, NOW - 5 + HISTORY_AFTER_A_LOSS),
        (NOW - 10, NOW - 15, LISTED, NOW - 10 + HISTORY_AGAIN),
        (NOW - 10, None, ENDED, NOW - 10 + HISTORY_AGAIN),
        (NOW + 1, None, ENDED, NOW + RECORDED_WITHIN),
        (NOW + RECORDED_WITHIN, None, ENDED, NOW + RECORDED_WITHIN + HISTORY_EVERY),
    ],
)
def test_the_history_is_due_for_the_earliest_reason(
    asked_at: float, lost_at: float | None, entry: Entry, due_at: float
) -> None:
    assert read_at(asked_at).due_in([LISTED, entry], lost_at, now=NOW, monotonic=0.0) == due_at - NOW


def test_expenses_that_are_known_call_for_nothing() -> None:
    order = replace(ENDED.record.order, expenses=Decimal(0))
    entry = replace(ENDED, record=replace(ENDED.record, order=order))
    assert read_at(NOW - 10).due_in([entry], None, now=NOW, monotonic=0.0) == HISTORY_EVERY - 10


def test_orders_in_calculation_are_looked_for_less_and_less_often() -> None:
    schedule = read_at(NOW)
    intervals = []
    for _ in range(6):
        schedule.note_unfinished(frozenset({"a"}))
        intervals.append(schedule.due_in([], None, now=NOW, monotonic=0.0))
    assert intervals == [20, 40, 80, 160, 300, 300]
    schedule.note_unfinished(frozenset({"a", "b"}))
    assert schedule.due_in([], None, now=NOW, monotonic=0.0) == HISTORY_AGAIN
    schedule.note_unfinished(frozenset())
    assert schedule.due_in([], None, now=NOW, monotonic=0.0) == HISTORY_EVERY


def test_a_failed_request_bars_the_next_one_for_a_while() -> None:
    schedule = HistorySchedule()
    assert schedule.due_in([], None, now=NOW, monotonic=5.0) == -math.inf
    for _ in range(2):
        schedule.begin(5.0)
        schedule.failed()
    assert schedule.due_in([], None, now=NOW, monotonic=5.0) == HISTORY_AGAIN
    assert not schedule.may_read(5.0 + HISTORY_AGAIN - 0.1)
    assert schedule.may_read(5.0 + HISTORY_AGAIN)
    assert not schedule.is_known
    schedule.failed()
    assert schedule.is_known


@pytest.mark.parametrize(
    ("phase", "count", "asked_at", "is_for"),
    [
        (Phase.FOLLOWING, 0, NOW - 30, True),
        (Phase.FOLLOWING, 0, NOW, False),
        (Phase.FOLLOWING, 3, NOW - 10, True),
        (Phase.FOLLOWING, 4, NOW - 10, False),
        (Phase.FOLLOWING, 4, NOW - 20, True),
        (Phase.ASSIGNING, 4, NOW - 30, False),
        (Phase.ASSIGNING, 5, NOW - 30, True),
    ],
)
def test_the_history_is_read_for_an_order_without_detail(
    phase: Phase, count: int, asked_at: float, is_for: bool
) -> None:
    entry = replace(LISTED, phase=phase, lookup_count=count)
    assert read_at(asked_at).is_for(entry, since=NOW - 5, now=NOW, monotonic=0.0) is is_for
