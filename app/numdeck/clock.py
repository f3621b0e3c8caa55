"""Time, handed in: the one place that reads the machine's clocks."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Protocol

from numdeck.model.clock import (
    ClockOffset,
    Timekeeping,
    begin_timekeeping,
    is_plausible_date,
    measure_offset,
    refine_timekeeping,
)


class Clock(Protocol):
    """What the program knows of time."""

    def now(self) -> float:
        """The time of day, in epoch seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back, for deadlines within this run."""
        ...

    def drift(self) -> float:
        """By how much the machine's time of day has run ahead of `now`, in seconds: somebody set it."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


# On Linux the one that goes on while a laptop sleeps: an order does not stay young because nobody was awake.
_elapsed = partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


class SystemClock:
    """The machine's own clocks; the time of day as it was at the start, and what has gone by since.

    Within one run time never goes back, nor jumps when the machine's clock is set: ages and cancel windows stay true.
    """

    def __init__(self) -> None:
        self._offset = time.time() - _elapsed()

    def now(self) -> float:
        """See `Clock.now`."""
        return _elapsed() + self._offset

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return _elapsed()

    def drift(self) -> float:
        """See `Clock.drift`."""
        return time.time() - self.now()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(seconds)


class ServiceClock:
    """The service's time of day, estimated from the dates of its answers: what the desk reckons and remembers by.

    This machine's clock may be set between two runs, so instants noted by it mean something else after a restart. The
    offset between both clocks is chosen once in a run, at the first answer, so that time does not jump afterwards;
    until then it is taken to be what the run before went by.
    """

    def __init__(self, machine: Clock) -> None:
        self.machine = machine
        self._kept: ClockOffset | None = None
        self._measured: ClockOffset | None = None
        self._timekeeping: Timekeeping | None = None
        self.jump = 0.0
        """By how much `now` moved at the first answer, in seconds: what this run noted before is off by it."""

    def now(self) -> float:
        """See `Clock.now`."""
        return self.machine.now() + self.offset.ahead

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self.machine.monotonic()

    def drift(self) -> float:
        """See `Clock.drift`."""
        return self.machine.drift()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await self.machine.sleep(seconds)

    def at(self, monotonic: float) -> float:
        """The time of day at a moment of `monotonic`, epoch seconds."""
        return self.now() + (monotonic - self.monotonic())

    @property
    def offset(self) -> ClockOffset:
        """By how much the service's clock is ahead of this machine's, as far as this run knows."""
        return self._timekeeping.offset if self._timekeeping else self._kept or ClockOffset()

    @property
    def is_set(self) -> bool:
        """Whether an answer has come in this run: `now` does not jump any more."""
        return self._timekeeping is not None

    @property
    def skew(self) -> float | None:
        """By how much the service's clock is ahead of this machine's, in seconds; None when no answer told."""
        return None if self._measured is None else self.offset.ahead

    @property
    def doubt(self) -> float:
        """By how much instants that earlier runs noted may be wrong, in seconds."""
        return self._timekeeping.doubt if self._timekeeping else 0.0

    def resume(self, kept: ClockOffset | None) -> None:
        """Go by the offset that the run before went by, None if none was kept. Call before the first answer."""
        self._kept = kept

    def hear(self, date: float | None, *, sent_at: float) -> None:
        """Take in the date of an answer (epoch seconds, None for none); `sent_at` is when `monotonic` it was asked."""
        heard_at = self.machine.now()
        if date is None or not is_plausible_date(date):
            self._timekeeping = self._timekeeping or Timekeeping(self.offset)
            return
        asked_at = heard_at - (self.monotonic() - sent_at)
        measured = measure_offset(date, sent_at=asked_at, heard_at=heard_at)
        self._measured = measured
        if self._timekeeping is None:
            before = self.offset.ahead
            self._timekeeping = begin_timekeeping(self._kept, measured)
            self.jump = self.offset.ahead - before
        else:
            self._timekeeping = refine_timekeeping(self._timekeeping, measured)
