"""Reading single values of an answer: whatever stands there, the result is clean and of the type that is wanted.

None of these readers fails; what cannot be read is None, shown as unknown. Each takes scalars only: turning a deeply
nested value into text could exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal

from numdeck.api.body import decode_json
from numdeck.api.errors import Unreadable
from numdeck.model.code_texts import split_codes
from numdeck.model.extras import Parts, take_apart
from numdeck.model.money import parse_money
from numdeck.model.order import parse_instant
from numdeck.model.text import MAX_CODE, MAX_FIELD, clean

_MAX_DEPTH = 4
_CODE_KEYS = ("code", "sms_code", "text", "sms")


def read_text(raw: object, limit: int = MAX_FIELD) -> str | None:
    """Read a text or a number as cleaned text, at most `limit` characters; None when there is none, or it is empty."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        return None
    return clean(str(raw).strip(), limit) or None


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


def read_flag(raw: object) -> bool | None:
    """Read a yes or no, None when not told; what is not clearly a yes is a no, as flags here tell what is allowed."""
    return None if raw is None else raw is True or (read_text(raw) or "").lower() in {"true", "1"}


def read_parts(raw: object) -> Parts:
    """Read a value of any shape, part by part; a text that is JSON itself is taken apart as well."""
    if isinstance(raw, str) and raw.lstrip().startswith(("{", "[")):
        with suppress(Unreadable):
            raw = decode_json(raw.encode("utf-8", "replace"))
    return take_apart(raw)


def read_codes(raw: object) -> tuple[str, ...]:
    """Read SMS codes: a list as documented, or a single string, joined codes, null, objects, lists of lists."""
    return tuple(code for text in _code_texts(raw, _MAX_DEPTH) for code in split_codes(text))


def _code_texts(raw: object, depth: int) -> Iterator[str]:
    if isinstance(raw, list):
        for item in raw if depth else ():
            yield from _code_texts(item, depth - 1)
    elif text := _read_code(raw):
        yield text


def _read_code(item: object) -> str | None:
    if not isinstance(item, Mapping):
        return read_text(item, MAX_CODE)
    named = (read_text(item.get(key), MAX_CODE) for key in _CODE_KEYS)
    # An object of unknown make is shown as it is, in parts: better odd than missed.
    return next((code for code in named if code), None) or clean(" ".join(_texts(item)), MAX_CODE) or None


def _texts(item: Mapping[str, object]) -> Iterator[str]:
    return (text for value in item.values() if (text := read_text(value, MAX_CODE)))
