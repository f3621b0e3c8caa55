"""One gate for all requests: after a 429 nothing is sent before its time, whoever asks."""

from __future__ import annotations

import math

from numdeck.clock import Clock


class ThrottleGate:
    """Knows until when nothing may be sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens_at = -math.inf

    def hold(self, seconds: float) -> None:
        """Close the gate for `seconds` from now; a gate that is closed for longer stays so."""
        self._opens_at = max(self._opens_at, self._clock.monotonic() + seconds)

    def blocked_for(self) -> float:
        """How long nothing may be sent, in seconds; 0 when the gate is open."""
        return max(0.0, self._opens_at - self._clock.monotonic())
