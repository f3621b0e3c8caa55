"""Two clocks, the service's and this machine's: how far they are apart, and whether the operator should know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

CLOCK_SLACK: Final = 60.0
"""Clocks that differ by less than this, in seconds, are no trouble."""

_DATE_STEP: Final = 1.0
"""An HTTP date leaves out the parts of a second."""

_FIRST_DATE: Final = 1_577_836_800.0  # 2020-01-01
_LAST_DATE: Final = 4_102_444_800.0  # 2100-01-01


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """The service's clock is ahead of this machine's by `ahead` ± `uncertainty`, in seconds."""

    ahead: float = 0.0
    uncertainty: float = 0.0

    def worst_error(self, measured: ClockOffset) -> float:
        """By how much `self.ahead` may be wrong, in seconds, if `measured` is right."""
        return abs(self.ahead - measured.ahead) + measured.uncertainty

    def agrees(self, other: ClockOffset) -> bool:
        """Whether one offset can be what both measured."""
        return abs(self.ahead - other.ahead) <= self.uncertainty + other.uncertainty


def is_plausible_date(date: float) -> bool:
    """Whether a running clock can show this date, epoch seconds: a clock that was never set shows 1970."""
    return _FIRST_DATE <= date <= _LAST_DATE


def measure_offset(date: float, *, sent_at: float, heard_at: float) -> ClockOffset:
    """Measure the offset by one answer, dated `date`, that was requested at `sent_at` and received at `heard_at`.

    All in epoch seconds, the latter two by our clock. A slow answer measures less exactly.
    """
    lowest, highest = date - heard_at, date + _DATE_STEP - sent_at
    return ClockOffset((lowest + highest) / 2, (highest - lowest) / 2)


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """The offset that a run uses, and by how much instants of earlier runs may be wrong under it, in seconds."""

    offset: ClockOffset
    doubt: float = 0.0


def begin_timekeeping(kept: ClockOffset | None, measured: ClockOffset) -> Timekeeping:
    """Choose the offset of a run; `kept` is the one that the previous run used, None if it was not stored.

    If the two agree, this machine's clock was not set in between, and the old offset stays. Otherwise it was: the new
    offset is used, and instants of earlier runs are as exact as both measurements together. If the old offset was not
    stored, those instants may have been noted by either clock.
    """
    before = kept or ClockOffset()
    if before.agrees(measured):
        if kept is None:
            before = replace(before, uncertainty=before.worst_error(measured))
        return refine_timekeeping(Timekeeping(before), measured)
    doubt = before.uncertainty + measured.uncertainty
    return Timekeeping(measured, doubt if kept is not None else doubt + abs(measured.ahead))


def refine_timekeeping(known: Timekeeping, measured: ClockOffset) -> Timekeeping:
    """Use a later answer: one that agrees narrows the uncertainty, one that contradicts adds doubt.

    The offset stays: all instants of a run are by one clock. An answer contradicts if the first one was too slow to
    show that our clock had been set, or if the clock of the service jumps.
    """
    offset, error = known.offset, known.offset.worst_error(measured)
    if offset.agrees(measured):
        if known.doubt:
            return known
        return replace(known, offset=replace(offset, uncertainty=min(offset.uncertainty, error)))
    return Timekeeping(replace(offset, uncertainty=max(offset.uncertainty, error)), max(known.doubt, error))


@dataclass(frozen=True, slots=True)
class ClockTrouble:
    """How wrong this machine's clock is: `behind` the service's by so many seconds, ahead of it if negative.

    If it `was_moved`, the service's clock is unknown, and this is by how much ours was set back while numdeck ran.
    """

    behind: float
    was_moved: bool = False


def clock_trouble(*, skew: float | None, drift: float) -> ClockTrouble | None:
    """Tell whether this machine's clock is so wrong that the operator should know.

    `skew` is by how much the service's clock was ahead of ours when numdeck started (None if it never told), `drift` by
    how much this machine's was moved while numdeck ran; seconds.
    """
    behind = (skew or 0.0) - drift
    return None if abs(behind) <= CLOCK_SLACK else ClockTrouble(behind, was_moved=skew is None)
