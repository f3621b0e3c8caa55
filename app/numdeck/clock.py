"""Clocks. Everything else gets the time from one of them, and only this module reads the machine's."""

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
    """A source of time."""

    def now(self) -> float:
        """The time of day, in epoch seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes backwards, for deadlines within this run."""
        ...

    def drift(self) -> float:
        """By how much the machine's time of day is ahead of `now`, in seconds, because it was set."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds."""
        ...


# CLOCK_BOOTTIME also counts while the machine is suspended, as the age of an order does.
_elapsed = partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


class SystemClock:
    """The machine's clock: its time of day at the start plus the time elapsed since.

    Within a run, time neither goes backwards nor jumps when the machine's clock is set, so ages and cancel windows stay
    correct.
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
    """The service's time of day, estimated from the dates of its answers. The desk and the journal use it.

    The machine's clock may be set between two runs, so timestamps taken from it would be ambiguous after a restart. The
    offset between both clocks is fixed at the first answer of a run, so that time does not jump afterwards; until then
    the offset of the previous run applies.
    """

    def __init__(self, machine: Clock) -> None:
        self.machine = machine
        self._kept: ClockOffset | None = None
        self._measured: ClockOffset | None = None
        self._timekeeping: Timekeeping | None = None
        self.jump = 0.0
        """By how much `now` moved at the first answer, in seconds; earlier timestamps of this run are off by it."""

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
        """The offset in use: by how much the service's clock is ahead of this machine's."""
        return self._timekeeping.offset if self._timekeeping else self._kept or ClockOffset()

    @property
    def is_set(self) -> bool:
        """Whether an answer has been received in this run, after which `now` does not jump."""
        return self._timekeeping is not None

    @property
    def skew(self) -> float | None:
        """By how much the service's clock is ahead of this machine's, in seconds; None before a dated answer."""
        return None if self._measured is None else self.offset.ahead

    @property
    def doubt(self) -> float:
        """By how much timestamps of earlier runs may be wrong, in seconds."""
        return self._timekeeping.doubt if self._timekeeping else 0.0

    def resume(self, kept: ClockOffset | None) -> None:
        """Use the offset of the previous run, None if there is none. Call this before the first answer."""
        self._kept = kept

    def hear(self, date: float | None, *, sent_at: float) -> None:
        """Note the date of an answer (epoch seconds, None for none) to a request sent at `sent_at`, by `monotonic`."""
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
