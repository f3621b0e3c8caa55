"""Success rates, costs and times to the code: against published figures, by cases, and by properties."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord
from numdeck.model.statistics import (
    Wait,
    percentile,
    share_later,
    share_waiting,
    summarise,
    survival,
    wait_of,
    wilson,
)

NOW = 1_700_000_000.0
BOUGHT = Interval(NOW, NOW + 2)
ORDER = Order(id="1" * 32, status=Status.SUCCESS, provider="virtual", price=Decimal("0.20"), expenses=Decimal("0.20"))
GOT_CODE = OrderRecord(
    order=ORDER,
    bought=BOUGHT,
    first_seen=NOW,
    codes=(Code("79373", NOW + 64, Sight.SEEN, NOW + 60),),
    ended_at=NOW + 64,
    last_seen_active_at=NOW + 60,
)
CANCELLED = replace(
    GOT_CODE,
    order=replace(ORDER, id="2" * 32, status=Status.CANCELED, expenses=Decimal(0)),
    codes=(),
    ended_at=NOW + 304,
    last_seen_active_at=NOW + 300,
)


# Freireich et al., "The effect of 6-mercaptopurine …", Blood 21 (1963): weeks in remission, and the estimate that
# textbooks print for it (Cox and Oakes, "Analysis of Survival Data", 1984, p. 8 and 49).
RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
REMISSION = [Wait(float(weeks), got_code=True) for weeks in RELAPSED] + [
    Wait(float(weeks), got_code=False) for weeks in CENSORED
]
PUBLISHED = [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]


def test_survival_is_that_of_the_textbook() -> None:
    assert [(time, round(share, 3)) for time, share in survival(REMISSION)] == PUBLISHED
    assert percentile(survival(REMISSION), 0.5) == 23
    assert percentile(survival(REMISSION), 0.9) is None


@pytest.mark.parametrize(
    ("seconds", "waiting", "later"),
    [(0, 1.0, 0.552), (6, 0.857, 0.477), (9, 0.807, 0.444), (22.5, 0.538, 0.167), (40, 0.448, 0.0)],
)
def test_shares_at_a_time(seconds: float, waiting: float, later: float) -> None:
    curve = survival(REMISSION)
    assert share_waiting(curve, seconds) == pytest.approx(waiting, abs=0.001)
    assert share_later(curve, seconds) == pytest.approx(later, abs=0.001)


def test_without_censoring_it_is_the_share_itself() -> None:
    curve = survival([Wait(float(seconds), got_code=True) for seconds in (1, 2, 3, 4)])
    assert curve == [(1, 0.75), (2, 0.5), (3, 0.25), (4, 0.0)]
    assert percentile(curve, 0.5) == 2.5
    assert share_later(curve, 4) is None
    assert survival([]) == []
    assert percentile([], 0.5) is None


# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=40))
def test_a_curve_only_falls_and_ends_at_what_never_came(pairs: list[tuple[int, bool]]) -> None:
    curve = survival([Wait(float(seconds), got_code=came) for seconds, came in pairs])
    shares = [1.0, *(share for _, share in curve)]
    assert all(before > after >= -1e-12 for before, after in pairwise(shares))
    if pairs and all(came for _, came in pairs):
        assert math.isclose(curve[-1][1], 0.0, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("record", "wait"),
    [
        (GOT_CODE, Wait(61.0, got_code=True)),
        (CANCELLED, Wait(301.0, got_code=False)),
        (replace(GOT_CODE, bought=Interval.up_to(NOW)), None),
        (replace(GOT_CODE, bought=Interval(NOW - 100, NOW)), None),
        (replace(GOT_CODE, codes=(Code("79373", NOW + 64, Sight.PAST),)), None),
        (replace(GOT_CODE, codes=(Code("79373", NOW + 600, Sight.SEEN, NOW + 60),)), None),
        (replace(CANCELLED, ended_at=None), None),
        (replace(CANCELLED, last_seen_active_at=NOW), None),
        (replace(GOT_CODE, order=replace(ORDER, provider="residential_rent")), None),
        (replace(GOT_CODE, bought=Interval(NOW + 70, NOW + 72)), Wait(0.0, got_code=True)),
    ],
    ids=[
        "a code", "none", "bought before it was seen", "bought some time", "a code of before", "a code seen late",
        "an end of before", "an end seen late", "a rental", "clocks that disagree",
    ],
)  # fmt: skip
def test_what_a_wait_is(record: OrderRecord, wait: Wait | None) -> None:
    assert wait_of(record) == wait


def test_sums_and_groups() -> None:
    unpriced = replace(GOT_CODE, order=replace(ORDER, price=None, expenses=None, provider="residential"))
    total, groups = summarise([GOT_CODE, CANCELLED, unpriced], lambda record: record.order.provider)
    assert (total.orders, total.with_code, total.unpriced) == (3, 2, 1)
    assert (total.charged, total.refunded, total.cost_per_code) == (Decimal("0.40"), Decimal("0.20"), Decimal("0.10"))
    assert total.success_rate == pytest.approx(2 / 3)
    assert {name: each.orders for name, each in groups.items()} == {"virtual": 2, "residential": 1}
    nothing, _ = summarise([], lambda _record: "")
    assert (nothing.success_rate, nothing.cost_per_code) == (None, None)
