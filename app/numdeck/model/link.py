"""The connection to the service: its state, how fresh the data is, and the pace of polls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STALE_AFTER_INTERVALS: Final = 2
"""Data older than this many poll intervals is stale."""

LONGEST_RETRY: Final = 30.0
"""After a failure the service is asked again within this time, in seconds, even if it asks for a longer pause: codes
may be waiting behind a fault that is over. Only a 429 is obeyed for longer."""

_NO_MORE_THAN_DOUBLINGS: Final = 5
_IDLE_FACTOR: Final = 3
_LONGEST_WAIT: Final = 60.0


class LinkState(StrEnum):
    """How the last request went."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"
    THROTTLED = "throttled"
    UNAUTHORISED = "key refused"
    FAULT = "service fault"


@dataclass(frozen=True, slots=True)
class Hold:
    """Requests of a kind are held for `seconds`: after a 429 if `is_throttle`, else as the service is unavailable."""

    seconds: float
    is_throttle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The connection to the service at one moment.

    `fresh_at` is when the request of the newest good list was sent, `next_try_at` when the next one is due (epoch
    seconds; None for never yet, and not planned). `interval` is the pace in seconds; `sentence` says what went wrong.
    """

    state: LinkState = LinkState.CONNECTING
    fresh_at: float | None = None
    next_try_at: float | None = None
    interval: float = 5.0
    sentence: str = ""

    def is_stale(self, now: float) -> bool:
        """Whether the data is too old to be taken for the present."""
        return self.fresh_at is None or now - self.fresh_at > STALE_AFTER_INTERVALS * self.interval

    def is_troubled(self, now: float) -> bool:
        """Whether to warn the operator."""
        is_well = self.state is LinkState.CONNECTING or (self.state is LinkState.LIVE and not self.is_stale(now))
        return not is_well


def poll_interval(base: float, *, active: int, throttle_factor: float) -> float:
    """Return how long to wait after a good poll, in seconds: longer if nothing is active, and after throttling."""
    return min(max(_LONGEST_WAIT, base), base * (1 if active else _IDLE_FACTOR) * throttle_factor)


def retry_interval(base: float, failures: int) -> float:
    """Return how long to wait after the `failures`-th failed poll in a row, in seconds."""
    return float(min(LONGEST_RETRY, base * 2 ** min(failures - 1, _NO_MORE_THAN_DOUBLINGS)))


def stretch(throttle_factor: float) -> float:
    """Double the throttle factor, after a 429."""
    return min(8.0, throttle_factor * 2)


def ease(throttle_factor: float) -> float:
    """Ease the throttle factor back, after a good poll."""
    return max(1.0, throttle_factor * 0.8)
