"""When requests may leave: the one place that knows what the service asked to wait for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final, Literal

from numdeck.clock import Clock
from numdeck.model.link import LONGEST_RETRY

Method = Literal["GET", "POST", "PUT"]


class RequestKind(Enum):
    """What a request is for. A service may count each kind on its own."""

    WATCH = "watch"
    """Orders: the active list, the details, the history."""
    LOOKUP = "lookup"
    """What the watch can do without: names, prices, the balance."""
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
"""A cancellation is sent during a pause: its window may close, and to send it again does no harm. A purchase is not:
it would most likely fail, and leave open whether it was placed."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Requests of a kind are not sent for `seconds`; `is_throttle` after a 429, else the service is unavailable."""

    seconds: float
    is_throttle: bool


class Gate:
    """Knows which requests have to wait.

    A 429 holds the kind of request that it answered, for as long as it says; nothing shortens that. Whether the
    service counts the kinds apart (Django REST Framework's throttle scopes) or all together is not documented. It shows
    when another kind is sent: at worst that request is refused, too, and its kind held from then on. So a service that
    counts all requests together gets one request of each kind too many, and one that counts them apart is not left
    unwatched for an hour because purchases, or prices, were asked for too often.

    A 5xx that names a time says only that the service is unavailable. It is a guess of the service's, which may be back
    any moment: it holds requests for `LONGEST_RETRY` seconds at most, and `resume` or any answer ends it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens_at = dict.fromkeys(RequestKind, -math.inf)
        self._paused_until = -math.inf

    def throttle(self, kind: RequestKind, seconds: float) -> None:
        """Hold requests of this kind for `seconds` from now; one that is held for longer stays so."""
        self._opens_at[kind] = max(self._opens_at[kind], self._clock.monotonic() + seconds)

    def pause(self, seconds: float) -> None:
        """Leave the service alone for `seconds` from now, or for as long as is bearable."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + min(seconds, LONGEST_RETRY))

    def resume(self) -> None:
        """End the pause: the service has answered, or the operator wants to know whether it does."""
        self._paused_until = -math.inf

    def hold(self, kind: RequestKind) -> Hold | None:
        """What keeps requests of this kind from being sent, and for how long; None when nothing does."""
        now = self._clock.monotonic()
        throttled = self._opens_at[kind] - now
        paused = self._paused_until - now if kind in _WAITS_FOR_A_PAUSE else 0.0
        left = max(throttled, paused)
        return Hold(left, is_throttle=throttled >= paused) if left > 0 else None

    def blocked_for(self, kind: RequestKind) -> float:
        """How long no request of this kind is sent, in seconds; 0 when it may be."""
        hold = self.hold(kind)
        return 0.0 if hold is None else hold.seconds


DEFAULT_WAIT: Final = 30.0
"""How long to wait when a throttled answer does not say, in seconds."""

SHORTEST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 3600.0

_SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*", re.ASCII)
_IN_WORDS = re.compile(r"available in (\d+(?:\.\d+)?) ?s", re.ASCII | re.IGNORECASE)


def read_http_date(text: str | None) -> float | None:
    """Read an HTTP date as epoch seconds; None when there is none."""
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def read_retry_after(header: str | None, *, asked_at: float) -> float | None:
    """Read a `Retry-After` header: seconds, or an HTTP date counted from `asked_at`, the server's time of the answer.

    The result is in seconds, within sane bounds; None when the header is absent or says nothing.
    """
    if header is None:
        return None
    if seconds := _SECONDS.fullmatch(header):
        return _within_bounds(float(seconds[1]))
    instant = read_http_date(header)
    return None if instant is None else _within_bounds(instant - asked_at)


def throttle_wait(header: str | None, detail: str, *, asked_at: float) -> float:
    """Tell how long to wait after a 429, in seconds: by its header, else by its words, else `DEFAULT_WAIT`.

    Documented words: "Request was throttled. Expected available in 50 seconds."
    """
    stated = read_retry_after(header, asked_at=asked_at)
    if stated is not None:
        return stated
    words = _IN_WORDS.search(detail)
    return _within_bounds(float(words[1])) if words else DEFAULT_WAIT


def _within_bounds(seconds: float) -> float:
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, seconds))
