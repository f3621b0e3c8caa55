"""Records: their newest and unseen codes, and when their rows may leave."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import strategies as st

from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import (
    OrderRecord,
    Origin,
    make_news,
    mark_seen,
    may_leave,
    newest_code,
    unseen_codes,
)
from numdeck.model.request import OrderRequest
from tests.model.conftest import MakeOrder

code_lists = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


@pytest.mark.parametrize(
    ("status", "in_history", "is_ended", "is_recorded"),
    [
        (Status.WAITING, False, False, False),
        (Status.CALCULATION, True, False, True),
        (Status.SUCCESS, False, True, True),
    ],
)
def test_ended_and_recorded(
    make_order: MakeOrder, status: Status, in_history: bool, is_ended: bool, is_recorded: bool
) -> None:
    record = OrderRecord(order=make_order(status=status), bought=Interval(0, 1), first_seen=1, in_history=in_history)
    assert (record.is_ended, record.is_recorded) == (is_ended, is_recorded)
    assert record.ended is None
    assert replace(record, ended_at=9.0, last_seen_active_at=5.0).ended == Interval(5, 9)


def test_the_request_counts_more_than_the_answer(make_order: MakeOrder) -> None:
    told = OrderRecord(order=make_order(service_code="wa", country_code="44"), bought=Interval.up_to(5), first_seen=5)
    assert (told.service_code, told.country_code) == ("wa", "44")
    asked = replace(told, request=OrderRequest(service_code="tg", country_code="667"))
    assert (asked.service_code, asked.country_code) == ("tg", "667")
    assert asked.id == told.order.id


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


def test_codes_of_one_poll_have_one_order(ended: OrderRecord) -> None:
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


def test_a_later_code_is_newer(ended: OrderRecord) -> None:
    late = with_codes(ended, unseen("late", ENDED + 1), unseen("early", ENDED - 1))
    newest = newest_code([with_codes(ended, unseen("x"), order_id="9", first_seen=99.0), late])
    assert newest is not None
    assert newest[1].text == "late"


def test_old_codes_are_the_newest_only_without_others(ended: OrderRecord) -> None:
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
    assert {code.sight for code in mark_seen(record, record.codes).codes} == {Sight.SEEN}


def test_make_news_leaves_seen_codes(ended: OrderRecord) -> None:
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


def test_an_unwatched_end_counts_from_the_first_sight(ended: OrderRecord) -> None:
    record = replace(ended, ended_at=None)
    assert not may_leave(record, marked_at=None, keep=KEEP, now=KEEP + 1.9)
    assert may_leave(record, marked_at=None, keep=KEEP, now=KEEP + 2.0)
