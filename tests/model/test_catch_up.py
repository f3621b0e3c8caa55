"""What happened while numdeck was not running: what counts as news."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.model.catch_up import Away, what_happened
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from tests.model.conftest import MakeOrder

BEFORE, START, AFTER = 500.0, 1000.0, 1001.0


@pytest.fixture
def known(make_order: MakeOrder) -> OrderRecord:
    """Bought here for $0.15 before the watch ended, and alive then."""
    order = make_order(price=Decimal("0.15"))
    return OrderRecord(order=order, bought=Interval(BEFORE, BEFORE + 1), first_seen=BEFORE, origin=Origin.HERE)


def ended(record: OrderRecord, status: Status, at: float | None = AFTER, **changes: object) -> OrderRecord:
    return replace(record, order=replace(record.order, status=status, **changes), ended_at=at)  # type: ignore[arg-type]


def found(record: OrderRecord) -> OrderRecord:
    return replace(record, bought=Interval(BEFORE, AFTER), first_seen=AFTER, origin=Origin.ELSEWHERE)


def test_known_orders_are_no_news(known: OrderRecord) -> None:
    old = replace(ended(known, Status.REFUND, BEFORE), codes=(Code("1", BEFORE),))
    assert what_happened([known, old], START) == Away()


def test_new_codes_are_counted(known: OrderRecord) -> None:
    codes = (Code("1", BEFORE), Code("2", AFTER), Code("3", START))
    assert what_happened([replace(known, codes=codes)], START) == Away(codes=2)


def test_an_end_and_the_money_that_came_back(known: OrderRecord) -> None:
    records = [
        ended(known, Status.REFUND),
        ended(known, Status.CANCELED, expenses=Decimal("0.05")),
        ended(known, Status.REFUND),
        ended(known, Status.NOT_SMS_CODE),
    ]
    away = what_happened(records, START)
    assert away.ends == ((Status.REFUND, 2), (Status.CANCELED, 1), (Status.NOT_SMS_CODE, 1))
    assert (away.spent, away.returned) == (Decimal(0), Decimal("0.40"))


def test_purchases_elsewhere(known: OrderRecord) -> None:
    away = what_happened([found(known), ended(found(known), Status.SUCCESS, None)], START)
    assert away == Away(ends=((Status.SUCCESS, 1),), bought=2, spent=Decimal("0.30"))


def test_a_purchase_first_seen_at_the_start(known: OrderRecord) -> None:
    assert what_happened([replace(found(known), first_seen=START)], START).bought == 1
    unpriced = replace(found(known), order=replace(known.order, price=None))
    assert what_happened([unpriced], START) == Away(bought=1)


@pytest.mark.parametrize(("at", "is_news"), [(None, False), (START - 1, False), (START, True), (AFTER, True)])
def test_when_an_end_is_news(known: OrderRecord, at: float | None, is_news: bool) -> None:
    assert bool(what_happened([ended(known, Status.SUCCESS, at)], START).ends) is is_news


def test_unseen_codes_on_the_desk(known: OrderRecord) -> None:
    unseen = replace(known, codes=(Code("1", BEFORE, Sight.UNSEEN), Code("2", BEFORE, Sight.SEEN)))
    assert what_happened([], START, on_desk=[unseen, known, unseen]) == Away(unseen=2)


def test_purchases_of_this_run_are_no_news(known: OrderRecord) -> None:
    just_now = replace(known, bought=Interval(START, AFTER), first_seen=AFTER, codes=(Code("1", AFTER),))
    with_code = replace(known, codes=(Code("1", AFTER),))
    assert what_happened([just_now, with_code, with_code], START) == Away(codes=2)


def test_a_resolved_purchase_was_bought_here(known: OrderRecord) -> None:
    claimed = replace(known, first_seen=AFTER, bought=Interval(BEFORE, AFTER))
    assert what_happened([claimed], START) == Away()
