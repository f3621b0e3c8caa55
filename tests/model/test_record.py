"""Joining what is known with what is seen: codes are counted, an end stays an end, nothing told is forgotten."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.code_texts import new_codes
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import Attempt, AttemptState, OrderRecord, merge_order
from numdeck.model.request import OrderRequest
from tests.model.conftest import MakeOrder

code_lists = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)
statuses = st.sampled_from(Status)
orders = st.builds(
    Order,
    id=st.just("1"),
    status=statuses,
    codes=code_lists,
    can_cancel=st.booleans(),
    price=st.none() | st.just(Decimal("0.15")),
    phone_number=st.sampled_from([None, "", "+15550000001"]),
)


@pytest.mark.parametrize(
    ("known", "seen", "fresh"),
    [
        ((), (), ()),
        ((), ("1",), ("1",)),
        (("1",), ("1",), ()),
        (("1",), ("1", "2"), ("2",)),
        (("1",), ("2", "1"), ("2",)),
        (("1",), ("1", "1"), ("1",)),
        (("1", "1"), ("1", "1"), ()),
        (("1", "1"), ("1",), ()),
        (("1", "2"), ("2",), ()),
        (("1", "2"), ("3",), ("3",)),
        (("1",), (), ()),
        ((), ("2", "1", "2"), ("2", "1", "2")),
    ],
)
def test_new_codes(known: tuple[str, ...], seen: tuple[str, ...], fresh: tuple[str, ...]) -> None:
    assert new_codes(known, seen) == fresh


@given(code_lists, code_lists)
def test_known_and_new_codes_together_are_all_that_was_ever_told(known: tuple[str, ...], seen: tuple[str, ...]) -> None:
    together = Counter(known + new_codes(known, seen))
    assert together == Counter(known) | Counter(seen)


@given(orders, orders)
def test_codes_only_grow_and_an_end_is_never_undone(known: Order, seen: Order) -> None:
    merged = merge_order(known, seen)
    assert merged.codes[: len(known.codes)] == known.codes
    assert not Counter(seen.codes) - Counter(merged.codes)
    assert merged.status.is_final or not (known.status.is_final or seen.status.is_final)
    assert not (merged.can_cancel and merged.status.is_final)
    assert merge_order(merged, seen) == merged, "the same answer again is no news"


@pytest.mark.parametrize("final", [status for status in Status if status.is_final])
@pytest.mark.parametrize("late", [status for status in Status if not status.is_final])
def test_a_late_answer_does_not_bring_an_order_back(make_order: MakeOrder, final: Status, late: Status) -> None:
    merged = merge_order(
        make_order(status=final, status_text="the end"), make_order(status=late, status_text="on its way")
    )
    assert (merged.status, merged.status_text, merged.can_cancel) == (final, "the end", False)


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        (Status.SUCCESS, Status.REFUND),
        (Status.NOT_SMS_CODE, Status.REFUND),
        (Status.NEW, Status.WAITING),
        (Status.WAITING, Status.CALCULATION),
        (Status.CALCULATION, Status.WAITING),
    ],
)
def test_else_the_newer_status_rules(make_order: MakeOrder, known: Status, seen: Status) -> None:
    assert merge_order(make_order(status=known), make_order(status=seen)).status is seen


def test_a_status_that_we_do_not_know_is_told_all_the_same(make_order: MakeOrder) -> None:
    merged = merge_order(make_order(), make_order(status=Status.UNKNOWN, status_text="on hold"))
    assert (merged.status, merged.status_text) == (Status.UNKNOWN, "on hold")


@pytest.mark.parametrize(
    "told",
    [
        {"provider": "residential"},
        {"price": Decimal("0.15")},
        {"price": Decimal(0)},
        {"phone_number": "+447700900123"},
        {"expires_at": 5.0},
        {"codes": ("12345",)},
        {"fraud_score": "0"},
        {"expenses": Decimal(0)},
        {"report": (("VOIP", "no"),)},
        {"can_cancel": True},
        {"period": "WEEK"},
        {"service_code": "tg"},
        {"country_code": "0"},
    ],
    ids=lambda told: "-".join(map(str, *told.items())),
)
def test_what_an_answer_leaves_out_stays_as_it_was_told(told: dict[str, object]) -> None:
    silent = Order(id="1", status=Status.UNKNOWN)
    merged = merge_order(replace(silent, **told), silent)  # type: ignore[arg-type]
    assert {name: getattr(merged, name) for name in told} == told


def test_what_an_answer_tells_anew_rules() -> None:
    known = Order(id="1", status=Status.WAITING, price=Decimal(1), phone_number="+1", can_replay=True)
    seen = replace(known, price=Decimal(2), phone_number="+2", can_replay=False, can_extend=True, expires_at=9.0)
    assert merge_order(known, seen) == seen


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        (AttemptState.SENDING, True),
        (AttemptState.UNKNOWN, True),
        (AttemptState.PLACED, False),
        (AttemptState.NOT_PLACED, False),
    ],
)
def test_an_attempt_is_open_while_money_may_be_spent_unknown_to_us(state: AttemptState, is_open: bool) -> None:
    request = OrderRequest(service_code="tg", country_code="667")
    assert Attempt(id="1", request=request, sent_at=0, state=state).is_open is is_open


def test_what_was_asked_for_goes_before_what_was_told(make_order: MakeOrder) -> None:
    told = OrderRecord(order=make_order(service_code="wa", country_code="44"), bought=Interval.up_to(5), first_seen=5)
    assert (told.service_code, told.country_code) == ("wa", "44")
    asked = replace(told, request=OrderRequest(service_code="tg", country_code="667"))
    assert (asked.service_code, asked.country_code) == ("tg", "667")
    assert asked.id == told.order.id
