"""Error answers as typed errors: the one place where a status and a body become an `ApiError`.

Source: "Error Responses" of the documentation; the shapes are those of Django REST Framework.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Final

from numdeck.api.errors import (
    ApiError,
    InsufficientBalance,
    NotFound,
    OutOfStock,
    Rejected,
    ServerFault,
    Throttled,
    Unauthorised,
)
from numdeck.api.fields import read_text
from numdeck.api.retry_after import read_retry_after, throttle_wait
from numdeck.model.text import MAX_SENTENCE, clean

_MAX_FIELDS: Final = 20
_MAX_MESSAGES: Final = 5
_MAX_DEPTH: Final = 3
_ABOUT_THE_WHOLE: Final = frozenset({"detail", "non_field_errors", "error", "errors", "message"})

Fields = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """An answer other than 2xx. `data` is its body, decoded; None where it is no JSON, as a web page is none.

    `may_change` says whether the request was one that changes something.

    `answered_at` is the server's time of the answer as far as it is known, in epoch seconds.
    """

    status: int
    data: object
    may_change: bool
    answered_at: float
    retry_after: str | None = None

    def to_error(self) -> ApiError:
        """The typed error that this answer is, with what the service said in it, cleaned."""
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
            # Whatever it says, even "try again": it is not for a request that may have taken effect.
            sentence = f"The service answered {self._status_words} Nobody knows whether the request took effect."
        else:
            sentence = f"The service answered {self._status_words} {said or 'It is asked again by itself.'}"
        return ServerFault(
            sentence,
            status=self.status,
            maybe_applied=self.may_change,
            retry_after=read_retry_after(self.retry_after, asked_at=self.answered_at),
        )


def read_fields(data: object) -> Fields:
    """Read field → messages from the decoded body of an error, cleaned; empty when it holds none.

    What is about the request as a whole (`detail`, `non_field_errors`, a bare list or text) stands under "".
    """
    fields: Fields = {}
    for key, value in islice(data.items(), _MAX_FIELDS) if isinstance(data, dict) else [("", data)]:
        name = "" if key in _ABOUT_THE_WHOLE else clean(key)
        messages = tuple(islice(_messages(value, _MAX_DEPTH), _MAX_MESSAGES))
        if messages:
            fields[name] = fields.get(name, ()) + messages
    return fields


def _messages(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        value = clean(value.strip(), MAX_SENTENCE)
        if value:
            yield value
    elif isinstance(value, dict | list):
        for inner in (value.values() if isinstance(value, dict) else value) if depth else ():
            yield from _messages(inner, depth - 1)
    elif text := read_text(value):
        yield text


def _refusal(fields: Fields) -> str:
    """One sentence of all messages, those about the whole first."""
    whole = list(fields.get("", ()))
    named = [f"{name}: {' '.join(messages)}" for name, messages in fields.items() if name]
    return " ".join(whole + named)
