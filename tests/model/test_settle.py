"""A purchase whose answer was lost is settled by looking, and only where one answer is possible."""

from __future__ import annotations

from dataclasses import replace

import pytest

from numdeck.model.order import Order, Status
from numdeck.model.record import Attempt, AttemptState, OrderRecord, Origin
from numdeck.model.request import OrderRequest, Period, Provider
from numdeck.model.settle import (
    LISTED_WITHIN,
    RECORDED_WITHIN,
    claim,
    fits,
    is_absent,
    is_looked_for,
    is_missed,
    lost_at,
    match_attempts,
)
from numdeck.model.span import Span

TELEGRAM = OrderRequest(service_code="tg", country_code="667")
RENTAL = replace(TELEGRAM, provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK)
SENT_AT = 1000.0


def attempt(number: int = 1, request: OrderRequest = TELEGRAM, sent_at: float = SENT_AT) -> Attempt:
    return Attempt(id=str(number), request=request, sent_at=sent_at, state=AttemptState.UNKNOWN)


def seen(number: int = 1, *, first_seen: float = SENT_AT + 5, bought: Span | None = None, **order: str) -> OrderRecord:
    fields = {"provider": "virtual", **order}
    return OrderRecord(
        order=Order(id=str(number), status=Status.WAITING, **fields),  # type: ignore[arg-type]
        bought=bought or Span(SENT_AT - 5, SENT_AT + 5),
        first_seen=first_seen,
    )


@pytest.mark.parametrize(
    ("record", "does_fit"),
    [
        (seen(), True),
        (seen(first_seen=SENT_AT), True),
        (seen(first_seen=SENT_AT - 1), False),
        (seen(bought=Span(SENT_AT - 9, SENT_AT)), True),
        (seen(bought=Span(SENT_AT - 9, SENT_AT - 1)), False),
        (seen(bought=Span.up_to(SENT_AT + 5)), True),
        (seen(provider="residential"), False),
        (seen(provider=""), True),
        (seen(service_code="tg", country_code="667"), True),
        (seen(service_code="wa"), False),
        (seen(country_code="44"), False),
        (replace(seen(), origin=Origin.HERE), False),
    ],
)
def test_fits(record: OrderRecord, does_fit: bool) -> None:
    assert fits(attempt(), record) is does_fit


def pairs(attempts: list[Attempt], records: list[OrderRecord]) -> list[tuple[str, str]]:
    return [(one.id, record.id) for one, record in match_attempts(attempts, records)]


def test_one_attempt_and_one_order_are_a_pair() -> None:
    assert pairs([attempt()], [seen()]) == [("1", "1")]


def test_where_two_orders_fit_nobody_is_to_guess() -> None:
    assert pairs([attempt()], [seen(1), seen(2)]) == []


def test_what_the_orders_tell_decides() -> None:
    assert pairs([attempt()], [seen(1, service_code="wa"), seen(2, service_code="tg")]) == [("1", "2")]


def test_the_earlier_of_two_alike_gets_the_order() -> None:
    assert pairs([attempt(2, sent_at=SENT_AT + 1), attempt(1)], [seen()]) == [("1", "1")]


def test_as_many_orders_as_attempts_alike_are_paired_in_their_order() -> None:
    later = attempt(2, sent_at=SENT_AT + 10)
    assert pairs([later, attempt(1)], [seen(2, first_seen=SENT_AT + 15, bought=Span.up_to(SENT_AT + 15)), seen(1)]) == [
        ("1", "1"),
        ("2", "2"),
    ]


def test_more_orders_than_attempts_alike_that_they_fit_are_left_to_the_operator() -> None:
    later = attempt(2, sent_at=SENT_AT + 10)
    assert pairs([attempt(1), later], [seen(1), seen(2)]) == [], "both were there before the later one was sent"
    assert pairs([attempt(1), attempt(2)], [seen(1), seen(2), seen(3)]) == []


def test_an_order_that_fits_two_different_attempts_is_left_to_the_operator() -> None:
    other = replace(TELEGRAM, service_code="wa")
    assert pairs([attempt(1), attempt(2, other)], [seen()]) == []
    assert pairs([attempt(1), attempt(2, other)], [seen(service_code="wa")]) == [("2", "1")]


def test_attempts_of_different_kinds_do_not_disturb_one_another() -> None:
    records = [seen(1), seen(2, provider="residential_rent")]
    assert pairs([attempt(1), attempt(2, RENTAL)], records) == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize("state", [AttemptState.SENDING, AttemptState.PLACED, AttemptState.NOT_PLACED])
def test_only_unknown_attempts_are_settled(state: AttemptState) -> None:
    assert pairs([replace(attempt(), state=state)], [seen()]) == []


@pytest.mark.parametrize(
    ("bought", "claimed"),
    [
        (Span(SENT_AT - 5, SENT_AT + 5), Span(SENT_AT, SENT_AT + 5)),
        (Span.up_to(SENT_AT + 5), Span(SENT_AT, SENT_AT + 5)),
        (Span(SENT_AT + 1, SENT_AT + 5), Span(SENT_AT + 1, SENT_AT + 5)),
        (Span.up_to(SENT_AT), Span(SENT_AT, SENT_AT)),
    ],
)
def test_a_claimed_order_was_bought_here_and_not_before_it_was_sent(bought: Span, claimed: Span) -> None:
    record = claim(attempt(), seen(bought=bought))
    assert (record.origin, record.request, record.bought) == (Origin.HERE, TELEGRAM, claimed)


LOST_AT = SENT_AT + 10
LOST = replace(attempt(), settled_at=LOST_AT)


def test_an_answer_was_lost_when_it_was_given_up_or_else_when_the_request_was_sent() -> None:
    assert (lost_at(LOST), lost_at(attempt())) == (LOST_AT, SENT_AT)


@pytest.mark.parametrize(
    ("list_asked_at", "history_asked_at", "looked_for"),
    [
        (None, None, False),
        (LOST_AT + 1, None, False),
        (None, LOST_AT + 1, False),
        (LOST_AT + 1, LOST_AT + 1, True),
        (LOST_AT, LOST_AT + 1, False),
        (LOST_AT + 1, LOST_AT, False),
    ],
)
def test_an_attempt_was_looked_for_when_list_and_history_were_asked_since_it_was_lost(
    list_asked_at: float | None, history_asked_at: float | None, looked_for: bool
) -> None:
    assert is_looked_for(LOST, list_asked_at=list_asked_at, history_asked_at=history_asked_at) is looked_for


@pytest.mark.parametrize(("asked_after", "missed"), [(0, False), (LISTED_WITHIN - 1, False), (LISTED_WITHIN, True)])
def test_a_list_misses_an_order_that_had_the_time_to_get_into_it(asked_after: float, missed: bool) -> None:
    assert is_missed(LOST, LOST_AT + asked_after) is missed


@pytest.mark.parametrize(
    ("missed_at", "history_asked_at", "absent"),
    [
        (None, None, False),
        (2000.0, None, False),
        (None, 2000.0, False),
        (2000.0, 2000.0, False),
        (2000.0, 2000.0 + RECORDED_WITHIN - 1, False),
        (2000.0, 2000.0 + RECORDED_WITHIN, True),
    ],
)
def test_it_was_not_placed_when_the_history_was_asked_late_enough_after_a_list_that_missed_it(
    missed_at: float | None, history_asked_at: float | None, absent: bool
) -> None:
    assert is_absent(missed_at, history_asked_at) is absent
