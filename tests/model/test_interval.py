"""An instant between two bounds: what is learnt makes it narrower and never impossible."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.interval import Interval

instants = st.floats(allow_nan=False, min_value=-1e12, max_value=1e12)
spans = st.tuples(instants | st.just(-math.inf), instants).map(lambda ends: Interval(min(ends), max(ends)))


@pytest.mark.parametrize(("earliest", "latest"), [(2, 1), (math.nan, 1), (1, math.nan), (math.inf, 1)])
def test_an_interval_that_ends_before_it_begins(earliest: float, latest: float) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Interval(earliest, latest)


def test_an_interval_of_one_instant() -> None:
    assert Interval(5, 5).earliest == Interval(5, 5).latest


def test_up_to_has_no_lower_bound() -> None:
    assert Interval.up_to(5) == Interval(-math.inf, 5)
    assert Interval.up_to(5).is_open
    assert not Interval(0, 5).is_open


@pytest.mark.parametrize(
    ("instant", "tightened"),
    [(-1, Interval(0, 10)), (0, Interval(0, 10)), (4, Interval(4, 10)), (10, Interval(10, 10)), (15, Interval(15, 15))],
)
def test_not_before(instant: float, tightened: Interval) -> None:
    assert Interval(0, 10).not_before(instant) == tightened


@pytest.mark.parametrize(
    ("instant", "tightened"),
    [(11, Interval(0, 10)), (10, Interval(0, 10)), (4, Interval(0, 4)), (0, Interval(0, 0)), (-5, Interval(-5, -5))],
)
def test_not_after(instant: float, tightened: Interval) -> None:
    assert Interval(0, 10).not_after(instant) == tightened


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Interval(0, 10), Interval(5, 20), Interval(5, 10)),
        (Interval(0, 10), Interval(2, 3), Interval(2, 3)),
        (Interval(0, 10), Interval(10, 20), Interval(10, 10)),
        (Interval.up_to(10), Interval(2, 30), Interval(2, 10)),
        (Interval.up_to(10), Interval.up_to(5), Interval.up_to(5)),
        (Interval(0, 10), Interval(20, 21), Interval(20, 21)),
        (Interval.up_to(10), Interval(20, 25), Interval(20, 25)),
    ],
)
def test_intersect(one: Interval, other: Interval, both: Interval) -> None:
    assert one.intersect(other) == both
    assert other.intersect(one) == both


@given(spans, instants)
def test_a_new_bound_always_counts(span: Interval, instant: float) -> None:
    later, earlier = span.not_before(instant), span.not_after(instant)
    assert later.earliest >= instant
    assert earlier.latest <= instant
    assert later.earliest >= span.earliest
    assert earlier.latest <= span.latest
    assert later.not_before(instant) == later
    assert earlier.not_after(instant) == earlier


@given(spans, spans)
def test_the_intersection_is_within_one_interval(one: Interval, other: Interval) -> None:
    both = one.intersect(other)
    assert any(span.earliest <= both.earliest <= both.latest <= span.latest for span in (one, other))
    assert one.intersect(one) == one
