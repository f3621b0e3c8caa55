"""A purchase whose answer was lost is settled by looking, and only where one answer is possible."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.model.order import Order, Status
from app.model.record import Attempt, AttemptState, OrderRecord, Origin
from app.model.request import OrderRequest, Period, Provider
from app.model.settle import NOT_PLACED_AFTER, claim, fits, is_absent, match_attempts
from app.model.span import Span

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


LATE = SENT_AT + NOT_PLACED_AFTER


@pytest.mark.parametrize(
    ("list_asked_at", "history_asked_at", "absent"),
    [
        (None, None, False),
        (LATE, None, False),
        (None, LATE, False),
        (LATE, LATE, True),
        (LATE - 1, LATE, False),
        (LATE + 60, LATE - 1, False),
    ],
)
def test_it_was_not_placed_when_list_and_history_were_asked_late_enough(
    list_asked_at: float | None, history_asked_at: float | None, absent: bool
) -> None:
    assert is_absent(attempt(), list_asked_at=list_asked_at, history_asked_at=history_asked_at) is absent
