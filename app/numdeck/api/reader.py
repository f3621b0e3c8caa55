"""The tolerant reader of answers: unknown fields, statuses and providers, missing and mistyped fields are survived.

What cannot be read is None, shown as unknown. Texts are cleaned; money is `Decimal`. Sources: "Get Active Numbers",
"Response Fields", "Get Number History"; for services, countries, prices and the balance what was seen beyond the
documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from numdeck.api.body import decode_json
from numdeck.api.errors import Unreadable
from numdeck.model.codes import split_codes
from numdeck.model.merging import merge_order
from numdeck.model.money import parse_money
from numdeck.model.order import (
    NOT_TOLD,
    TOLD_FIELDS,
    Extras,
    Kind,
    Order,
    Parts,
    Status,
    bound,
    canonical_id,
    parse_instant,
    parse_status,
    take_apart,
)
from numdeck.model.quote import Quote
from numdeck.model.text import MAX_CODE, MAX_FIELD, clean

_MAX_DEPTH = 4
_CODE_KEYS = ("code", "sms_code", "text", "sms")

_MAX_EXTRAS: Final = 100
"""How many fields of an order object are searched for unknown ones."""

_BALANCE_KEYS: Final = ("balance", "balance_usd", "amount", "usd")


def read_text(raw: object, limit: int = MAX_FIELD) -> str | None:
    """Read a text or a number as cleaned text of at most `limit` characters; None for anything else, and for no text.

    Scalars only: turning a deeply nested value into text could exhaust the stack.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        return None
    return clean(str(raw).strip(), limit) or None


def read_name(raw: object) -> str | None:
    """Read the code of a service or country, or of the object that describes it."""
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
    """Read a boolean, None when absent; anything but a clear yes is no, as these flags permit something."""
    return None if raw is None else raw is True or (read_text(raw) or "").lower() in {"true", "1"}


def read_parts(raw: object) -> Parts:
    """Read a value of any shape, part by part; a text that holds JSON is taken apart as well."""
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
    # An unknown kind of object is shown in parts: better odd than missed.
    return next((code for code in named if code), None) or clean(" ".join(_texts(item)), MAX_CODE) or None


def _texts(item: Mapping[str, object]) -> Iterator[str]:
    return (text for value in item.values() if (text := read_text(value, MAX_CODE)))


_READERS: Final[Mapping[Kind, Callable[[object], object]]] = {
    Kind.TEXT: read_text,
    Kind.NAME: read_name,
    Kind.MONEY: read_amount,
    Kind.INSTANT: read_moment,
    Kind.FLAG: read_flag,
    Kind.PARTS: read_parts,
}
_KNOWN: Final[Mapping[str, Callable[[object], object]]] = {
    "id": read_text,
    "pk": read_text,
    "status": read_text,
    "history_sms_code": read_codes,
    **{name: _READERS[told.kind] for told in TOLD_FIELDS.values() for name in told.names},
}
"""How the fields of an order object are read, by their names in an answer."""

_FIELDS: Final = tuple((name, field) for field, told in TOLD_FIELDS.items() for name in reversed(told.names))
"""The plain fields by their names in an answer; of several names for one field, the last one that was told counts."""

_ORDER: Final = TypeAdapter(Order)


def read_orders(items: Iterable[object]) -> tuple[tuple[Order, ...], int]:
    """Read the entries of a list; the second result counts those that are no orders. Two about one order are merged."""
    orders: dict[str, Order] = {}
    unreadable = 0
    for item in items:
        try:
            order = read_order(item)
        except Unreadable:
            unreadable += 1
            continue
        known = orders.get(order.id)
        orders[order.id] = order if known is None else merge_order(known, order)
    return tuple(orders.values()), unreadable


def read_order(data: object, *, asked_for: str | None = None) -> Order:
    """Read one order object; `asked_for` is the canonical id of the order that was asked for, if one was.

    Raises Unreadable when it is not an order, or another one than asked for.
    """
    if not isinstance(data, dict) or not data.keys() & {"id", "pk", "status"}:
        raise Unreadable("The service's answer holds no order.")
    values = _read_known(data)
    ids = [canonical_id(values[name]) for name in ("id", "pk") if name in values]
    if asked_for is None:
        if not ids:
            raise Unreadable("The service's answer holds an order without an id.")
        return _build(ids[0], values, _read_extras(data, values))
    if ids and asked_for not in ids:
        raise Unreadable("The service answered with another order than the one asked for.")
    return _build(asked_for, values, _read_extras(data, values))


def _read_known(data: Mapping[str, object]) -> dict[str, Any]:
    """Read the known fields of an order object, without those that are absent or cannot be read."""
    values: dict[str, Any] = {}
    for name, read in _KNOWN.items():
        raw = data.get(name)
        if raw is not None:
            value = read(raw)
            if value is not None and value != ():
                values[name] = value
    return values


def _read_extras(data: Mapping[str, object], values: Mapping[str, object]) -> Extras:
    """Read the fields of an order object beyond `values`: unknown ones, and known ones that could not be read."""
    extras: dict[str, Parts] = {}
    for name, raw in islice(data.items(), _MAX_EXTRAS):
        if raw is None or name in values or (name in _KNOWN and isinstance(raw, bool)):
            continue
        parts = take_apart(raw)
        if any(text != NOT_TOLD for _, text in parts):
            extras[clean(name)] = parts
    return bound(extras) if extras else ()


def _build(order_id: str, values: Mapping[str, Any], extras: Extras) -> Order:
    """Make an order of the values that an answer has; pydantic checks their types."""
    status = values.get("status")
    pk = canonical_id(values["pk"]) if "pk" in values else order_id
    return _ORDER.validate_python(
        {
            "id": order_id,
            "status": Status.UNKNOWN if status is None else parse_status(status),
            "status_text": status or "",
            "codes": values.get("history_sms_code", ()),
            "pk": None if pk == order_id else pk,
            "extras": extras,
            **{field: values[name] for name, field in _FIELDS if name in values},
        }
    )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next_query` is the query of the next page, None on the last one."""

    items: Sequence[object]
    next_query: str | None = None


def read_page(data: object) -> Page:
    """Read a list, bare or wrapped as `{"count", "next", "previous", "results"}`. Raises Unreadable for all else."""
    if isinstance(data, list):
        return Page(data)
    if isinstance(data, dict) and isinstance(results := data.get("results"), list):
        return Page(results, _read_query(data.get("next")))
    raise Unreadable("The service's answer is no list.")


def _read_query(address: object) -> str | None:
    if not isinstance(address, str) or not address:
        return None
    try:
        return urlsplit(address).query
    except ValueError:
        raise Unreadable("The service's list goes on at an address that cannot be read.") from None


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A service or a country: the code that orders use, and its name."""

    code: str
    name: str


def read_catalogue(items: Sequence[object]) -> tuple[CatalogueEntry, ...]:
    """Read entries `{code, name}`; the code stands in for a missing name. Entries without a code are left out."""
    return tuple(
        CatalogueEntry(code, read_text(item.get("name")) or code)
        for item in items
        if isinstance(item, dict) and (code := read_text(item.get("code")))
    )


def read_quotes(items: Sequence[object]) -> tuple[Quote, ...]:
    """Read the results of a search; those without a service or country are left out."""
    return tuple(
        Quote(
            service_code=service,
            country_code=country,
            service_name=read_text(item.get("service_name")) or "",
            provider=read_text(item.get("provider")) or "",
            period=read_text(item.get("period")) or "",
            price=read_amount(item.get("price")),
            stock=read_text(item.get("count")),
        )
        for item in items
        if isinstance(item, dict)
        and (service := read_text(item.get("service_code")))
        and (country := read_text(item.get("country_code")))
    )


def read_balance(body: bytes) -> Decimal | None:
    """Read a balance in USD: `$12.34` as plain text or as a JSON string, a JSON number, or an object that holds one."""
    amount = read_amount(body.decode("utf-8-sig", "replace"))
    if amount is not None:
        return amount
    try:
        data = decode_json(body)
    except Unreadable:
        return None
    if not isinstance(data, dict):
        return None
    amounts = (read_amount(data.get(key)) for key in _BALANCE_KEYS)
    return next((amount for amount in amounts if amount is not None), None)
