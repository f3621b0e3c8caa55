"""Two clocks: how far apart they are, what that says of instants noted before, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.clock import (
    ClockOffset,
    ClockTrouble,
    Timekeeping,
    begin_timekeeping,
    clock_trouble,
    is_plausible_date,
    measure_offset,
    refine_timekeeping,
)

NOW = 1_767_268_800.0
HOUR = 3600.0
QUICK = 0.5
"""The uncertainty of a quick answer: its date leaves out the parts of a second."""


@pytest.mark.parametrize(
    ("date", "sent_at", "heard_at", "measured"),
    [
        (NOW, NOW, NOW, ClockOffset(0.5, 0.5)),
        (NOW, NOW + 0.5, NOW + 0.5, ClockOffset(0.0, 0.5)),
        (NOW, NOW, NOW + 1, ClockOffset(0.0, 1.0)),
        (NOW, NOW - 20, NOW, ClockOffset(10.5, 10.5)),
        (NOW + HOUR, NOW + 0.5, NOW + 0.5, ClockOffset(HOUR, 0.5)),
        (NOW - HOUR, NOW + 0.5, NOW + 0.5, ClockOffset(-HOUR, 0.5)),
    ],
)
def test_a_quick_answer_measures_exactly(date: float, sent_at: float, heard_at: float, measured: ClockOffset) -> None:
    assert measure_offset(date, sent_at=sent_at, heard_at=heard_at) == measured


@given(ahead=st.floats(-1e6, 1e6), trip=st.floats(0, 30), part=st.floats(0, 1))
def test_the_true_offset_is_within_the_measured_one(ahead: float, trip: float, part: float) -> None:
    written_at = NOW + trip * part + ahead
    measured = measure_offset(float(int(written_at)), sent_at=NOW, heard_at=NOW + trip)
    assert abs(measured.ahead - ahead) <= measured.uncertainty + 1e-6


@pytest.mark.parametrize(
    ("kept", "measured", "offset", "doubt"),
    [
        # The first run: a clock that may be right is left alone.
        (None, ClockOffset(0.3, QUICK), ClockOffset(0.0, 0.8), 0.0),
        (None, ClockOffset(9.0, 10.0), ClockOffset(0.0, 19.0), 0.0),
        (None, ClockOffset(HOUR, QUICK), ClockOffset(HOUR, QUICK), HOUR + QUICK),
        (None, ClockOffset(-HOUR, QUICK), ClockOffset(-HOUR, QUICK), HOUR + QUICK),
        # The clock is the one it was: nothing moves.
        (ClockOffset(HOUR, QUICK), ClockOffset(HOUR + 0.4, QUICK), ClockOffset(HOUR, QUICK), 0.0),
        (ClockOffset(HOUR, QUICK), ClockOffset(HOUR - 5, 10), ClockOffset(HOUR, QUICK), 0.0),
        (ClockOffset(0, 5), ClockOffset(0.25, 0.25), ClockOffset(0, 0.5), 0.0),
        # It was set: as exact as both measurements.
        (ClockOffset(HOUR, QUICK), ClockOffset(0, QUICK), ClockOffset(0, QUICK), 2 * QUICK),
        (ClockOffset(0, QUICK), ClockOffset(HOUR, 3), ClockOffset(HOUR, 3), QUICK + 3),
        (ClockOffset(0, QUICK), ClockOffset(-5, QUICK), ClockOffset(-5, QUICK), 2 * QUICK),
    ],
)
def test_the_first_answer_chooses_the_offset(
    kept: ClockOffset | None, measured: ClockOffset, offset: ClockOffset, doubt: float
) -> None:
    assert begin_timekeeping(kept, measured) == Timekeeping(offset, doubt)


@pytest.mark.parametrize(
    ("known", "measured", "refined"),
    [
        (Timekeeping(ClockOffset(0, 19)), ClockOffset(0.2, QUICK), Timekeeping(ClockOffset(0, 0.7))),
        (Timekeeping(ClockOffset(0, QUICK)), ClockOffset(4, 5), Timekeeping(ClockOffset(0, QUICK))),
        # The first answer was too slow to show that the clock had been set by 8 s.
        (Timekeeping(ClockOffset(0, QUICK)), ClockOffset(8, QUICK), Timekeeping(ClockOffset(0, 8.5), 8.5)),
        # The service's clock jumps to and fro: the doubt stays.
        (Timekeeping(ClockOffset(0, QUICK)), ClockOffset(-HOUR, 1), Timekeeping(ClockOffset(0, HOUR + 1), HOUR + 1)),
        (
            Timekeeping(ClockOffset(0, HOUR + 1), HOUR + 1),
            ClockOffset(0, QUICK),
            Timekeeping(ClockOffset(0, HOUR + 1), HOUR + 1),
        ),
    ],
)
def test_later_answers_narrow_or_add_doubt(known: Timekeeping, measured: ClockOffset, refined: Timekeeping) -> None:
    assert refine_timekeeping(known, measured) == refined


@pytest.mark.parametrize(
    ("date", "is_plausible"), [(0.0, False), (NOW - 10 * 365 * 86400, False), (NOW, True), (253_402_300_799.0, False)]
)
def test_plausible_dates(date: float, is_plausible: bool) -> None:
    assert is_plausible_date(date) is is_plausible


@pytest.mark.parametrize(
    ("skew", "drift", "trouble"),
    [
        (None, 0.0, None),
        (60.0, 0.0, None),
        (0.0, -60.0, None),
        (3600.0, 0.0, ClockTrouble(3600.0)),
        (-3600.0, 0.0, ClockTrouble(-3600.0)),
        (0.0, 3600.0, ClockTrouble(-3600.0)),
        (None, 3600.0, ClockTrouble(-3600.0, was_moved=True)),
        (None, -3600.0, ClockTrouble(3600.0, was_moved=True)),
        (3600.0, 3600.0, None),  # it was set right while numdeck ran
        (3600.0, -7200.0, ClockTrouble(10800.0)),
    ],
)
def test_only_a_clock_that_is_wrong_is_a_trouble(
    skew: float | None, drift: float, trouble: ClockTrouble | None
) -> None:
    assert clock_trouble(skew=skew, drift=drift) == trouble
