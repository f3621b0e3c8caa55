"""What may go wrong with a request, each as a type of its own that says whether the request may have taken effect."""

# ruff: noqa: N818 - each is named for what it says

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from numdeck.model.text import MAX_SENTENCE, clean


class ApiError(Exception):
    """A request that did not do what it was meant to.

    `sentence` is clean and tells the operator what happened and what to do. `maybe_applied` is True when the request
    may have taken effect all the same: then nobody may say that nothing was bought or cancelled.
    """

    def __init__(self, sentence: str, *, maybe_applied: bool = False) -> None:
        self.sentence = clean(sentence, MAX_SENTENCE)
        self.maybe_applied = maybe_applied
        super().__init__(self.sentence)


class Unauthorised(ApiError):
    """The key is missing or was refused (401, 403)."""


class InsufficientBalance(ApiError):
    """The account has too little money for the order (402, "Insufficient Balance")."""


class OutOfStock(ApiError):
    """No such number is available now (400 with `count`, "Insufficient Stock")."""


class Rejected(ApiError):
    """The service refused what it was asked for (400 and other 4xx).

    `fields` maps a field of the request to the messages about it; those about the request as a whole (`detail`,
    `non_field_errors`) stand under "".
    """

    def __init__(
        self, sentence: str, *, fields: Mapping[str, tuple[str, ...]] | None = None, maybe_applied: bool = False
    ) -> None:
        super().__init__(sentence, maybe_applied=maybe_applied)
        self.fields: dict[str, tuple[str, ...]] = dict(fields or {})


class CancelRefusal(Enum):
    """Why a cancellation was refused, as documented under "Cancel a Number", "Error Responses"."""

    ALREADY_RECEIVED = "already received"
    TOO_SOON = "too soon"
    TOO_LATE = "too late"
    OTHER = "other"


class CancelRefused(Rejected):
    """The service refused to cancel; `kind` says why, as far as its words were understood."""

    def __init__(self, refused: Rejected) -> None:
        super().__init__(refused.sentence, fields=refused.fields, maybe_applied=refused.maybe_applied)
        self.kind = read_cancel_refusal(" ".join(refused.fields.get("", ())))


class Held(ApiError):
    """The service wants no such request now. `retry_after` is how long to wait, in seconds."""

    def __init__(self, sentence: str, *, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Throttled(Held):
    """Too many requests of this kind (429), or not sent because of an earlier 429."""


class Paused(Held):
    """Not sent, as the service said a moment ago that it is unavailable (5xx)."""


class NotFound(ApiError):
    """There is no such order or endpoint (404); normal for the detail of an order that was just placed."""


class ServerFault(ApiError):
    """The service failed (5xx), or answered with something that the API does not know, such as a redirect.

    `status` is the HTTP status; `retry_after` is how long it asked to be left alone, in seconds, None if it did not.
    """

    def __init__(
        self, sentence: str, *, status: int, maybe_applied: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence, maybe_applied=maybe_applied)
        self.status = status
        self.retry_after = retry_after


class Unreachable(ApiError):
    """No whole answer came. `maybe_applied` is False only when certainly nothing was sent."""


class Unreadable(ApiError):
    """The service accepted the request, and its answer cannot be read."""

    def __init__(self, sentence: str, *, maybe_applied: bool = True) -> None:
        super().__init__(sentence, maybe_applied=maybe_applied)


class ReadOnly(ApiError):
    """Nothing was sent: numdeck runs read-only."""


_MINUTES = re.compile(r"(\d{1,4})\s*-?\s*min")
_FIRST_TOO_LATE: Final = 10
"""The documented texts differ by this number alone: 2 minutes is too soon, 20 (the table says 15) is too late."""


def read_cancel_refusal(detail: str) -> CancelRefusal:
    """Tell why a cancellation was refused from the service's words; `OTHER` for words that we do not know.

    Documented: "You can't cancel if you've already received a text message.", "You can cancel the phone number 2
    minutes after you bought it." (too soon), the same with 20 minutes (too late).
    """
    words = detail.lower()
    minutes = {int(number) for number in _MINUTES.findall(words)}
    if "receiv" in words and ("already" in words or not minutes):
        return CancelRefusal.ALREADY_RECEIVED
    if len(minutes) == 1:
        return CancelRefusal.TOO_SOON if minutes.pop() < _FIRST_TOO_LATE else CancelRefusal.TOO_LATE
    return CancelRefusal.OTHER
