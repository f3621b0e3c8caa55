"""A purchase whose answer was lost is settled by looking, and only where the evidence leaves one answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest, Period, Provider
from numdeck.model.resolve import (
    LISTED_SOON,
    LISTED_WITHIN,
    RECORDED_WITHIN,
    Ground,
    Weight,
    candidates,
    claim,
    is_looked_for,
    is_missed,
    is_searched,
    judge,
    lost_at,
    match_attempts,
)

TELEGRAM = OrderRequest(service_code="tg", country_code="667")
RENTAL = replace(TELEGRAM, provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK)
SENT_AT = 1000.0
PRICE = Decimal("0.22")
DAY = 24 * 3600.0


def attempt(number: int = 1, request: OrderRequest = TELEGRAM, sent_at: float = SENT_AT) -> Attempt:
    return Attempt(id=str(number), request=request, sent_at=sent_at, asked_price=PRICE, state=AttemptState.UNKNOWN)


def seen(
    number: int = 1, *, first_seen: float = SENT_AT + 5, bought: Interval | None = None, **order: object
) -> OrderRecord:
    fields = {"provider": "virtual", "price": PRICE, "phone_number": "+14155552671", **order}
    return OrderRecord(
        order=Order(id=str(number), status=Status.WAITING, **fields),  # type: ignore[arg-type]
        bought=bought or Interval(SENT_AT - 5, SENT_AT + 5),
        first_seen=first_seen,
    )


def bare(number: int = 1, **fields: object) -> OrderRecord:
    """An order of which nothing is known but its provider and the time."""
    return seen(number, price=None, phone_number=None, **fields)  # type: ignore[arg-type]


FOR, AGAINST, EXCLUDES = Weight.FOR, Weight.AGAINST, Weight.EXCLUDES


@pytest.mark.parametrize(
    ("record", "ground", "weight"),
    [
        (seen(), Ground.OWNER, None),
        (replace(seen(), origin=Origin.HERE), Ground.OWNER, EXCLUDES),
        (seen(), Ground.TIME, FOR),
        (seen(first_seen=SENT_AT), Ground.TIME, FOR),
        (seen(first_seen=SENT_AT - 1), Ground.TIME, EXCLUDES),
        (seen(bought=Interval(SENT_AT - 9, SENT_AT)), Ground.TIME, FOR),
        (seen(bought=Interval(SENT_AT - 9, SENT_AT - 1)), Ground.TIME, EXCLUDES),
        (seen(bought=Interval.up_to(SENT_AT + 5)), Ground.TIME, FOR),
        (seen(bought=Interval.up_to(SENT_AT + 600)), Ground.TIME, None),
        (seen(bought=Interval(SENT_AT, SENT_AT + LISTED_SOON)), Ground.TIME, FOR),
        (seen(bought=Interval(SENT_AT + LISTED_SOON, SENT_AT + LISTED_SOON + 5)), Ground.TIME, None),
        (seen(bought=Interval(SENT_AT + LISTED_SOON + 1, SENT_AT + 20)), Ground.TIME, AGAINST),
        (seen(bought=Interval(SENT_AT + LISTED_WITHIN, SENT_AT + 70)), Ground.TIME, EXCLUDES),
        (seen(provider="residential"), Ground.PROVIDER, EXCLUDES),
        (seen(provider=""), Ground.PROVIDER, None),
        (seen(period="MIN_15"), Ground.PERIOD, FOR),
        (seen(period="WEEK"), Ground.PERIOD, EXCLUDES),
        (seen(period="fortnight"), Ground.PERIOD, None),
        (seen(service_code="tg"), Ground.SERVICE, FOR),
        (seen(service_code="wa"), Ground.SERVICE, EXCLUDES),
        (seen(), Ground.SERVICE, None),
        (seen(country_code="667"), Ground.COUNTRY, FOR),
        (seen(country_code="44"), Ground.COUNTRY, EXCLUDES),
        (seen(phone_number="+14155552671"), Ground.REGION, FOR),
        (seen(phone_number="+14165550112"), Ground.REGION, AGAINST),
        (seen(phone_number="+447400123456"), Ground.REGION, EXCLUDES),
        (seen(phone_number="soon"), Ground.REGION, None),
        (seen(phone_number=None), Ground.REGION, None),
    ],
)
def test_each_ground(record: OrderRecord, ground: Ground, weight: Weight | None) -> None:
    verdict = judge(attempt(), record, "US")
    assert {reason.ground: reason.weight for reason in verdict.reasons}.get(ground) is weight
    assert verdict.is_possible is (EXCLUDES not in [reason.weight for reason in verdict.reasons])


def test_a_country_of_unknown_region_is_no_evidence() -> None:
    assert judge(attempt(), seen(), None).grounds(FOR) == (Ground.TIME, Ground.PROVIDER, Ground.PRICE)


def test_a_number_without_region_has_the_main_one_of_its_code() -> None:
    fictional = seen(phone_number="+447700900123")
    assert Ground.REGION in judge(attempt(), fictional, "GB").grounds(FOR)
    assert Ground.REGION in judge(attempt(), fictional, "JE").grounds(AGAINST)


@pytest.mark.parametrize(
    ("changes", "charged", "weight"),
    [
        ({}, "0.22", FOR),
        ({}, "0.225", FOR),
        ({}, "0.23", AGAINST),
        ({}, "0.21", AGAINST),
        ({}, None, None),
        ({"promo_code": "HALF"}, "0.11", None),
        ({"promo_code": "HALF"}, "0.22", None),
        ({"promo_code": "HALF"}, "0.23", AGAINST),
        ({"need_fraud_score": True}, "0.22", FOR),
        ({"need_fraud_score": True}, "0.30", None),
        ({"need_fraud_score": True}, "0.21", AGAINST),
        ({"need_fraud_score": True, "promo_code": "HALF"}, "0.30", None),
        ({"need_fraud_score": True, "promo_code": "HALF"}, "0.11", None),
    ],
)
def test_the_price(changes: dict[str, object], charged: str | None, weight: Weight | None) -> None:
    sent = attempt(request=replace(TELEGRAM, **changes))  # type: ignore[arg-type]
    record = seen(price=None if charged is None else Decimal(charged))
    reasons = {reason.ground: reason.weight for reason in judge(sent, record, "US").reasons}
    assert reasons.get(Ground.PRICE) is weight
    untold = judge(replace(sent, asked_price=None), record, "US")
    assert Ground.PRICE not in {reason.ground for reason in untold.reasons}


@pytest.mark.parametrize(
    ("expires_at", "weight"),
    [
        (SENT_AT + 7 * DAY + 60, FOR),
        (SENT_AT + 6 * DAY - 1, AGAINST),
        (SENT_AT + 6 * DAY, FOR),
        (SENT_AT + 8 * DAY, FOR),
        (SENT_AT + 8 * DAY + 1, AGAINST),
        (None, None),
    ],
)
def test_the_end_of_a_rental_shows_its_period(expires_at: float | None, weight: Weight | None) -> None:
    record = seen(provider="residential_rent", expires_at=expires_at)
    reasons = {reason.ground: reason.weight for reason in judge(attempt(request=RENTAL), record, "US").reasons}
    assert reasons.get(Ground.PERIOD) is weight


@pytest.mark.parametrize(
    ("record", "region", "is_strong"),
    [
        (seen(), "US", True),
        (seen(), None, False),
        (seen(price=None), "US", False),
        (bare(), "US", False),
        (bare(service_code="tg", country_code="667"), None, True),
        (bare(service_code="tg"), None, False),
        (seen(phone_number=None, country_code="667"), None, True),
        (seen(price=None, service_code="tg"), "US", True),
        (seen(price=Decimal("0.30")), "US", False),
        (seen(price=Decimal("0.30"), service_code="tg"), "US", False),
        (seen(bought=Interval(SENT_AT + 20, SENT_AT + 25)), "US", False),
    ],
)
def test_service_and_country_make_a_strong_verdict(record: OrderRecord, region: str | None, is_strong: bool) -> None:
    verdict = judge(attempt(), record, region)
    assert verdict.is_possible
    assert verdict.is_strong is is_strong
    assert pairs([attempt()], [record], lambda _: region) == ([("1", "1")] if is_strong else [])


def test_no_candidate_is_first_seen_after_the_search() -> None:
    searched = replace(attempt(), searched_at=SENT_AT + 200)
    early = seen(1, first_seen=SENT_AT + 200, bought=Interval.up_to(SENT_AT + 200))
    late = seen(2, first_seen=SENT_AT + 201, bought=Interval.up_to(SENT_AT + 201))
    assert [each.record for each in candidates(searched, [early, late], lambda _: "US")] == [early]


def test_candidates_are_judged_by_the_region_of_their_country() -> None:
    records = [seen(1), seen(2, phone_number="+447400123456")]
    (candidate,) = candidates(attempt(), records, {TELEGRAM.country_code: "US"}.get)
    assert candidate.record == records[0]
    assert candidate.verdict == judge(attempt(), records[0], "US")


def pairs(
    attempts: list[Attempt], records: list[OrderRecord], region_of: Callable[[str], str | None] = lambda _: "US"
) -> list[tuple[str, str]]:
    return [(one.id, record.id) for one, record in match_attempts(attempts, records, region_of)]


def test_one_attempt_and_one_order_are_a_pair() -> None:
    assert pairs([attempt()], [seen()]) == [("1", "1")]


def test_two_orders_that_fit_are_left_to_the_operator() -> None:
    assert pairs([attempt()], [seen(1), seen(2)]) == []


def test_an_inconsistent_order_is_no_rival() -> None:
    assert pairs([attempt()], [seen(1), seen(2, price=Decimal("0.30"))]) == [("1", "1")]
    assert pairs([attempt()], [seen(1), bare(2)]) == [], "this one may be it as well"


def test_an_order_that_fits_an_attempt_being_sent_is_left_alone() -> None:
    sending = replace(attempt(2, sent_at=SENT_AT + 1), state=AttemptState.SENDING)
    assert pairs([attempt(1), sending], [seen()]) == []
    other = replace(sending, request=replace(TELEGRAM, country_code="2"))
    assert pairs([attempt(1), other], [seen()], {"667": "US", "2": "KZ"}.get) == [("1", "1")]


def test_the_fields_of_the_orders_decide() -> None:
    assert pairs([attempt()], [seen(1, service_code="wa"), seen(2, service_code="tg")]) == [("1", "2")]


def test_the_earlier_of_two_alike_gets_the_order() -> None:
    assert pairs([attempt(2, sent_at=SENT_AT + 1), attempt(1)], [seen()]) == [("1", "1")]


def test_as_many_orders_as_equal_attempts() -> None:
    later = attempt(2, sent_at=SENT_AT + 10)
    assert pairs(
        [later, attempt(1)], [seen(2, first_seen=SENT_AT + 15, bought=Interval.up_to(SENT_AT + 15)), seen(1)]
    ) == [
        ("1", "1"),
        ("2", "2"),
    ]


def test_more_orders_than_equal_attempts() -> None:
    later = attempt(2, sent_at=SENT_AT + 10)
    assert pairs([attempt(1), later], [seen(1), seen(2)]) == [], "both were there before the later one was sent"
    assert pairs([attempt(1), attempt(2)], [seen(1), seen(2), seen(3)]) == []


def test_an_order_that_fits_two_requests() -> None:
    other = replace(TELEGRAM, service_code="wa")
    assert pairs([attempt(1), attempt(2, other)], [seen()]) == []
    assert pairs([attempt(1), attempt(2, other)], [seen(service_code="wa")]) == [("2", "1")]


def test_different_requests_are_independent() -> None:
    records = [seen(1), seen(2, provider="residential_rent")]
    assert pairs([attempt(1), attempt(2, RENTAL)], records) == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize("state", [AttemptState.SENDING, AttemptState.PLACED, AttemptState.NOT_PLACED])
def test_only_unknown_attempts_are_resolved(state: AttemptState) -> None:
    assert pairs([replace(attempt(), state=state)], [seen()]) == []


@pytest.mark.parametrize(
    ("bought", "claimed"),
    [
        (Interval(SENT_AT - 5, SENT_AT + 5), Interval(SENT_AT, SENT_AT + 5)),
        (Interval.up_to(SENT_AT + 5), Interval(SENT_AT, SENT_AT + 5)),
        (Interval(SENT_AT + 1, SENT_AT + 5), Interval(SENT_AT + 1, SENT_AT + 5)),
        (Interval.up_to(SENT_AT), Interval(SENT_AT, SENT_AT)),
    ],
)
def test_claim(bought: Interval, claimed: Interval) -> None:
    record = claim(attempt(), seen(bought=bought), is_inferred=True)
    assert record.is_inferred
    assert (record.origin, record.request, record.bought) == (Origin.HERE, TELEGRAM, claimed)


LOST_AT = SENT_AT + 10
LOST = replace(attempt(), settled_at=LOST_AT)


def test_lost_at() -> None:
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
def test_is_looked_for(list_asked_at: float | None, history_asked_at: float | None, looked_for: bool) -> None:
    assert is_looked_for(LOST, list_asked_at=list_asked_at, history_asked_at=history_asked_at) is looked_for


@pytest.mark.parametrize(("asked_after", "missed"), [(0, False), (LISTED_WITHIN - 1, False), (LISTED_WITHIN, True)])
def test_is_missed(asked_after: float, missed: bool) -> None:
    assert is_missed(LOST, LOST_AT + asked_after) is missed


@pytest.mark.parametrize(
    ("missed_at", "history_asked_at", "searched"),
    [
        (None, None, False),
        (2000.0, None, False),
        (None, 2000.0, False),
        (2000.0, 2000.0, False),
        (2000.0, 2000.0 + RECORDED_WITHIN - 1, False),
        (2000.0, 2000.0 + RECORDED_WITHIN, True),
    ],
)
def test_is_searched(missed_at: float | None, history_asked_at: float | None, searched: bool) -> None:
    assert is_searched(missed_at, history_asked_at) is searched
