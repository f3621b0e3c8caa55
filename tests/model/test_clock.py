"""What is said of clocks that differ."""

from __future__ import annotations

import pytest

from numdeck.model.clock import clock_trouble


@pytest.mark.parametrize(
    ("skew", "drift", "says"),
    [
        (None, 0.0, ""),
        (60.0, 60.0, ""),
        (-60.0, -60.0, ""),
        (3600.0, 0.0, "clock is 1 h behind the service's"),
        (-3600.0, 0.0, "clock is 1 h ahead of the service's"),
        (0.0, 3600.0, "moved forward by 1 h"),
        (3600.0, -7200.0, "moved back by 2 h"),
    ],
)
def test_only_a_clock_that_is_wrong_is_worth_a_word(skew: float | None, drift: float, says: str) -> None:
    assert says in clock_trouble(skew=skew, drift=drift)
    assert bool(clock_trouble(skew=skew, drift=drift)) is bool(says)
