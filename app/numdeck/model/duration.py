"""Durations as people read them. The texts change only as often as they are of use."""

from __future__ import annotations

import math
from typing import Annotated, Final, TypeAlias

from annotated_types import Ge, Le

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400
_LAST_STRETCH: Final = 120
_STEP: Final = 5
_TENTHS_BELOW: Final = 10
_EVERY_SECOND_FROM: Final = 15
_CLOSE: Final = 5

Seconds: TypeAlias = Annotated[float, Ge(0), Le(_DAY)]
"""A duration that a setting may have."""


def show_clock(seconds: float) -> str:
    """Format as `m:ss`, rounded up, so that 0:00 means "now"."""
    whole = max(0, math.ceil(seconds))
    return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"


def show_pace(seconds: float) -> str:
    """Format the interval between polls: `5s`, `2.5s`, `13s`; with a tenth under ten seconds."""
    return f"{round(seconds, 1 if seconds < _TENTHS_BELOW else None):g}s"


def show_until(seconds: float) -> str:
    """Count down to something that begins: in steps of five seconds, rounded up, and each second from 0:15 on."""
    if seconds <= _EVERY_SECOND_FROM:
        return show_clock(seconds)
    return show_clock(math.ceil(seconds / _STEP) * _STEP)


def show_left(seconds: float) -> str:
    """Count down to something that ends, rounded down: minutes, under two steps of five seconds, then seconds."""
    if seconds > _LAST_STRETCH:
        return show_coarse(seconds)
    if seconds < _EVERY_SECOND_FROM:
        return show_clock(math.floor(seconds))
    return show_clock(math.floor(seconds / _STEP) * _STEP)


def show_coarse(seconds: float) -> str:
    """Format in the largest sensible unit, rounded down: `34 s`, `12 min`, `5 h`, `3 d`."""
    whole = max(0, math.floor(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} h"
    return f"{whole // _DAY} d"


def show_ages(youngest: float, oldest: float) -> str:
    """Format an age between two bounds in seconds: `3 min`, `1–4 min`, `<4 min`, `>3 min`, `?`.

    `oldest` is inf if there is no upper bound. Bounds that are close together are shown as one age.
    """
    youngest = max(0.0, youngest)
    low, high = show_age(youngest), "" if math.isinf(oldest) else show_age(oldest)
    if low == high or oldest - youngest <= _CLOSE:
        return low
    if youngest < _MINUTE:
        return f"<{_rounded_up(oldest)}" if high else "?"
    (low_count, low_unit), (high_count, high_unit) = low.split(), high.split() if high else ("", "")
    return f"{low_count}–{high_count} {low_unit}" if low_unit == high_unit else f">{low}"


def _rounded_up(seconds: float) -> str:
    """Round an age of a minute or more up to the next whole unit."""
    count, unit = show_coarse(seconds).split()
    return f"{int(count) + 1} {unit}"


def show_age(seconds: float) -> str:
    """Format an age so that it changes once a minute: `<1 min`, then like `show_coarse`."""
    return "<1 min" if seconds < _MINUTE else show_coarse(seconds)
