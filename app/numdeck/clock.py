"""Time, handed in: the one place that reads the machine's clocks."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Protocol


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
