"""The API's refusals: HTTP status and body, in the documented words where there are any.

Source: "Error Responses" under "Buy a Number" and "Cancel a Number"; the rest are Django REST Framework's own words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def detail(status: int, words: str, headers: Mapping[str, str] | None = None) -> RefusedError:
    """Return a refusal of the shape `{"detail": words}`."""
    return RefusedError(status, {"detail": words}, headers)


def fields(errors: Mapping[str, Sequence[str]]) -> RefusedError:
    """Return a 400 with messages by field: `{field: [words, ...]}`."""
    return RefusedError(400, {name: list(words) for name, words in errors.items()})


def key_required(status: int) -> RefusedError:
    """No key was sent."""
    return detail(status, "API key header is required.")


def key_invalid(status: int) -> RefusedError:
    """The key is not this account's."""
    return detail(status, "Invalid API key provided.")


def throttled(seconds: float) -> RefusedError:
    """Too many requests; the words and `Retry-After` have the wait in seconds, rounded up as in DRF."""
    wait = math.ceil(seconds)
    unit = "second" if wait == 1 else "seconds"
    words = f"Request was throttled. Expected available in {wait} {unit}."
    return detail(429, words, {"Retry-After": str(wait)})


def not_found() -> RefusedError:
    """There is no such order, or no such address."""
    return detail(404, "Not found.")


def method_not_allowed(method: str, allowed: Sequence[str]) -> RefusedError:
    """The endpoint does not have this method."""
    return detail(405, f'Method "{method}" not allowed.', {"Allow": ", ".join(allowed)})


def unsupported_media_type(media_type: str) -> RefusedError:
    """The body is not JSON."""
    return detail(415, f'Unsupported media type "{media_type}" in request.')


def unparsable(reason: str) -> RefusedError:
    """The body is declared as JSON and is not."""
    return detail(400, f"JSON parse error - {reason}")


def insufficient_balance() -> RefusedError:
    """The balance does not cover the price ("Insufficient Balance (402)")."""
    return detail(402, "You can top up your account balance.")


def out_of_stock() -> RefusedError:
    """No number of this kind is left ("Insufficient Stock (400)")."""
    return fields({"count": ["There are no available phone numbers, try again later!"]})


def cancel_after_code() -> RefusedError:
    """A code has arrived ("Already Received SMS (400)")."""
    return detail(400, "You can't cancel if you've already received a text message.")


def cancel_too_soon() -> RefusedError:
    """The cancel window has not opened ("Too Soon")."""
    return detail(400, "You can cancel the phone number 2 minutes after you bought it.")


def cancel_too_late() -> RefusedError:
    """The cancel window has closed ("Too Late"); the documented words say 20 minutes, the documented table 15."""
    return detail(400, "You can cancel the phone number 20 minutes after you bought it.")


def cancel_rental() -> RefusedError:
    """A rental cannot be cancelled ("Cancellation Rules by Provider"); the words are not documented."""
    return detail(400, "You can't cancel a rented phone number.")


def cancel_again() -> RefusedError:
    """The order was cancelled before; the words are not documented."""
    return detail(400, "The phone number is already canceled.")
