"""Durations as people read them, at every boundary."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.duration import show_age, show_ages, show_clock, show_coarse, show_left, show_until

DAY = 86400
seconds = st.floats(0, 10 * DAY)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (-5, "0:00"),
        (0, "0:00"),
        (0.001, "0:01"),
        (59, "0:59"),
        (59.1, "1:00"),
        (60, "1:00"),
        (119, "1:59"),
        (3600, "60:00"),
    ],
)
def test_show_clock(left: float, text: str) -> None:
    assert show_clock(left) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (120, "2:00"), (116, "2:00"), (115, "1:55"), (48, "0:50"), (16, "0:20"), (15.1, "0:20"), (15, "0:15"),
        (14.2, "0:15"), (1, "0:01"), (0, "0:00"), (-1, "0:00"),
    ],
)  # fmt: skip
def test_show_until(left: float, text: str) -> None:
    assert show_until(left) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (900, "15 min"), (780, "13 min"), (779, "12 min"), (180, "3 min"), (179.9, "2 min"), (121, "2 min"),
        (120, "2:00"), (119, "1:55"), (20, "0:20"), (19, "0:15"), (15, "0:15"), (14.9, "0:14"), (1, "0:01"),
        (0.9, "0:00"), (0, "0:00"), (-1, "0:00"),
    ],
)  # fmt: skip
def test_show_left(left: float, text: str) -> None:
    assert show_left(left) == text


@pytest.mark.parametrize(
    ("stretch", "text"),
    [
        (-1, "0 s"), (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (119, "1 min"), (3599, "59 min"), (3600, "1 h"),
        (2 * DAY - 1, "47 h"), (2 * DAY, "2 d"), (25 * DAY, "25 d"),
    ],
)  # fmt: skip
def test_show_coarse(stretch: float, text: str) -> None:
    assert show_coarse(stretch) == text


@pytest.mark.parametrize(("age", "text"), [(0, "<1 min"), (59.9, "<1 min"), (60, "1 min"), (7200, "2 h")])
def test_show_age(age: float, text: str) -> None:
    assert show_age(age) == text


@given(seconds)
def test_countdowns_err_on_the_safe_side(left: float) -> None:
    assert _read(show_until(left)) >= left, "nobody is sent too early"
    assert _read(show_left(left)) <= left, "nobody is told of more time than there is"


def _read(text: str) -> float:
    number, _, unit = text.partition(" ")
    if unit:
        return float(number) * {"s": 1, "min": 60, "h": 3600, "d": DAY}[unit]
    minutes, _, rest = text.partition(":")
    return float(minutes) * 60 + float(rest)


@pytest.mark.parametrize(
    ("youngest", "oldest", "text"),
    [
        (0, 0.3, "<1 min"),
        (59.9, 60.2, "<1 min"),  # a round trip is no interval
        (-3, 1, "<1 min"),
        (70, 100, "1 min"),
        (70, 270, "1–4 min"),
        (10, 90, "<2 min"),
        (10, 59, "<1 min"),
        (10, 4000, "<2 h"),
        (600, 890, "10–14 min"),
        (3500, 3900, ">58 min"),
        (7300, 20000, "2–5 h"),
        (5, inf, "?"),
        (60, inf, ">1 min"),
        (200, inf, ">3 min"),
        (90000, inf, ">25 h"),
    ],
)
def test_show_ages(youngest: float, oldest: float, text: str) -> None:
    assert show_ages(youngest, oldest) == text


@given(st.floats(0, 1e6), st.floats(0, 1e6) | st.just(inf))
def test_an_age_fits_its_column(youngest: float, more: float) -> None:
    assert len(show_ages(youngest, youngest + more)) <= 9
