"""Reading single values of an answer: whatever stands there, the result is clean and of the type that is wanted.

None of these readers fails; what cannot be read is None, shown as unknown. Each takes scalars only: turning a deeply
nested value into text could exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from numdeck.model.money import parse_money
from numdeck.model.order import parse_instant
from numdeck.model.text import clean

_CODE_KEYS = ("code", "sms_code", "text", "sms")


def read_text(raw: object) -> str | None:
    """Read a text or a number as cleaned text; None when there is none, or it is empty."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        return None
    return clean(str(raw).strip()) or None


def read_name(raw: object) -> str | None:
    """Read what names a service or country: its code, or the code of an object that describes it."""
    return read_text(raw.get("code")) if isinstance(raw, Mapping) else read_text(raw)


def read_amount(raw: object) -> Decimal | None:
    """Read an amount in USD."""
    return parse_money(raw) if isinstance(raw, str | int | float | Decimal) else None


def read_moment(raw: object) -> float | None:
    """Read an ISO date and time as epoch seconds."""
    try:
        return parse_instant(raw)
    except (ValueError, OverflowError):
        return None


def read_flag(raw: object) -> bool:
    """Read a yes or no; what is not clearly a yes is a no, as flags here tell what is allowed."""
    return raw is True or (read_text(raw) or "").lower() in {"true", "1"}


def read_codes(raw: object) -> tuple[str, ...]:
    """Read SMS codes: a list as documented; a single string, null and objects were seen or may be expected."""
    items = raw if isinstance(raw, list) else [raw]
    return tuple(code for item in items if (code := _read_code(item)))


def _read_code(item: object) -> str | None:
    if not isinstance(item, Mapping):
        return read_text(item)
    named = (read_text(item.get(key)) for key in _CODE_KEYS)
    # An object of unknown make is shown as it is, in parts: better odd than missed.
    return next((code for code in named if code), None) or clean(" ".join(_texts(item))) or None


def _texts(item: Mapping[str, object]) -> Iterator[str]:
    return (text for value in item.values() if (text := read_text(value)))
