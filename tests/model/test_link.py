"""How fresh the data is, and the pace of polls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.link import Link, LinkState, ease, poll_interval, retry_interval, stretch

LIVE = Link(state=LinkState.LIVE, fresh_at=100.0, interval=5.0)


@pytest.mark.parametrize(("now", "is_stale"), [(100, False), (105, False), (110, False), (110.1, True), (500, True)])
def test_data_is_stale_after_two_intervals(now: float, is_stale: bool) -> None:
    assert LIVE.is_stale(now) is is_stale


def test_no_data_is_stale() -> None:
    assert Link().is_stale(0)


@pytest.mark.parametrize(
    ("base", "active", "throttle_factor", "interval"),
    [(5, 1, 1, 5), (5, 100, 1, 5), (5, 0, 1, 15), (5, 1, 2, 10), (5, 0, 8, 60), (20, 0, 1, 60), (600, 1, 1, 600)],
)
def test_the_pace_of_good_polls(base: float, active: int, throttle_factor: float, interval: float) -> None:
    assert poll_interval(base, active=active, throttle_factor=throttle_factor) == interval


@pytest.mark.parametrize(("failures", "interval"), [(1, 5), (2, 10), (3, 20), (4, 30), (1000, 30)])
def test_the_pace_of_failed_polls(failures: int, interval: float) -> None:
    assert retry_interval(5, failures) == interval


@given(st.lists(st.booleans(), max_size=30))
def test_the_pace_is_stretched_and_eased_within_bounds(throttled: list[bool]) -> None:
    factor = 1.0
    for once in throttled:
        before, factor = factor, (stretch if once else ease)(factor)
        assert 1 <= factor <= 8
        assert factor >= before if once else factor <= before
    for _ in range(10):
        factor = ease(factor)
    assert factor == 1
