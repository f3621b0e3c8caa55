"""What can go wrong with a request, and which error an answer is.

Each error says whether the request may have taken effect. Source: "Error Responses" of the documentation; the shapes
are those of Django REST Framework.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from itertools import islice
from typing import Final

from numdeck.api.gate import read_retry_after, throttle_wait
from numdeck.model.text import MAX_SENTENCE, clean

# ruff: noqa: N818 - each is named for what it says

Fields = dict[str, tuple[str, ...]]
_MINUTES = re.compile(r"(\d{1,4})\s*-?\s*min")
_FIRST_TOO_LATE: Final = 10
"""Minutes. The documented texts differ by their number alone: 2 is too soon, 20 (the table says 15) is too late."""

_MAX_FIELDS: Final = 20
_MAX_MESSAGES: Final = 5
_MAX_DEPTH: Final = 3
_ABOUT_THE_WHOLE: Final = frozenset({"detail", "non_field_errors", "error", "errors", "message"})


class ApiError(Exception):
    """A request that failed.

    `sentence` is clean and tells the operator what happened and what to do. `maybe_applied` is True when the request
    may have taken effect all the same: then nothing may be reported as not bought or not cancelled.
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
    """The service refused the request (400 and other 4xx).

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
    """The service refused to cancel; `kind` says why, if its words are known."""

    def __init__(self, refused: Rejected) -> None:
        super().__init__(refused.sentence, fields=refused.fields, maybe_applied=refused.maybe_applied)
        self.kind = read_cancel_refusal(" ".join(refused.fields.get("", ())))


class Held(ApiError):
    """The service accepts no such request now. `retry_after` is how long to wait, in seconds."""

    def __init__(self, sentence: str, *, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Throttled(Held):
    """Too many requests of this kind (429), or not sent because of an earlier 429."""


class Paused(Held):
    """Not sent, as the service has just said that it is unavailable (5xx)."""


class NotFound(ApiError):
    """There is no such order or endpoint (404); normal for the detail of an order just placed."""


class ServerFault(ApiError):
    """The service failed (5xx), or answered in a way that the API does not have, such as a redirect.

    `status` is the HTTP status; `retry_after` is how long the service asked to wait, in seconds, None if it did not.
    """

    def __init__(
        self, sentence: str, *, status: int, maybe_applied: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence, maybe_applied=maybe_applied)
        self.status = status
        self.retry_after = retry_after


class Unreachable(ApiError):
    """No complete answer came. `maybe_applied` is False only when certainly nothing was sent."""


class Unreadable(ApiError):
    """The service accepted the request, but its answer cannot be read."""

    def __init__(self, sentence: str, *, maybe_applied: bool = True) -> None:
        super().__init__(sentence, maybe_applied=maybe_applied)


class ReadOnly(ApiError):
    """Nothing was sent: numdeck runs read-only."""


def read_cancel_refusal(detail: str) -> CancelRefusal:
    """Read why a cancellation was refused from the service's words; `OTHER` for unknown words.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """An answer other than 2xx. `data` is its decoded body, None unless it is JSON.

    `may_change` says whether the request was one that changes something. `answered_at` is the server's time of the
    answer as far as it is known, in epoch seconds.
    """

    status: int
    data: object
    may_change: bool
    answered_at: float
    retry_after: str | None = None

    def to_error(self) -> ApiError:
        """Return the typed error for this answer, with the service's own words in it, cleaned."""
        fields = read_fields(self.data)
        said = clean(" ".join(fields.get("", ())))
        match self.status:
            case 400 if "count" in fields:
                there_is_none = clean(" ".join(fields["count"]))
                return OutOfStock(f"{there_is_none} Another country, number type or a higher markup may have some.")
            case 401 | 403:
                return Unauthorised(f"The API key was refused: {said or self._status_words} Check the key.")
            case 402:
                return InsufficientBalance(f"Not enough balance for this order. {said or 'Top up the account.'}")
            case 404:
                return NotFound(f"The service knows no such order or address: {said or self._status_words}")
            case 429:
                wait = throttle_wait(self.retry_after, said, asked_at=self.answered_at)
                return Throttled(f"Too many requests: the service asked to wait {math.ceil(wait)} s.", retry_after=wait)
            case HTTPStatus.REQUEST_TIMEOUT:
                return self._server_fault(said)
            case status if 400 <= status < 500:
                return Rejected(_refusal(fields) or f"The service refused: {self._status_words}", fields=fields)
            case _:
                return self._server_fault(said)

    @property
    def _status_words(self) -> str:
        """The status as people read it: `502 (bad gateway).`."""
        try:
            return f"{self.status} ({HTTPStatus(self.status).phrase.lower()})."
        except ValueError:
            return f"{self.status}."

    def _server_fault(self, said: str) -> ServerFault:
        if 300 <= self.status < 400:
            sentence = "The service redirects to another address, which is not followed: check the base URL."
        elif self.may_change:
            # The service's words are left out: "try again" is no advice for a request that may have taken effect.
            sentence = f"The service answered {self._status_words} It is unknown whether the request took effect."
        else:
            sentence = f"The service answered {self._status_words} {said or 'It is asked again automatically.'}"
        return ServerFault(
            sentence,
            status=self.status,
            maybe_applied=self.may_change,
            retry_after=read_retry_after(self.retry_after, asked_at=self.answered_at),
        )


def read_fields(data: object) -> Fields:
    """Read field → messages from the decoded body of an error, cleaned; empty when there are none.

    Messages about the request as a whole (`detail`, `non_field_errors`, a bare list or text) are under "".
    """
    fields: Fields = {}
    for key, value in islice(data.items(), _MAX_FIELDS) if isinstance(data, dict) else [("", data)]:
        name = "" if key in _ABOUT_THE_WHOLE else clean(key)
        messages = tuple(islice(_messages(value, _MAX_DEPTH), _MAX_MESSAGES))
        if messages:
            fields[name] = fields.get(name, ()) + messages
    return fields


def _messages(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in (value.values() if isinstance(value, dict) else value) if depth else ():
            yield from _messages(inner, depth - 1)
    elif isinstance(value, str | int | float | Decimal) and not isinstance(value, bool):
        text = clean(str(value).strip(), MAX_SENTENCE)
        if text:
            yield text


def _refusal(fields: Fields) -> str:
    """Join all messages into one sentence, those about the whole request first."""
    whole = list(fields.get("", ()))
    named = [f"{name}: {' '.join(messages)}" for name, messages in fields.items() if name]
    return " ".join(whole + named)
