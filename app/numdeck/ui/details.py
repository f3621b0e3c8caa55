"""All fields of one order, as pairs of name and text."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from numdeck.desk.state import Entry
from numdeck.model.cancel_window import SURE_WITHIN
from numdeck.model.cancellation import Cancellation
from numdeck.model.codes import Code
from numdeck.model.money import show_money
from numdeck.model.order import TOLD_FIELDS, Kind, Order, money_back
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.text import MAX_CODE
from numdeck.ui.cancellation import cancel_details
from numdeck.ui.display import (
    SEEN_WITHIN,
    DisplayOptions,
    show_code,
    show_country,
    show_interval,
    show_number,
    show_when,
)

_FLAG_WORDS: Final = {True: "yes", False: "no", None: "unknown"}

_LABELS: Final = {"expenses": "Charged", "expires_at": "Expires", "fraud_score": "Fraud"}
"""What plain fields are called, if not by their own names."""

_COMPOSED: Final = frozenset({"provider", "price", "phone_number", "period", "service_code", "country_code"})
"""Plain fields of an order that stand in lines composed by hand."""

NAME_WIDTH: Final = 9
"""Cells that the name of a field takes."""

CODES: Final = "Codes"
"""The name of the field with the codes."""


def fold(pairs: Sequence[tuple[str, str]], width: int) -> str:
    """Write pairs one below the other, what does not fit in `width` cells indented below its own text."""
    lines: list[str] = []
    for name, text in pairs:
        folded = textwrap.wrap(text, max(width - NAME_WIDTH, NAME_WIDTH)) or [""]
        lines += [f"{label:<{NAME_WIDTH}}{line}" for label, line in zip_longest((name,), folded, fillvalue="")]
    return "\n".join(lines)


def details(entry: Entry, cancellation: Cancellation, display: DisplayOptions, *, now: float) -> list[tuple[str, str]]:
    """All fields of an order on the desk, as (name, text)."""
    pairs = record_details(entry.record, display, now=now)
    pairs.insert(1, ("Cancel", cancel_details(entry, cancellation, display, now)))
    return pairs


def record_details(record: OrderRecord, display: DisplayOptions, *, now: float) -> list[tuple[str, str]]:
    """All fields of an order, as (name, text)."""
    order, names = record.order, display.names
    period = order.period or (record.request.period.value if record.request else None)
    codes = " · ".join(code_words(code, display, now=now) for code in record.codes)
    pairs = [
        ("Number", show_number(order.phone_number, display)),
        ("Status", order.status_in_full),
        (CODES, codes or ("none" if record.is_ended else "none yet")),
        ("Service", named(names.service(record.service_code), record.service_code)),
        ("Country", named(show_country(record, display), record.country_code)),
        ("Type", f"{order.provider} {period or ''}".strip()),
        ("Bought", _bought(record, display, now)),
        ("Price", show_money(order.price)),
    ]
    pairs += _plain_fields(order, {Kind.MONEY, Kind.INSTANT}, display, now)
    pairs += [("Refunded", show_money(money_back(order)))] if order.status.is_refunded else []
    ended = _ended(record, display, now)
    pairs += [("Ended", ended)] if ended else []
    pairs += _plain_fields(order, {Kind.TEXT, Kind.NAME, Kind.PARTS}, display, now)
    pairs += _labelled("Flags", _flags(order))
    pairs.append(("Id", order.id))
    pairs += [("Pk", order.pk)] if order.pk else []
    extras = [_part(f"{name}.{part}" if part else name, text) for name, parts in order.extras for part, text in parts]
    return pairs + _labelled("Also", extras)


def _plain_fields(
    order: Order, kinds: Collection[Kind], display: DisplayOptions, now: float
) -> Iterator[tuple[str, str]]:
    """The fields of some kinds that were told and are not part of another line."""
    for name, told in TOLD_FIELDS.items():
        value = getattr(order, name)
        if told.kind in kinds and name not in _COMPOSED and value not in (None, "", ()):
            yield from _labelled(_label(name), _field_texts(told.kind, value, display, now))


def _label(name: str) -> str:
    """What the details call a field of `Order`."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def _field_texts(kind: Kind, value: object, display: DisplayOptions, now: float) -> list[str]:
    match kind, value:
        case Kind.MONEY, Decimal() as amount:
            return [show_money(amount)]
        case Kind.INSTANT, float() | int() as instant:
            return [show_when(instant, display, now=now)]
        case Kind.PARTS, tuple() as parts:
            return [_part(name, text) for name, text in parts]
        case _:
            return [str(value)]


def _labelled(label: str, texts: Sequence[str]) -> list[tuple[str, str]]:
    """Texts one below the other, the first one with a label."""
    return list(zip_longest([label] if texts else [], texts, fillvalue=""))


def _part(name: str, text: str) -> str:
    return f"{name}: {text}" if name else text


def code_words(code: Code, display: DisplayOptions, *, now: float) -> str:
    """A code, whole, and when it arrived."""
    received = show_interval(code.received, display, now=now, within=SEEN_WITHIN)
    return f"{show_code(code.text, display, MAX_CODE)} ({received})"


def named(name: str, code: str | None) -> str:
    """A name with its code behind it, where they differ."""
    return name if code is None or name == code else f"{name} ({code})"


def _bought(record: OrderRecord, display: DisplayOptions, now: float) -> str:
    where = "in numdeck" if record.origin is Origin.HERE else "outside numdeck"
    if record.is_inferred:
        where = "in numdeck, inferred (the answer was lost)"
    when = show_interval(record.bought, display, now=now, within=SURE_WITHIN)
    return f"{where}, {when} at the latest" if record.bought.is_open else f"{where}, {when}"


def _ended(record: OrderRecord, display: DisplayOptions, now: float) -> str | None:
    if record.ended is not None:
        return show_interval(record.ended, display, now=now, within=SEEN_WITHIN)
    first_seen = show_when(record.first_seen, display, now=now)
    return f"before {first_seen}, when it was first seen" if record.is_ended else None


def _flags(order: Order) -> list[str]:
    """What the service says can be done; the cancel window is told beside it."""
    flags = [name for name, told in TOLD_FIELDS.items() if told.kind is Kind.FLAG]
    return [f"{name}: {_FLAG_WORDS[getattr(order, name)]}" for name in flags]
