"""What a plan calls for: armed, by itself after a time, or left alone."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.cancellation import CancelReason, CancelRule, CancelWindow, cancel_rule, learn_too_soon
from numdeck.model.intent import (
    LAST_CHANCE,
    CancelIntent,
    IntentStep,
    PendingCancels,
    again_after,
    armed_send_at,
    armed_sentence,
    armed_words,
    auto_cancel_at,
    auto_words,
    intent_due_at,
    intent_step,
    is_last_chance,
    is_recent_look,
    pending_cancels,
)
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import Code, OrderRecord, Origin
from tests.model.conftest import MakeOrder

NONE, ARMED, KEPT = CancelIntent.NONE, CancelIntent.ARMED, CancelIntent.KEPT
WAIT, SEND, GIVE_UP = IntentStep.WAIT, IntentStep.SEND, IntentStep.GIVE_UP
WINDOW = CancelWindow()
NOW = 1000.0


def opening(reason: CancelReason, earliest: float, latest: float) -> CancelRule:
    """The rule for an order whose window opens between two instants."""
    opens = Interval(earliest, latest)
    return CancelRule(reason, earliest, opens, opens.later(780))


@pytest.fixture
def bought_here(make_order: MakeOrder) -> OrderRecord:
    """Bought between the instants 0 and 1."""
    return OrderRecord(order=make_order(), bought=Interval(0, 1), first_seen=1, origin=Origin.HERE)


def test_reckoned_from_the_earliest_purchase(bought_here: OrderRecord) -> None:
    assert auto_cancel_at(bought_here, 840) == 840
    assert auto_cancel_at(bought_here, None) is None


@pytest.mark.parametrize("why", ["elsewhere", "inferred", "rental", "code", "ended"])
def test_some_orders_are_never_cancelled_by_themselves(bought_here: OrderRecord, why: str) -> None:
    order = bought_here.order
    record = {
        "elsewhere": replace(bought_here, origin=Origin.ELSEWHERE),
        "inferred": replace(bought_here, is_inferred=True),
        "rental": replace(bought_here, order=replace(order, provider="residential_rent")),
        "code": replace(bought_here, codes=(Code("1234", 9),)),
        "ended": replace(bought_here, order=replace(order, status=Status.CANCELED)),
    }[why]
    assert auto_cancel_at(record, 840) is None


@pytest.mark.parametrize(
    ("intent", "reason", "auto_at", "step"),
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
def test_what_a_plan_calls_for(
    intent: CancelIntent, reason: CancelReason, auto_at: float | None, step: IntentStep
) -> None:
    assert intent_step(intent, CancelRule(reason, NOW + 1), auto_at, NOW) is step


@given(
    age=st.floats(0, 2000),
    uncertainty=st.floats(0, 300),
    intent=st.sampled_from(CancelIntent),
    after=st.none() | st.floats(120, 899),
    can_cancel=st.booleans(),
)
def test_between_now_and_the_next_instant_nothing_is_called_for(
    age: float, uncertainty: float, intent: CancelIntent, after: float | None, can_cancel: bool
) -> None:
    """Whoever sleeps until `intent_due_at` misses nothing but the end of a window in which nothing was offered."""
    order = Order(id="1" * 32, status=Status.WAITING, provider="virtual", phone_number="+1", can_cancel=can_cancel)
    record = OrderRecord(order=order, bought=Interval(-uncertainty, 0), first_seen=0, origin=Origin.HERE)
    auto_at = auto_cancel_at(record, after)

    def step(now: float) -> IntentStep:
        return intent_step(intent, cancel_rule(order, record.bought, WINDOW, now), auto_at, now)

    due_at = intent_due_at(intent, cancel_rule(order, record.bought, WINDOW, age), auto_at, age)
    if due_at == age:
        assert step(age) is not WAIT
        return
    assert due_at is None or due_at > age
    sleeps_until = age + 5000 if due_at is None else due_at
    instants = [age, *(age + (sleeps_until - age) * part / 50 for part in range(1, 50))]
    assert all(step(now) in ({WAIT} if can_cancel else {WAIT, GIVE_UP}) for now in instants)
    if due_at is not None and can_cancel:
        assert step(due_at) is SEND


SOON, PERHAPS = CancelReason.TOO_SOON, CancelReason.PERHAPS_OPEN


@pytest.mark.parametrize(
    ("opens", "send_at"),
    [
        (Interval(100, 100), 100),
        (Interval(100, 100.4), 100.4),  # our own purchase: the round trip later it is certain
        (Interval(100, 105), 105),
        (Interval(100, 106), 101.5),  # on the way to certainty, four tries or so
        (Interval(100, 220), 130),
        (Interval(130, 220), 152.5),  # after the "too soon" at 130
        (Interval(216, 220), 220),
        (Interval(0, 3600), 765),  # whatever happens before the window may close
        (Interval.up_to(220), None),
    ],
)
def test_an_armed_cancel_aims_at_the_certain_opening(opens: Interval, send_at: float | None) -> None:
    assert armed_send_at(CancelRule(SOON, opens.earliest, opens, opens.later(780))) == send_at
    assert armed_send_at(CancelRule(CancelReason.RENTAL)) is None


@given(bought_at=st.floats(0, 1), width=st.floats(0, 2000), window_opens=st.floats(60, 400))
def test_a_service_that_keeps_its_own_time_is_asked_few_times_and_cancels_soon(
    bought_at: float, width: float, window_opens: float
) -> None:
    """A purchase somewhere in its bounds, and a window that may open later than the settings say."""
    bought = Interval(-width * bought_at, width * (1 - bought_at))
    now, tries = bought.earliest + 120, 0
    order = Order(id="1" * 32, status=Status.WAITING, provider="virtual", phone_number="+1", can_cancel=True)
    while True:
        rule = cancel_rule(order, bought, WINDOW, now)
        if rule.reason is CancelReason.TOO_LATE:
            return
        due_at = intent_due_at(ARMED, rule, None, now)
        assert due_at is not None
        now = max(now, due_at)
        assert intent_step(ARMED, cancel_rule(order, bought, WINDOW, now), None, now) is SEND
        tries += 1
        if now >= window_opens:
            break
        bought = learn_too_soon(bought, WINDOW, now)
        now += again_after(tries)
    if width <= 5 and window_opens <= 120:
        assert tries == 1
    assert tries <= 80


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (2, 1), (3, 1), (4, 2), (6, 5), (7, 10), (50, 10)])
def test_it_is_tried_again_in_a_second_and_less_often_in_the_long_run(tries: int, seconds: float) -> None:
    assert again_after(tries) == seconds


@pytest.mark.parametrize(
    ("asked_at", "is_recent"), [(NOW, True), (NOW - 10, True), (NOW - 11, False), (NOW - 3600, False), (-inf, False)]
)
def test_only_a_list_that_was_asked_lately_lets_a_plan_cancel(asked_at: float, is_recent: bool) -> None:
    assert is_recent_look(asked_at, NOW) is is_recent


@pytest.mark.parametrize(
    ("closes", "is_last"),
    [
        (None, False),
        (Interval.up_to(NOW), False),
        (Interval(NOW + LAST_CHANCE + 1, NOW + 100), False),
        (Interval(NOW + LAST_CHANCE, NOW + 100), True),
        (Interval(NOW - 100, NOW + 100), True),
    ],
)
def test_the_last_chance_is_before_the_window_may_close(closes: Interval | None, is_last: bool) -> None:
    assert is_last_chance(CancelRule(CancelReason.OPEN, closes=closes), NOW) is is_last


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (opening(SOON, NOW + 45, NOW + 46), "Armed: it will be cancelled in 0:50, when the window opens."),
        (
            opening(SOON, NOW + 20, NOW + 100),
            "Armed: it is tried in 0:40, and again until the window opens, in 1:40 at the latest.",
        ),
        (opening(CancelReason.OPEN, NOW - 1, NOW - 1), "Armed: it is tried again at once."),
        (CancelRule(SOON, NOW + 45), "Armed: it will be cancelled when the window opens."),
    ],
)
def test_arming_says_when(rule: CancelRule, sentence: str) -> None:
    assert armed_sentence(rule, NOW) == sentence


def test_it_is_said_when(bought_here: OrderRecord) -> None:
    assert auto_words(1060) == "Without a code it is cancelled automatically."
    assert auto_words(None) == ""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (opening(CancelReason.TOO_SOON, NOW + 45, NOW + 45), "armed 0:45"),
        (opening(CancelReason.TOO_SOON, NOW + 42, NOW + 45), "armed 0:45"),
        (opening(CancelReason.TOO_SOON, NOW + 30, NOW + 110), "armed ≈0:50"),
        (opening(CancelReason.PERHAPS_OPEN, NOW - 1, NOW + 2), "armed 0:02"),
        (opening(CancelReason.PERHAPS_OPEN, NOW, NOW + 40), "armed ≈0:10"),
        (opening(CancelReason.OPEN, NOW - 1, NOW - 1), "armed, again…"),
        (CancelRule(CancelReason.OPEN, NOW + 600), "armed, again…"),
        (CancelRule(CancelReason.PERHAPS_OPEN), "armed, again…"),
        (CancelRule(CancelReason.NO_NUMBER), "armed"),
        (CancelRule(CancelReason.NOT_OFFERED), "armed"),
    ],
)
def test_armed_says_when(rule: CancelRule, words: str) -> None:
    assert armed_words(rule, NOW) == words


@pytest.mark.parametrize(
    ("intent", "reason", "auto_at", "pending"),
    [
        (ARMED, CancelReason.TOO_SOON, None, PendingCancels(armed=1)),
        (ARMED, CancelReason.TOO_SOON, NOW, PendingCancels(armed=1)),
        (ARMED, CancelReason.NO_NUMBER, None, PendingCancels(armed=1)),
        (ARMED, CancelReason.NOT_OFFERED, None, PendingCancels(armed=1)),
        (ARMED, CancelReason.OPEN, None, PendingCancels(armed=1)),
        (ARMED, CancelReason.TOO_LATE, None, PendingCancels()),
        (ARMED, CancelReason.CODE_RECEIVED, None, PendingCancels()),
        (NONE, CancelReason.OPEN, NOW, PendingCancels(automatic=1)),
        (NONE, CancelReason.TOO_SOON, NOW, PendingCancels(automatic=1)),
        (NONE, CancelReason.TOO_LATE, NOW, PendingCancels()),
        (NONE, CancelReason.OPEN, None, PendingCancels()),
        (KEPT, CancelReason.OPEN, NOW, PendingCancels()),
    ],
)
def test_what_is_cancelled_only_while_numdeck_runs(
    intent: CancelIntent, reason: CancelReason, auto_at: float | None, pending: PendingCancels
) -> None:
    order = (intent, CancelRule(reason), auto_at)
    assert pending_cancels([order]) == pending
    assert pending_cancels([order, order]) == PendingCancels(2 * pending.armed, 2 * pending.automatic)
