"""Which code is the newest, which are unseen, what a key marks as seen, and when a row may leave."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from numdeck.model.codes import make_news, mark_seen, may_leave, newest_code, unseen_codes
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import Code, OrderRecord, Origin, Sight
from tests.model.conftest import MakeOrder

ENDED = 1000.0
KEEP = 600.0


@pytest.fixture
def ended(make_order: MakeOrder) -> OrderRecord:
    """Bought here, and ended with success."""
    order = make_order(status=Status.SUCCESS)
    return OrderRecord(order=order, bought=Interval(1.0, 2.0), first_seen=2.0, origin=Origin.HERE, ended_at=ENDED)


def with_codes(record: OrderRecord, *codes: Code, order_id: str = "1", first_seen: float = 2.0) -> OrderRecord:
    return replace(record, order=replace(record.order, id=order_id), codes=codes, first_seen=first_seen)


def unseen(text: str, seen_at: float = ENDED) -> Code:
    return Code(text, seen_at, Sight.UNSEEN)


def test_codes_of_one_poll_have_one_order_however_their_orders_come(ended: OrderRecord) -> None:
    records = [
        with_codes(ended, unseen("a"), unseen("b"), order_id="1", first_seen=9.0),
        with_codes(ended, unseen("c"), order_id="3", first_seen=5.0),
        with_codes(ended, unseen("d"), order_id="2", first_seen=5.0),
    ]
    for order in permutations(records):
        assert [code.text for _, code in unseen_codes(order)] == ["b", "a", "c", "d"]
        newest = newest_code(order)
        assert newest is not None
        assert newest[1].text == "b"


def test_a_later_code_is_newer_whichever_order_it_is_of(ended: OrderRecord) -> None:
    late = with_codes(ended, unseen("late", ENDED + 1), unseen("early", ENDED - 1))
    newest = newest_code([with_codes(ended, unseen("x"), order_id="9", first_seen=99.0), late])
    assert newest is not None
    assert newest[1].text == "late"


def test_a_code_that_was_never_news_is_the_newest_only_for_want_of_another(ended: OrderRecord) -> None:
    past = with_codes(ended, Code("past", ENDED + 9))
    assert newest_code([]) is None
    assert newest_code([past]) == (past, past.codes[0])
    news = with_codes(ended, Code("news", ENDED, Sight.SEEN), order_id="2")
    assert newest_code([past, news]) == (news, news.codes[0])
    assert unseen_codes([past, news]) == []


def test_only_what_was_shown_is_marked_as_seen(ended: OrderRecord) -> None:
    record = with_codes(ended, unseen("1"), unseen("2"), unseen("1", ENDED + 5))
    assert mark_seen(record, []).unseen == record.codes
    assert mark_seen(record, record.codes[:2]).unseen == (record.codes[2],), "it came again, after the key was pressed"
    assert mark_seen(record, record.codes).unseen == ()
    assert mark_seen(record, [record.codes[1]]).unseen == (record.codes[0], record.codes[2])


def test_what_was_seen_is_no_news_again(ended: OrderRecord) -> None:
    record = with_codes(ended, Code("1", 1.0), Code("2", 1.0, Sight.SEEN))
    assert [code.sight for code in make_news(record).codes] == [Sight.UNSEEN, Sight.SEEN]


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("sight", [None, *Sight])
@pytest.mark.parametrize("marked_at", [None, ENDED + 300])
@pytest.mark.parametrize("later", [KEEP - 1, KEEP, KEEP + 299, KEEP + 300, KEEP * 1000])
def test_when_a_row_may_leave(
    ended: OrderRecord, origin: Origin, sight: Sight | None, marked_at: float | None, later: float
) -> None:
    codes = () if sight is None else (Code("1", ENDED, sight),)
    record = replace(ended, origin=origin, codes=codes)
    waits = origin is Origin.HERE and sight is Sight.UNSEEN
    is_shown_long_enough = later >= (KEEP if marked_at is None else KEEP + 300)
    leaves = may_leave(record, marked_at=marked_at, keep=KEEP, now=ENDED + later)
    assert leaves is (is_shown_long_enough and not waits)


def test_an_end_that_nobody_saw_counts_from_when_the_order_was_seen(ended: OrderRecord) -> None:
    record = replace(ended, ended_at=None)
    assert not may_leave(record, marked_at=None, keep=KEEP, now=KEEP + 1.9)
    assert may_leave(record, marked_at=None, keep=KEEP, now=KEEP + 2.0)
