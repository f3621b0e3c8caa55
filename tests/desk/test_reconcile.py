"""The pure rules of the watch, case by case: what was known + what was seen → what happened."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from numdeck.desk.events import Appeared, Changed, CodesArrived, Ended, EntryEvent
from numdeck.desk.reconcile import Seen, observe, reconcile_list
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep, FailureKind
from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin

NOON: Final = 1_750_000_000.0
WAITING: Final = Order(
    id="1" * 32,
    status=Status.WAITING,
    provider="virtual",
    price=Decimal("0.15"),
    phone_number="+15550000001",
    can_cancel=True,
)


def entry(order: Order = WAITING, phase: Phase = Phase.LISTED, **fields: object) -> Entry:
    """An order on the desk that was bought at noon."""
    record = OrderRecord(
        order=order,
        bought=Interval(NOON, NOON + 1),
        first_seen=NOON + 1,
        origin=Origin.HERE,
        codes=tuple(Code(text, NOON + 30) for text in order.codes),
        ended_at=NOON + 60 if order.status.is_final else None,
    )
    return replace(Entry(record=record, phase=phase, last_seen_active_at=NOON + 1), **fields)  # type: ignore[arg-type]


def seen(*orders: Order, previous: float | None = NOON + 595, **fields: object) -> Seen:
    """A list that was asked for ten minutes after noon, five seconds after the one before."""
    listing = Seen(orders=orders, sent_at=NOON + 600, answered_at=NOON + 601, previous=previous)
    return replace(listing, **fields)  # type: ignore[arg-type]


def told(order: Order = WAITING, **fields: object) -> Order:
    return replace(order, **fields)  # type: ignore[arg-type]


FINAL = [status for status in Status if status.is_final]


# The list


@pytest.mark.parametrize("status", FINAL)
def test_an_order_that_ended_and_left_the_desk_is_not_brought_back_by_a_list_that_lags(status: Status) -> None:
    ended = entry(told(status=status), Phase.ENDED).record
    assert reconcile_list({}, seen(WAITING, journaled={ended.id: ended})) == []


@pytest.mark.parametrize("status", FINAL)
def test_an_order_that_ended_and_is_on_the_desk_stays_ended_when_it_is_listed_again(status: Status) -> None:
    ended = entry(told(status=status, can_cancel=False), Phase.ENDED)
    for event in reconcile_list({ended.id: ended}, seen(WAITING)):
        assert not isinstance(event, Ended | Appeared)
        assert (event.entry.phase, event.entry.record.order.status) == (Phase.ENDED, status)
        assert event.entry.record.ended_at == ended.record.ended_at
        assert not event.entry.record.order.can_cancel


@pytest.mark.parametrize(
    ("previous", "bought"),
    [
        (NOON + 595, Interval(NOON + 595, NOON + 601)),  # not there when the list before was asked for
        (NOON + 1, Interval(NOON + 1, NOON + 601)),
        (None, Interval.up_to(NOON + 601)),  # nobody looked before
    ],
)
def test_what_is_new_in_a_list_was_bought_since_the_list_before(previous: float | None, bought: Interval) -> None:
    (appeared,) = reconcile_list({}, seen(WAITING, previous=previous))
    assert isinstance(appeared, Appeared)
    assert appeared.entry.record.bought == bought
    assert appeared.entry.record.first_seen == NOON + 601


# One answer about one order


@pytest.mark.parametrize(
    ("before", "answer", "in_list", "after"),
    [
        (Phase.LISTED, Status.CALCULATION, False, Phase.FOLLOWING),
        (Phase.ASSIGNING, Status.CALCULATION, False, Phase.FOLLOWING),
        (Phase.FOLLOWING, Status.CALCULATION, False, Phase.FOLLOWING),
        (Phase.LISTED, Status.CALCULATION, True, Phase.LISTED),  # what is listed is not looked for elsewhere
        (Phase.FOLLOWING, Status.WAITING, False, Phase.FOLLOWING),  # the detail lags behind the list
        (Phase.FOLLOWING, Status.WAITING, True, Phase.LISTED),
        (Phase.ASSIGNING, Status.WAITING, False, Phase.LISTED),
        (Phase.ASSIGNING, Status.NEW, False, Phase.ASSIGNING),
        *((phase, status, False, Phase.ENDED) for phase in (Phase.LISTED, Phase.FOLLOWING) for status in FINAL),
    ],
)
def test_where_an_answer_puts_an_order(before: Phase, answer: Status, in_list: bool, after: Phase) -> None:
    known = entry(phase=before, next_lookup_at=None if before is Phase.LISTED else NOON + 600)
    events = observe(known, told(status=answer), asked_at=NOON + 600, seen_at=NOON + 601, in_list=in_list)
    assert (events[-1].entry if events else known).phase is after


@pytest.mark.parametrize(
    ("known", "answer", "stays"),
    [
        (known, answer, known if answer is Status.ENDED or not answer.is_final else answer)
        for known in FINAL
        for answer in Status
        if known is not Status.ENDED
    ],
)
def test_a_known_end_is_replaced_by_another_end_only_if_that_says_more(
    known: Status, answer: Status, stays: Status
) -> None:
    ended = entry(told(status=known), Phase.ENDED)
    events = observe(ended, told(status=answer, status_text="expired"), asked_at=NOON + 600, seen_at=NOON + 601)
    after = events[-1].entry if events else ended
    assert (after.phase, after.record.order.status) == (Phase.ENDED, stays)
    assert after.record.order.status_text == ("expired" if stays is answer else "")
    assert not any(isinstance(event, Ended) for event in events)


@pytest.mark.parametrize("in_list", [True, False])
@pytest.mark.parametrize(
    ("intent", "codes", "after"),
    [
        (CancelIntent.ARMED, ("79373",), CancelIntent.NONE),
        (CancelIntent.ARMED, (), CancelIntent.ARMED),
        (CancelIntent.KEPT, ("79373",), CancelIntent.KEPT),
        (CancelIntent.NONE, ("79373",), CancelIntent.NONE),
    ],
)
def test_a_code_disarms_an_order_that_goes_on(
    in_list: bool, intent: CancelIntent, codes: tuple[str, ...], after: CancelIntent
) -> None:
    armed = entry(intent=intent)
    events = observe(armed, told(codes=codes), asked_at=NOON + 600, seen_at=NOON + 601, in_list=in_list)
    now = events[-1].entry if events else armed
    assert now.is_open
    assert now.intent is after
    assert [type(event) for event in events if isinstance(event, CodesArrived)] == ([CodesArrived] if codes else [])


@pytest.mark.parametrize("status", FINAL)
def test_an_end_closes_what_was_planned_and_under_way(status: Status) -> None:
    known = entry(
        intent=CancelIntent.ARMED,
        cancel=CancelStep.REQUESTED,
        next_lookup_at=NOON + 600,
        lookup_count=3,
        failure=CancelFailure(FailureKind.LOST),
    )
    after = observe(known, told(status=status), asked_at=NOON + 600, seen_at=NOON + 601)[-1].entry
    assert (after.intent, after.cancel, after.next_lookup_at, after.lookup_count, after.failure) == (
        CancelIntent.NONE, CancelStep.NONE, None, 0, None,
    )  # fmt: skip
    assert after.record.ended_at == NOON + 601


def test_the_same_answer_again_is_no_event() -> None:
    known = entry()
    assert observe(known, WAITING, asked_at=NOON + 600, seen_at=NOON + 601) == []
    (lives,) = observe(known, WAITING, asked_at=NOON + 600, seen_at=NOON + 601, in_list=True)
    assert type(lives) is EntryEvent, "only the watch is told that it was alive then"
    assert lives.entry == replace(known, last_seen_active_at=NOON + 600)
    (dearer,) = observe(known, told(price=Decimal("0.20")), asked_at=NOON + 600, seen_at=NOON + 601)
    assert type(dearer) is Changed
