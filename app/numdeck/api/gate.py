"""When requests may be sent: what the service asks to wait for, and for how long."""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final, Literal

from numdeck.clock import Clock
from numdeck.model.link import LONGEST_RETRY, Hold

Method = Literal["GET", "POST", "PUT"]

DEFAULT_WAIT: Final = 30.0
"""How long to wait after a 429 that does not say, in seconds."""

SHORTEST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 3600.0
_SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*", re.ASCII)
_IN_WORDS = re.compile(r"available in (\d+(?:\.\d+)?) ?s", re.ASCII | re.IGNORECASE)


class RequestKind(Enum):
    """What a request is for. A service may throttle each kind separately."""

    WATCH = "watch"
    """Orders: the active list, the details, the history."""
    LOOKUP = "lookup"
    """Names, prices and the balance: watching goes on without them."""
    PURCHASE = "purchase"
    CANCEL = "cancel"

    @property
    def method(self) -> Method:
        """The HTTP method of such requests."""
        match self:
            case RequestKind.PURCHASE:
                return "POST"
            case RequestKind.CANCEL:
                return "PUT"
            case _:
                return "GET"


_WAITS_FOR_A_PAUSE: Final = frozenset({RequestKind.WATCH, RequestKind.LOOKUP, RequestKind.PURCHASE})
"""A cancellation is sent during a pause: its window may close, and sending it twice does no harm. A purchase waits: it
would most likely fail, and leave open whether it was placed."""


class Gate:
    """Knows which requests have to wait.

    A 429 holds the kind of request that it answered, for as long as it says; nothing shortens that. It is not
    documented whether the service counts the kinds separately (Django REST Framework's throttle scopes) or together.
    Holding one kind costs at most one refused request of each other kind; holding them all could leave the orders
    unwatched for an hour because of too many purchases or price look-ups.

    A 5xx that names a time is only the service's guess at when it is back: it holds requests for `LONGEST_RETRY`
    seconds at most, and `resume` or any answer ends it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens_at = dict.fromkeys(RequestKind, -math.inf)
        self._paused_until = -math.inf

    def throttle(self, kind: RequestKind, seconds: float) -> None:
        """Hold requests of this kind for `seconds` from now; a longer hold stays."""
        self._opens_at[kind] = max(self._opens_at[kind], self._clock.monotonic() + seconds)

    def pause(self, seconds: float) -> None:
        """Hold requests for `seconds` from now, at most `LONGEST_RETRY`."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + min(seconds, LONGEST_RETRY))

    def resume(self) -> None:
        """End the pause: the service has answered, or the operator asked for a try."""
        self._paused_until = -math.inf

    def hold(self, kind: RequestKind) -> Hold | None:
        """Return what holds requests of this kind, and for how long; None when they may be sent."""
        now = self._clock.monotonic()
        throttled = self._opens_at[kind] - now
        paused = self._paused_until - now if kind in _WAITS_FOR_A_PAUSE else 0.0
        left = max(throttled, paused)
        return Hold(left, is_throttle=throttled >= paused) if left > 0 else None

    def blocked_for(self, kind: RequestKind) -> float:
        """Return how long requests of this kind are held, in seconds; 0 when they may be sent."""
        hold = self.hold(kind)
        return 0.0 if hold is None else hold.seconds


def read_http_date(text: str | None) -> float | None:
    """Read an HTTP date as epoch seconds; None when it is missing or malformed."""
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def read_retry_after(header: str | None, *, asked_at: float) -> float | None:
    """Read a `Retry-After` header: seconds, or an HTTP date counted from `asked_at`, the server's time of the answer.

    Returns seconds between `SHORTEST_WAIT` and `LONGEST_WAIT`; None when the header is missing or malformed.
    """
    if header is None:
        return None
    if seconds := _SECONDS.fullmatch(header):
        return _within_bounds(float(seconds[1]))
    instant = read_http_date(header)
    return None if instant is None else _within_bounds(instant - asked_at)


def throttle_wait(header: str | None, detail: str, *, asked_at: float) -> float:
    """Return how long to wait after a 429, in seconds: by its header, else by its words, else `DEFAULT_WAIT`.

    Documented words: "Request was throttled. Expected available in 50 seconds."
    """
    stated = read_retry_after(header, asked_at=asked_at)
    if stated is not None:
        return stated
    words = _IN_WORDS.search(detail)
    return _within_bounds(float(words[1])) if words else DEFAULT_WAIT


def _within_bounds(seconds: float) -> float:
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, seconds))
