"""Conversion between the model's values and the rows of the tables."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from numdeck.model.clock import ClockOffset
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.money import Balance
from numdeck.model.order import FIRST_INSTANT, LAST_INSTANT, MAX_TOLD, TOLD_FIELDS, Kind, Order, Parts, Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest, Period, Provider
from numdeck.model.text import MAX_CODE, MAX_SENTENCE, clean


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _list(values: Sequence[object]) -> str:
    return json.dumps(values) if values else "[]"  # mostly empty, and written at each poll


def _money(text: object) -> Decimal | None:
    amount = None if text is None else Decimal(_told(text))
    if amount is not None and not amount.is_finite():
        raise ValueError("no amount")
    return amount


def _parts(values: Iterable[tuple[object, object]]) -> Parts:
    return tuple((_told(name), _told(text, MAX_TOLD)) for name, text in values)


def _told(value: object, limit: int = MAX_SENTENCE) -> str:
    """Check that a text is one, and clean it again: anything may have been written to the file."""
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 - the row is wrong, not its reader
    return clean(value, limit)


def _if_told(value: object) -> str | None:
    return None if value is None else _told(value)


def _instant(value: object) -> float:
    """Check an instant, epoch seconds."""
    if not (isinstance(value, int | float) and FIRST_INSTANT <= value <= LAST_INSTANT):
        raise ValueError("no instant")
    return value


def _if_finite(instant: float) -> float | None:
    """Convert the beginning of an interval: NULL when it is unknown."""
    return instant if math.isfinite(instant) else None


def _from(value: object) -> float:
    return -math.inf if value is None else _instant(value)


def _seconds(value: object) -> float:
    """Check a difference between two clocks, in seconds."""
    if not (isinstance(value, int | float) and abs(value) <= LAST_INSTANT - FIRST_INSTANT):
        raise ValueError("no difference of clocks")
    return value


def _if_known(value: object) -> float | None:
    return None if value is None else _instant(value)


class _Codec(NamedTuple):
    """How a plain field of an order is written, None included, and how it is read unless it is NULL."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


_TEXT: Final = _Codec(lambda text: text, _told)
_CODECS: Final[Mapping[Kind, _Codec]] = {
    Kind.TEXT: _TEXT,
    Kind.NAME: _TEXT,
    Kind.MONEY: _Codec(_text, _money),
    Kind.INSTANT: _Codec(lambda instant: instant, _instant),
    # The column of a flag is no if the flag was not told; the column `untold` lists those flags.
    Kind.FLAG: _Codec(bool, bool),
    Kind.PARTS: _Codec(_list, lambda text: _parts(json.loads(text))),
}
_COLUMNS: Final = {name: {"report": "report_parts"}.get(name, name) for name in TOLD_FIELDS}
"""The column of each plain field."""

_FLAGS: Final = tuple(name for name, told in TOLD_FIELDS.items() if told.kind is Kind.FLAG)
_WRITERS: Final = tuple((name, _CODECS[told.kind].write) for name, told in TOLD_FIELDS.items())
_FROM_COLUMNS: Final = tuple((name, _COLUMNS[name], _CODECS[told.kind].read) for name, told in TOLD_FIELDS.items())

ORDER_COLUMNS: Final = (
    "id", "status", "status_text", "pk", "extras", "untold", *_COLUMNS.values(),
    "request", "origin", "bought_earliest", "bought_latest", "first_seen", "ended_at", "alive_at", "in_history",
    "is_inferred", "acknowledged", "is_ended", "sort_at", "counted_at", "service", "country", "search",
)  # fmt: skip
"""The columns of `orders`, in the order of `order_row`."""

ATTEMPT_COLUMNS: Final = (
    "id", "request", "sent_at", "state", "order_id", "settled_at", "reason", "asked_price", "sender", "searched_at",
)  # fmt: skip
"""The columns of `attempts`, in the order of `attempt_row`."""


CODE_COLUMNS: Final = ("order_id", "ordinal", "text", "seen_at", "sight", "absent_at")
"""The columns of `codes`, in the order of `code_rows`."""


def _insert(table: str, columns: Sequence[str], conflict: str = "") -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) {conflict}"


def _overwrite(columns: Sequence[str]) -> str:
    return "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in columns)


WRITE_ORDER: Final = _insert(
    "orders",
    ORDER_COLUMNS,
    _overwrite([name for name in ORDER_COLUMNS if name not in {"id", "sort_at"}])
    # An order keeps its place in the history until its end is seen.
    + ", sort_at = CASE WHEN excluded.ended_at IS NULL THEN sort_at ELSE excluded.sort_at END",
)
WRITE_ATTEMPT: Final = _insert(
    "attempts",
    ATTEMPT_COLUMNS,
    # A closed attempt is never overwritten, whoever closed it; one whose answer was lost does not become sending again.
    _overwrite(ATTEMPT_COLUMNS[1:]) + " WHERE state = 'sending' OR (state = 'unknown' AND excluded.state <> 'sending')",
)


WRITE_CODE: Final = _insert("codes", CODE_COLUMNS)

_POSITION_STEP: Final = 1e-6
"""Seconds between the places of two orders that were first seen in one listing: four times what a float resolves."""

_NUMBER_SIGNS: Final = str.maketrans("", "", "+-(). ")


def order_row(record: OrderRecord, position: int) -> tuple[Any, ...]:
    """Return the row of an order; `position` is its index, from 0, among those that are written together."""
    order = record.order
    sort_at = record.first_seen - position * _POSITION_STEP if record.ended_at is None else record.ended_at
    untold = [flag for flag in _FLAGS if getattr(order, flag) is None]
    return (
        order.id, order.status.value, order.status_text, order.pk, _list(order.extras), _list(untold),
        *(write(getattr(order, name)) for name, write in _WRITERS),
        None if record.request is None else request_to_json(record.request), record.origin.value,
        _if_finite(record.bought.earliest), record.bought.latest, record.first_seen, record.ended_at,
        _if_finite(record.last_seen_active_at), record.in_history, record.is_inferred, not record.unseen,
        record.is_recorded, sort_at, _counted_at(record), record.service_code, record.country_code, _search(record),
    )  # fmt: skip


def code_rows(record: OrderRecord) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an order's codes."""
    for ordinal, code in enumerate(record.codes):
        yield record.id, ordinal, code.text, code.seen_at, code.sight, _if_finite(code.absent_at)


def attempt_row(attempt: Attempt) -> tuple[Any, ...]:
    """Return the row of a purchase attempt."""
    return (
        attempt.id, request_to_json(attempt.request), attempt.sent_at, attempt.state.value, attempt.order_id,
        attempt.settled_at, attempt.reason, _text(attempt.asked_price), attempt.sender, attempt.searched_at,
    )  # fmt: skip


def order_from_row(row: sqlite3.Row, codes: Iterable[Code]) -> OrderRecord:
    """Return the order of a row, with its codes. Raises ValueError for a damaged row."""
    codes = tuple(codes)
    untold = _untold_flags(row["untold"])
    told = {
        name: read(value)
        for name, column, read in _FROM_COLUMNS
        if (value := row[column]) is not None and name not in untold
    }
    if row["report_parts"] is None and row["report"] is not None:  # as a numdeck of schema 2 or earlier wrote it
        told["report"] = (("", _told(row["report"])),)
    order = Order(
        id=_told(row["id"]),
        status=Status(row["status"]),
        status_text=_told(row["status_text"]),
        codes=tuple(code.text for code in codes),
        pk=_if_told(row["pk"]),
        extras=tuple((_told(name), _parts(parts)) for name, parts in json.loads(row["extras"])),
        **told,
    )
    return OrderRecord(
        order=order,
        bought=Interval(_from(row["bought_earliest"]), _instant(row["bought_latest"])),
        first_seen=_instant(row["first_seen"]),
        origin=Origin(row["origin"]),
        request=None if row["request"] is None else request_from_json(row["request"]),
        codes=codes,
        ended_at=_if_known(row["ended_at"]),
        last_seen_active_at=_from(row["alive_at"]),
        in_history=bool(row["in_history"]),
        is_inferred=bool(row["is_inferred"]),
    )


@lru_cache(maxsize=64)
def _untold_flags(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


def code_from_row(row: sqlite3.Row) -> Code:
    """Return the code of a row. Raises ValueError for a damaged row."""
    return Code(_told(row["text"], MAX_CODE), _instant(row["seen_at"]), Sight(row["sight"]), _from(row["absent_at"]))


def attempt_from_row(row: sqlite3.Row) -> Attempt:
    """Return the purchase attempt of a row. Raises ValueError for a damaged row."""
    return Attempt(
        id=_told(row["id"]),
        request=request_from_json(row["request"]),
        sent_at=_instant(row["sent_at"]),
        state=AttemptState(row["state"]),
        order_id=_if_told(row["order_id"]),
        settled_at=_if_known(row["settled_at"]),
        reason=_told(row["reason"]),
        asked_price=_money(row["asked_price"]),
        sender=_told(row["sender"]),
        searched_at=_if_known(row["searched_at"]),
    )


def balance_from_row(row: sqlite3.Row) -> Balance:
    """The balance of a row. Raises ValueError for what was never written there."""
    amount = _money(row["amount"])
    if amount is None:
        raise ValueError("no amount")
    return Balance(amount, _instant(row["told_at"]))


def clock_offset_from_row(row: sqlite3.Row) -> ClockOffset:
    """Return the clock offset of a row. Raises ValueError for a damaged row."""
    return ClockOffset(_seconds(row["ahead"]), _seconds(row["uncertainty"]))


def request_from_json(text: str) -> OrderRequest:
    """Read a request. Raises ValueError, TypeError or KeyError for anything else."""
    fields = json.loads(text)
    return OrderRequest(
        provider=Provider(fields["provider"]),
        period=Period(fields["period"]),
        service_code=_told(fields["service_code"]),
        country_code=_told(fields["country_code"]),
        need_fraud_score=bool(fields["need_fraud_score"]),
        markup_percent=int(fields["markup_percent"]),
        promo_code=_told(fields["promo_code"]),
    )


def request_to_json(request: OrderRequest) -> str:
    """Write a request as JSON; equal requests give equal texts."""
    return json.dumps(asdict(request))


def fold_number(text: str) -> str | None:
    """Return the digits of a phone number, however it is grouped; None for anything else."""
    digits = text.translate(_NUMBER_SIGNS)
    return digits if digits.isdecimal() else None


def _counted_at(record: OrderRecord) -> float | None:
    """When an order counts as bought; None for one that may be weeks old.

    That is an order that was first seen in the history, or a rental that existed when it was first seen.
    """
    had_ended = record.in_history or (record.is_ended and record.ended_at is None)
    is_old = record.bought.is_open and (record.order.is_rental or had_ended)
    return None if is_old else record.bought.latest


def _search(record: OrderRecord) -> str:
    order = record.order
    number = order.phone_number and (fold_number(order.phone_number) or order.phone_number)
    told = (number, record.service_code, record.country_code, order.provider, order.status_label, *order.codes)
    return "\n".join(text for text in told if text).casefold()
