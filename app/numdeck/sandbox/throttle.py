"""How many requests a client may send; the real service's rates are not documented."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from numdeck.sandbox import refusals
from numdeck.sandbox.clock import Clock

_WINDOW = 60.0


class Throttle:
    """A sliding minute for each method, as Django REST Framework's `SimpleRateThrottle` keeps it."""

    def __init__(self, clock: Clock, per_minute: Mapping[str, int]) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._seen: dict[str, deque[float]] = {method: deque() for method in per_minute}

    def admit(self, method: str) -> None:
        """Count a request; raises `RefusedError` (429) beyond the rate. Methods without a rate are not counted."""
        if method not in self._per_minute:
            return
        now = self._clock.client_seconds()
        seen = self._seen[method]
        while seen and seen[0] <= now - _WINDOW:
            seen.popleft()
        if len(seen) >= self._per_minute[method]:
            # A rate of 0 refuses everything for a whole window.
            raise refusals.throttled(seen[0] + _WINDOW - now if seen else _WINDOW)
        seen.append(now)
