"""The pure rules of the watch, case by case: what was known + what was seen → what happened."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from numdeck.desk.events import Appeared, CancelDropped, Changed, CodesArrived, Ended, EntryEvent, LeftList
from numdeck.desk.reconcile import Recorded, Seen, adopt_purchases, observe, read_history, reconcile_list
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep, FailureKind
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Listing, Order, Status
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


def seen(*orders: Order, previous: float | None = NOON + 595, unreadable: int = 0, **fields: object) -> Seen:
    """A list that was asked for ten minutes after noon, five seconds after the one before."""
    listing = Listing(orders=orders, unreadable=unreadable, sent_at=NOON + 600, answered_at=NOON + 601)
    return replace(Seen(listing, previous), **fields)  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    ("order", "phase"),
    [
        (WAITING, Phase.LISTED),
        (told(status=Status.NEW), Phase.ASSIGNING),
        (told(phone_number=None), Phase.ASSIGNING),
        (told(status=Status.SUCCESS), Phase.ENDED),
    ],
)
def test_a_new_order(order: Order, phase: Phase) -> None:
    bought = Interval(NOON + 595, NOON + 601)
    record = OrderRecord(order=order, bought=bought, first_seen=NOON + 601)
    appeared = Entry(record=record, phase=phase, last_seen_active_at=NOON + 600)
    assert reconcile_list({}, seen(order)) == [Appeared(appeared)]


def test_a_new_order_with_codes() -> None:
    order = told(codes=("1", "2"))
    appeared, arrived = reconcile_list({}, seen(order))
    codes = tuple(Code(text, NOON + 601, Sight.UNSEEN, NOON + 595) for text in order.codes)
    assert (type(appeared), appeared.entry.record.codes) == (Appeared, codes)
    assert arrived == CodesArrived(appeared.entry, codes)
    (appeared,) = reconcile_list({}, seen(order, first_start=True))
    assert appeared.entry.record.codes == tuple(replace(code, sight=Sight.PAST) for code in codes)


def test_an_order_of_the_journal() -> None:
    known = replace(entry().record, in_history=True)
    events = reconcile_list({}, seen(told(codes=("1",)), journaled={known.id: known}))
    appeared = Entry(record=replace(known, in_history=False), phase=Phase.LISTED, last_seen_active_at=NOON + 600)
    assert events[0] == Appeared(appeared)
    assert events[1].entry.phase is Phase.LISTED
    code = Code("1", NOON + 601, Sight.UNSEEN, NOON + 600)
    assert isinstance(events[1], CodesArrived)
    assert (events[1].entry.record.codes, events[1].codes) == ((code,), (code,))


@pytest.mark.parametrize(
    ("known", "leaves"),
    [
        (entry(), True),
        (entry(last_seen_active_at=NOON + 600), True),
        (entry(last_seen_active_at=NOON + 600.5), False),  # bought after the list was asked for
        (entry(phase=Phase.ASSIGNING), True),
        (entry(phase=Phase.ASSIGNING, next_lookup_at=NOON + 610), False),  # no list has told of it
        (entry(phase=Phase.FOLLOWING), False),
        (entry(told(status=Status.SUCCESS), Phase.ENDED), False),
    ],
)
def test_an_order_that_is_not_listed(known: Entry, leaves: bool) -> None:
    known = replace(known, lookup_count=3)
    gone = replace(known, phase=Phase.FOLLOWING, next_lookup_at=NOON + 601, lookup_count=0)
    assert reconcile_list({known.id: known}, seen()) == ([LeftList(gone)] if leaves else [])


def test_an_order_that_is_perhaps_listed_is_looked_up_where_it_stands() -> None:
    known = entry(lookup_count=3)
    looked_up = replace(known, next_lookup_at=NOON + 601, lookup_count=0)
    assert reconcile_list({known.id: known}, seen(unreadable=1)) == [EntryEvent(looked_up)]
    assert reconcile_list({known.id: looked_up}, seen(unreadable=1)) == []


def test_a_listed_order_does_not_hide_the_next() -> None:
    other = told(id="2" * 32)
    known = {one.id: one for one in (entry(last_seen_active_at=NOON + 600), entry(other))}
    (event,) = reconcile_list(known, seen(WAITING))
    assert (type(event), event.entry.id) == (LeftList, other.id)


def test_a_listed_order_with_a_new_code() -> None:
    (event,) = reconcile_list({WAITING.id: entry()}, seen(told(codes=("1",))))
    assert isinstance(event, CodesArrived)
    assert event.codes == (Code("1", NOON + 601, Sight.UNSEEN, NOON + 1),)
    assert event.entry.last_seen_active_at == NOON + 600


def test_all_orders_that_are_not_listed() -> None:
    known = {one.id: one for one in (entry(), entry(told(id="2" * 32)))}
    assert [event.entry.id for event in reconcile_list(known, seen())] == [*known]


# Purchases of another numdeck


def test_adopted_purchases() -> None:
    stranger = entry()
    stranger = replace(stranger, record=replace(stranger.record, origin=Origin.ELSEWHERE))
    ours = replace(stranger.record, origin=Origin.HERE, bought=Interval(NOON, NOON + 0.5))
    (adopted,) = adopt_purchases({stranger.id: stranger}, {ours.id: ours, "2" * 32: ours})
    assert adopted == replace(stranger, record=ours)
    closer = replace(stranger.record, bought=Interval(NOON, NOON + 0.5))
    assert adopt_purchases({stranger.id: stranger}, {ours.id: closer}) == []
    assert adopt_purchases({adopted.id: adopted}, {ours.id: ours}) == []
    inferred = replace(adopted, record=replace(ours, is_inferred=True))
    assert adopt_purchases({adopted.id: inferred}, {ours.id: ours}) == [adopted]


# The history


def test_history_of_a_stranger() -> None:
    ended, calculating = told(status=Status.SUCCESS, codes=("1",)), told(id="2" * 32, status=Status.CALCULATION)
    waiting = told(id="3" * 32)
    recorded = read_history([ended, waiting, calculating], {}, seen_at=NOON + 601)
    past = OrderRecord(
        order=ended, bought=Interval.up_to(NOON + 601), first_seen=NOON + 601, codes=(Code("1", NOON + 601),)
    )
    follows = OrderRecord(order=calculating, bought=Interval.up_to(NOON + 601), first_seen=NOON + 601, in_history=True)
    assert recorded == Recorded((past, follows), (), frozenset({calculating.id}))


def test_history_of_a_known_order() -> None:
    known = entry(told(status=Status.CALCULATION), Phase.FOLLOWING).record
    ended, other = told(status=Status.REFUND), told(id="2" * 32, status=Status.SUCCESS)
    recorded = read_history([ended, other], {known.id: known}, seen_at=NOON + 601)
    assert [record.id for record in recorded.records] == [other.id, known.id]  # the new one first
    after = recorded.records[1]
    assert after.order.status is Status.REFUND
    assert (after.ended_at, after.last_seen_active_at) == (NOON + 601, known.first_seen)
    assert (recorded.events, recorded.unfinished) == ((), frozenset())
    again = read_history([known.order], {known.id: known}, seen_at=NOON + 601)
    assert again == Recorded((), (), frozenset({known.id}))


@pytest.mark.parametrize(("status", "lookup"), [(Status.SUCCESS, None), (Status.CALCULATION, NOON + 601)])
def test_history_with_a_new_code(status: Status, lookup: float | None) -> None:
    known = entry(told(status=Status.CALCULATION), Phase.FOLLOWING).record
    other = replace(known, order=replace(known.order, id="2" * 32))
    orders = [told(each.order, status=status, codes=("1",)) for each in (known, other)]
    recorded = read_history(orders, {known.id: known, other.id: other}, seen_at=NOON + 601)
    assert (recorded.records, recorded.unfinished) == ((), frozenset())
    assert isinstance(recorded.events[0], CodesArrived)
    assert {event.entry.id for event in recorded.events} == {known.id, other.id}
    assert recorded.events[0].codes == (Code("1", NOON + 601, Sight.UNSEEN, known.first_seen),)
    assert {event.entry.next_lookup_at for event in recorded.events} == {lookup}


# One answer about one order


@pytest.mark.parametrize(
    ("intent", "status", "is_dropped"),
    [
        (CancelIntent.ARMED, Status.NOT_SMS_CODE, True),
        (CancelIntent.ARMED, Status.REFUND, False),
        (CancelIntent.KEPT, Status.NOT_SMS_CODE, False),
    ],
)
def test_an_end_drops_an_armed_cancel(intent: CancelIntent, status: Status, is_dropped: bool) -> None:
    ended, *more = observe(entry(intent=intent), told(status=status), asked_at=NOON + 600, seen_at=NOON + 601)
    assert isinstance(ended, Ended)
    assert ended.entry.record.last_seen_active_at == NOON + 1
    assert more == ([CancelDropped(ended.entry, CancelReason.ENDED)] if is_dropped else [])


def test_a_code_and_an_end_at_once() -> None:
    arrived, ended = observe(
        entry(), told(status=Status.SUCCESS, codes=("1",)), asked_at=NOON + 600, seen_at=NOON + 601
    )
    code = Code("1", NOON + 601, Sight.UNSEEN, NOON + 1)
    assert isinstance(arrived, CodesArrived)
    assert (arrived.codes, arrived.entry) == ((code,), ended.entry)
    assert (ended.entry.record.codes, ended.entry.record.ended_at) == ((code,), NOON + 601)


@pytest.mark.parametrize(
    ("before", "step", "in_list", "lookup"),
    [
        (Phase.LISTED, CancelStep.NONE, True, None),
        (Phase.LISTED, CancelStep.NONE, False, NOON + 610),  # the lookup goes on until a list tells
        (Phase.FOLLOWING, CancelStep.NONE, True, None),
        (Phase.ASSIGNING, CancelStep.NONE, False, None),
        (Phase.LISTED, CancelStep.REQUESTED, True, NOON + 610),
        (Phase.LISTED, CancelStep.SENDING, True, NOON + 610),
    ],
)
def test_an_answer_ends_the_lookups(before: Phase, step: CancelStep, in_list: bool, lookup: float | None) -> None:
    known = entry(phase=before, cancel=step, next_lookup_at=NOON + 610, lookup_count=2)
    events = observe(known, told(price=Decimal(1)), asked_at=NOON + 600, seen_at=NOON + 601, in_list=in_list)
    after = events[-1].entry
    assert (after.next_lookup_at, after.lookup_count) == (lookup, 2 if lookup else 0)


def test_a_list_asked_for_earlier_does_not_set_back_when_an_order_was_seen() -> None:
    known = entry(last_seen_active_at=NOON + 700)
    (event,) = observe(known, told(price=Decimal(1)), asked_at=NOON + 600, seen_at=NOON + 601, in_list=True)
    assert event.entry.last_seen_active_at == NOON + 700


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
