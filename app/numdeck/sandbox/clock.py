"""The sandbox's time: real time at any speed, or time that a test advances."""

from __future__ import annotations

import time
from typing import Final, Protocol

EXAMPLE_START: Final = 1_767_268_800.0
"""The default start of a `ManualClock`: 2026-01-01 12:00:00 UTC, in epoch seconds."""


class Clock(Protocol):
    """Where the sandbox reads time; the state of an order is computed from it on access."""

    def now(self) -> float:
        """Return sandbox time, in epoch seconds."""

    def client_seconds(self) -> float:
        """Return the seconds of a client's own clock, from any origin.

        The throttle counts these, as a client waits for `Retry-After` by its own clock, whatever the sandbox's speed.
        """

    def client_now(self) -> float:
        """Return the time of day on a client's clock, in epoch seconds."""


class SandboxClock:
    """Time that starts at the present and runs `speed` times as fast as real time. Raises ValueError unless above 0."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above zero, not {speed:g}")
        self._speed = speed
        self._started = time.time()
        # Monotonic: a correction of the system clock does not affect orders.
        self._origin = time.monotonic()

    def now(self) -> float:
        """Return sandbox time, in epoch seconds."""
        return self._started + self.client_seconds() * self._speed

    def client_seconds(self) -> float:
        """Return the real seconds since this clock was created."""
        return time.monotonic() - self._origin

    def client_now(self) -> float:
        """Return the real time of day, in epoch seconds."""
        return time.time()


class ManualClock:
    """Time that stands still until a test advances it."""

    def __init__(self, start: float = EXAMPLE_START) -> None:
        self._now = start

    def now(self) -> float:
        """Return sandbox time, in epoch seconds."""
        return self._now

    def client_seconds(self) -> float:
        """Return the same seconds as `now`: a test's client shares this clock."""
        return self._now

    def client_now(self) -> float:
        """Return the same time as `now`."""
        return self._now

    def advance(self, seconds: float = 0.0, *, minutes: float = 0.0) -> float:
        """Advance by seconds and minutes; return the new sandbox time in epoch seconds."""
        self._now += seconds + minutes * 60
        return self._now
