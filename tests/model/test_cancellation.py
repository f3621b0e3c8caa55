"""Cancelling an order: what was decided, when a request is sent, and one value that says it all."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from numdeck.model.cancel_window import (
    CancelReason,
    CancelRule,
    CancelWindow,
    cancel_rule,
    learn_too_soon,
)
from numdeck.model.cancellation import (
    CancelIntent,
    Cancellation,
    CancelOutcome,
    CancelPress,
    CancelStep,
    IntentStep,
    PendingCancels,
    again_after,
    armed_send_at,
    auto_cancel_at,
    cancel_outcome,
    cancellation_of,
    intent_due_at,
    intent_step,
    is_recent_look,
    pending_cancels,
)
from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin
from tests.model.conftest import MakeOrder

WINDOW = CancelWindow()
TOO_SOON, PERHAPS = CancelReason.TOO_SOON, CancelReason.PERHAPS_OPEN
ALIVE = Order(id="1", status=Status.WAITING, provider="virtual", can_cancel=True)
NONE, ARMED, KEPT = CancelIntent.NONE, CancelIntent.ARMED, CancelIntent.KEPT
WAIT, SEND, GIVE_UP = IntentStep.WAIT, IntentStep.SEND, IntentStep.GIVE_UP
NOW = 1000.0


def opening(reason: CancelReason, earliest: float, latest: float) -> CancelRule:
    """The rule for an order whose window opens between two instants."""
    opens = Interval(earliest, latest)
    return CancelRule(reason, earliest, opens, opens.later(780))


@pytest.fixture
def bought_here(make_order: MakeOrder) -> OrderRecord:
    """Bought between the instants 0 and 1."""
    return OrderRecord(order=make_order(), bought=Interval(0, 1), first_seen=1, origin=Origin.HERE)


def test_automatic_cancelling_counts_from_the_earliest_purchase(bought_here: OrderRecord) -> None:
    assert auto_cancel_at(bought_here, 840) == 840
    assert auto_cancel_at(bought_here, None) is None
    assert auto_cancel_at(replace(bought_here, bought=Interval.up_to(1)), 840) == 0


@pytest.mark.parametrize("why", ["elsewhere", "inferred", "rental", "code", "ended"])
def test_some_orders_are_never_cancelled_automatically(bought_here: OrderRecord, why: str) -> None:
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
        (NONE, TOO_SOON, NOW, WAIT),
        (NONE, CancelReason.NOT_OFFERED, NOW, WAIT),
        (NONE, CancelReason.NO_NUMBER, NOW, WAIT),
        (NONE, CancelReason.TOO_LATE, NOW, WAIT),
        (NONE, CancelReason.CODE_RECEIVED, NOW, WAIT),
        (ARMED, TOO_SOON, None, WAIT),
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
def test_what_the_intent_calls_for(
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
def test_nothing_is_due_before_due_at(
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
    assert armed_send_at(CancelRule(TOO_SOON, opens.earliest, opens, opens.later(780))) == send_at
    assert armed_send_at(CancelRule(CancelReason.RENTAL)) is None


@given(bought_at=st.floats(0, 1), width=st.floats(0, 2000), window_opens=st.floats(60, 400))
def test_a_late_opening_takes_few_requests(bought_at: float, width: float, window_opens: float) -> None:
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
def test_requests_are_repeated_less_and_less_often(tries: int, seconds: float) -> None:
    assert again_after(tries) == seconds


@pytest.mark.parametrize(
    ("asked_at", "is_recent"), [(NOW, True), (NOW - 10, True), (NOW - 11, False), (NOW - 3600, False), (-inf, False)]
)
def test_only_a_recent_list_counts(asked_at: float, is_recent: bool) -> None:
    assert is_recent_look(asked_at, NOW) is is_recent


SENDING, UNSURE, REQUESTED = CancelStep.SENDING, CancelStep.UNSURE, CancelStep.REQUESTED
ASK, ARM, DISARM, REFUSE = CancelPress


def at(
    age: float,
    record: OrderRecord,
    intent: CancelIntent = NONE,
    step: CancelStep = CancelStep.NONE,
    automatic_after: float | None = None,
) -> Cancellation:
    """The cancellation of an order that was bought between the instants 0 and 1, at `age`."""
    return cancellation_of(record, intent, step, window=WINDOW, automatic_after=automatic_after, now=age)


@pytest.mark.parametrize(
    ("age", "intent", "step", "press", "allowed", "changes_at", "flags"),
    [
        (60, NONE, CancelStep.NONE, ARM, False, 120, "certain"),
        (60, ARMED, CancelStep.NONE, DISARM, False, 120, "certain armed pending"),
        (60, KEPT, CancelStep.NONE, ARM, False, 120, "certain kept"),
        (120.5, NONE, CancelStep.NONE, ASK, True, 121, ""),
        (120.5, ARMED, CancelStep.NONE, DISARM, True, 121, "armed pending"),
        (500, NONE, CancelStep.NONE, ASK, True, 900, "certain"),
        (500, KEPT, CancelStep.NONE, ASK, True, 900, "certain kept"),
        (500, NONE, SENDING, REFUSE, True, 900, "certain under way"),
        (500, ARMED, UNSURE, REFUSE, True, 900, "certain armed under way"),
        (500, NONE, REQUESTED, REFUSE, True, 900, "certain under way"),
        (900.5, NONE, CancelStep.NONE, ASK, True, 901, ""),
        (902, NONE, CancelStep.NONE, REFUSE, False, None, "certain"),
        (902, ARMED, CancelStep.NONE, DISARM, False, None, "certain armed"),
    ],
)
def test_one_value_answers_for_an_open_order(
    bought_here: OrderRecord,
    age: float,
    intent: CancelIntent,
    step: CancelStep,
    press: CancelPress,
    allowed: bool,
    changes_at: float | None,
    flags: str,
) -> None:
    value = at(age, bought_here, intent, step)
    said = {
        "certain": value.is_certain,
        "armed": value.is_armed,
        "kept": value.is_kept,
        "pending": value.is_pending,
        "under way": value.is_under_way,
    }
    assert value.is_open
    assert (value.press, value.allowed, value.changes_at) == (press, allowed, changes_at)
    assert " ".join(name for name, is_so in said.items() if is_so) == flags
    assert value.is_awaited is (value.is_armed or value.is_under_way)


@pytest.mark.parametrize("intent", CancelIntent)
@pytest.mark.parametrize("status", [Status.CANCELED, Status.SUCCESS, Status.NOT_SMS_CODE, Status.ENDED])
def test_nothing_is_due_for_an_order_that_has_ended(
    bought_here: OrderRecord, status: Status, intent: CancelIntent
) -> None:
    ended = replace(bought_here, order=replace(bought_here.order, status=status))
    value = at(500, ended, intent, automatic_after=400)
    assert {value.is_open, value.allowed, value.is_awaited, value.is_pending} == {False}
    assert (value.automatic_at, value.send_at, value.due, value.due_at) == (None, None, WAIT, None)


@pytest.mark.parametrize(
    ("age", "intent", "step", "due", "due_at", "send_at", "automatic_at"),
    [
        (60, NONE, CancelStep.NONE, WAIT, 840, None, 840),
        (60, ARMED, CancelStep.NONE, WAIT, 121, 121, None),
        (60, KEPT, CancelStep.NONE, WAIT, None, None, None),
        (120.5, ARMED, CancelStep.NONE, WAIT, 121, 121, None),
        (121, ARMED, CancelStep.NONE, SEND, 121, 121, None),
        (850, NONE, CancelStep.NONE, SEND, 850, None, 840),
        (850, NONE, REQUESTED, WAIT, None, None, None),
        (850, ARMED, SENDING, WAIT, None, None, None),
        (902, ARMED, CancelStep.NONE, GIVE_UP, 902, None, None),
        (902, NONE, CancelStep.NONE, WAIT, None, None, 840),
    ],
)
def test_what_happens_without_a_key_press(
    bought_here: OrderRecord,
    age: float,
    intent: CancelIntent,
    step: CancelStep,
    due: IntentStep,
    due_at: float | None,
    send_at: float | None,
    automatic_at: float | None,
) -> None:
    value = at(age, bought_here, intent, step, automatic_after=840)
    assert (value.due, value.due_at, value.send_at, value.automatic_at) == (due, due_at, send_at, automatic_at)


@pytest.mark.parametrize(
    ("bought", "opens_at", "opens_by", "surely", "last_chance_at"),
    [
        (Interval(0, 5), 120, 125, True, 885),
        (Interval(0, 6), 120, 126, False, 885),
        (Interval.up_to(0), None, 120, False, None),
    ],
)
def test_how_exactly_the_window_is_known(
    bought_here: OrderRecord,
    bought: Interval,
    opens_at: float | None,
    opens_by: float,
    surely: bool,
    last_chance_at: float | None,
) -> None:
    value = at(60, replace(bought_here, bought=bought))
    assert (value.opens_at, value.opens_by, value.opens_surely) == (opens_at, opens_by, surely)
    assert value.last_chance_at == last_chance_at


def test_an_armed_order_that_the_service_does_not_offer_is_not_due(bought_here: OrderRecord) -> None:
    value = at(60.0, replace(bought_here, order=replace(bought_here.order, can_cancel=False)), ARMED)
    assert (value.due_at, value.send_at) == (121, 121), "its window opens first"
    value = at(500.0, replace(bought_here, order=replace(bought_here.order, can_cancel=False)), ARMED)
    assert (value.due_at, value.send_at) == (None, None)


def test_a_rental_has_no_window(bought_here: OrderRecord) -> None:
    value = at(60, replace(bought_here, order=replace(bought_here.order, provider="residential_rent")))
    assert (value.opens_at, value.opens_by, value.last_chance_at, value.opens_surely) == (None, None, None, True)


@pytest.mark.parametrize(
    ("intent", "changes", "pending"),
    [
        (ARMED, {}, PendingCancels(armed=1)),
        (ARMED, {"status": Status.NEW}, PendingCancels(armed=1)),
        (ARMED, {"can_cancel": False}, PendingCancels(armed=1)),
        (ARMED, {"status": Status.CALCULATION}, PendingCancels()),
        (ARMED, {"codes": ("1",)}, PendingCancels()),
        (NONE, {}, PendingCancels(automatic=1)),
        (NONE, {"can_cancel": False}, PendingCancels(automatic=1)),
        (NONE, {"status": Status.CALCULATION}, PendingCancels()),
        (NONE, {"provider": "residential_rent"}, PendingCancels()),
        (KEPT, {}, PendingCancels()),
    ],
)
@pytest.mark.parametrize("age", [60, 500])
def test_pending_cancels(
    make_order: MakeOrder, age: float, intent: CancelIntent, changes: dict[str, object], pending: PendingCancels
) -> None:
    record = OrderRecord(order=make_order(**changes), bought=Interval(0, 1), first_seen=1, origin=Origin.HERE)
    value = at(age, record, intent, automatic_after=840)
    assert pending_cancels([value]) == pending
    assert pending_cancels([value, value]) == PendingCancels(2 * pending.armed, 2 * pending.automatic)
    assert pending_cancels([at(age, record, intent, REQUESTED, 840)]) == PendingCancels()


@given(
    bought=st.floats(0, 3000).map(lambda width: Interval(1e9 - width, 1e9)) | st.just(Interval.up_to(1e9)),
    age=st.floats(0, 2000),
    intent=st.sampled_from(CancelIntent),
    step=st.sampled_from(CancelStep),
    after=st.none() | st.floats(0, 900),
)
def test_a_cancellation_survives_json(
    bought: Interval, age: float, intent: CancelIntent, step: CancelStep, after: float | None
) -> None:
    value = at(
        1e9 + age, OrderRecord(order=ALIVE, bought=bought, first_seen=1e9, origin=Origin.HERE), intent, step, after
    )
    told = json.dumps(asdict(value), allow_nan=False)
    assert TypeAdapter(Cancellation).validate_python(json.loads(told)) == value


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
def test_what_came_of_a_cancellation(
    make_order: MakeOrder, status: Status, without_code: CancelOutcome, with_code: CancelOutcome
) -> None:
    assert cancel_outcome(make_order(status=status)) is without_code
    assert cancel_outcome(make_order(status=status, codes=("1",))) is with_code
