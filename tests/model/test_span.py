"""An instant between two bounds: what is learnt makes it narrower and never impossible."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.span import Span

instants = st.floats(allow_nan=False, min_value=-1e12, max_value=1e12)
spans = st.tuples(instants | st.just(-math.inf), instants).map(lambda ends: Span(min(ends), max(ends)))


@pytest.mark.parametrize(("earliest", "latest"), [(2, 1), (math.nan, 1), (1, math.nan), (math.inf, 1)])
def test_a_span_that_ends_before_it_begins_is_refused(earliest: float, latest: float) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Span(earliest, latest)


def test_one_instant_is_a_span() -> None:
    assert Span(5, 5).earliest == Span(5, 5).latest


def test_up_to_knows_nothing_of_the_beginning() -> None:
    assert Span.up_to(5) == Span(-math.inf, 5)
    assert Span.up_to(5).is_open
    assert not Span(0, 5).is_open


@pytest.mark.parametrize(
    ("instant", "tightened"),
    [(-1, Span(0, 10)), (0, Span(0, 10)), (4, Span(4, 10)), (10, Span(10, 10)), (15, Span(15, 15))],
)
def test_not_before(instant: float, tightened: Span) -> None:
    assert Span(0, 10).not_before(instant) == tightened


@pytest.mark.parametrize(
    ("instant", "tightened"),
    [(11, Span(0, 10)), (10, Span(0, 10)), (4, Span(0, 4)), (0, Span(0, 0)), (-5, Span(-5, -5))],
)
def test_not_after(instant: float, tightened: Span) -> None:
    assert Span(0, 10).not_after(instant) == tightened


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Span(0, 10), Span(5, 20), Span(5, 10)),
        (Span(0, 10), Span(2, 3), Span(2, 3)),
        (Span(0, 10), Span(10, 20), Span(10, 10)),
        (Span.up_to(10), Span(2, 30), Span(2, 10)),
        (Span.up_to(10), Span.up_to(5), Span.up_to(5)),
        (Span(0, 10), Span(20, 21), Span(20, 21)),
        (Span.up_to(10), Span(20, 25), Span(20, 25)),
    ],
)
def test_intersect(one: Span, other: Span, both: Span) -> None:
    assert one.intersect(other) == both
    assert other.intersect(one) == both


@given(spans, instants)
def test_tightening_is_always_possible_and_believed(span: Span, instant: float) -> None:
    later, earlier = span.not_before(instant), span.not_after(instant)
    assert later.earliest >= instant
    assert earlier.latest <= instant
    assert later.earliest >= span.earliest
    assert earlier.latest <= span.latest
    assert later.not_before(instant) == later
    assert earlier.not_after(instant) == earlier


@given(spans, spans)
def test_the_intersection_is_within_one_of_them(one: Span, other: Span) -> None:
    both = one.intersect(other)
    assert any(span.earliest <= both.earliest <= both.latest <= span.latest for span in (one, other))
    assert one.intersect(one) == one
