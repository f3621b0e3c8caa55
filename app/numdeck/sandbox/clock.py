"""The sandbox's time: real time at any speed, or time that is handed in by a test."""

from __future__ import annotations

import time
from typing import Final, Protocol

EXAMPLE_START: Final = 1_767_268_800.0
"""Where a `ManualClock` starts unless told otherwise: 2026-01-01 12:00:00 UTC, in epoch seconds."""


class Clock(Protocol):
    """Where the sandbox reads time; every state of an order is computed from it on access."""

    def now(self) -> float:
        """Tell sandbox time, in epoch seconds."""

    def client_seconds(self) -> float:
        """Tell the seconds counted by a client's own clock, from any origin.

        A client waits out `Retry-After` on its own clock, however fast the sandbox's minutes pass; so the throttle
        counts these.
        """

    def client_now(self) -> float:
        """Tell the time of day on a client's clock, in epoch seconds."""


class SandboxClock:
    """Real time whose minutes pass `speed` times as fast; it starts at the present.

    Raises ValueError for a speed that is not above zero.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above zero, not {speed:g}")
        self._speed = speed
        self._started = time.time()
        # Monotonic, so that a corrected system clock moves no order.
        self._origin = time.monotonic()

    def now(self) -> float:
        """Tell sandbox time, in epoch seconds."""
        return self._started + self.client_seconds() * self._speed

    def client_seconds(self) -> float:
        """Tell the real seconds since this clock was made."""
        return time.monotonic() - self._origin

    def client_now(self) -> float:
        """Tell the real time of day, in epoch seconds."""
        return time.time()


class ManualClock:
    """Time that stands still until a test advances it."""

    def __init__(self, start: float = EXAMPLE_START) -> None:
        self._now = start

    def now(self) -> float:
        """Tell sandbox time, in epoch seconds."""
        return self._now

    def client_seconds(self) -> float:
        """Tell the same seconds as `now`: a test's client lives by the same clock."""
        return self._now

    def client_now(self) -> float:
        """Tell the same time as `now`."""
        return self._now

    def advance(self, seconds: float = 0.0, *, minutes: float = 0.0) -> float:
        """Move on by seconds and minutes; return the new sandbox time in epoch seconds."""
        self._now += seconds + minutes * 60
        return self._now
