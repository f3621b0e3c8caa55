"""How long a service asks to be left alone."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Final

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
