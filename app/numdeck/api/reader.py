"""Reading single values of an answer: whatever stands there, the result is clean and of the type that is wanted.

None of these readers fails; what cannot be read is None, shown as unknown. Each takes scalars only: turning a deeply
nested value into text could exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict

from numdeck.api.body import decode_json
from numdeck.api.errors import Unreadable
from numdeck.model.codes import split_codes
from numdeck.model.money import parse_money
from numdeck.model.order import (
    NOT_TOLD,
    Extras,
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
from numdeck.model.record import merge_order
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


_MAX_EXTRAS: Final = 100
"""How many fields of an order object are looked at for what else they tell."""

Text = Annotated[str | None, BeforeValidator(read_text)]
Name = Annotated[str | None, BeforeValidator(read_name)]
Amount = Annotated[Decimal | None, BeforeValidator(read_amount)]
Moment = Annotated[float | None, BeforeValidator(read_moment)]
Flag = Annotated[bool | None, BeforeValidator(read_flag)]
Notice = Annotated[Parts, BeforeValidator(read_parts)]
Codes = Annotated[tuple[str, ...], BeforeValidator(read_codes)]


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """An entry of a list that is no order: where it stood (from 0), and why it was left out."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next_query` is the query of the next page, None on the last one."""

    items: Sequence[object]
    next_query: str | None = None


class WireOrder(BaseModel):
    """An order object as it comes; every field may be missing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Text = None
    pk: Text = None
    status: Text = None
    provider: Text = None
    price_usd: Amount = None
    phone_number: Text = None
    expiration_time: Moment = None
    history_sms_code: Codes = ()
    can_replay: Flag = None
    can_extend: Flag = None
    can_cancel: Flag = None
    fraud_score: Text = None
    expenses: Amount = None
    report: Notice = ()
    period: Text = None
    service_code: Name = None
    service: Name = None
    country_code: Name = None
    country: Name = None

    def to_order(self, order_id: str, extras: Extras = ()) -> Order:
        """The order as the model knows it, under its canonical id, with what else was told."""
        pk = canonical_id(self.pk) if self.pk else None
        return Order(
            id=order_id,
            status=Status.UNKNOWN if self.status is None else parse_status(self.status),
            status_text=self.status or "",
            provider=self.provider or "",
            price=self.price_usd,
            phone_number=self.phone_number,
            expires_at=self.expiration_time,
            codes=self.history_sms_code,
            can_replay=self.can_replay,
            can_extend=self.can_extend,
            can_cancel=self.can_cancel,
            fraud_score=self.fraud_score,
            expenses=self.expenses,
            report=self.report,
            period=self.period,
            service_code=self.service_code or self.service,
            country_code=self.country_code or self.country,
            pk=None if pk == order_id else pk,
            extras=extras,
        )


_KNOWN: Final = frozenset(WireOrder.model_fields)


def read_order(data: object, *, asked_for: str | None = None) -> Order:
    """Read one order object; `asked_for` is the canonical id of the order that the answer is about, where known.

    Raises Unreadable when it is no order, or another than the one that was asked for.
    """
    if not isinstance(data, dict) or not data.keys() & {"id", "pk", "status"}:
        raise Unreadable("The service's answer holds no order.")
    wire = WireOrder.model_validate(data)
    ids = [canonical_id(told) for told in (wire.id, wire.pk) if told]
    if asked_for is None:
        if not ids:
            raise Unreadable("The service's answer holds an order without an id.")
        return wire.to_order(ids[0], _read_extras(data, wire))
    if ids and asked_for not in ids:
        raise Unreadable("The service answered with another order than the one asked for.")
    return wire.to_order(asked_for, _read_extras(data, wire))


def _read_extras(data: Mapping[str, object], wire: WireOrder) -> Extras:
    """Read what is in an order object beyond the fields that are known, and of those what could not be read."""
    extras: dict[str, Parts] = {}
    for name, value in islice(data.items(), _MAX_EXTRAS):
        if value is None or (name in _KNOWN and (isinstance(value, bool) or getattr(wire, name) not in (None, ()))):
            continue
        parts = take_apart(value)
        if any(text != NOT_TOLD for _, text in parts):
            extras[clean(name)] = parts
    return bound(extras) if extras else ()


def read_page(data: object) -> Page:
    """Read a list, bare or wrapped as `{"count", "next", "previous", "results"}`; Unreadable when it is neither."""
    if isinstance(data, list):
        return Page(data)
    if isinstance(data, dict) and isinstance(results := data.get("results"), list):
        return Page(results, _read_query(data.get("next")))
    raise Unreadable("The service's answer is no list.")


def read_listing(data: object) -> tuple[tuple[Order, ...], list[UnreadableOrder]]:
    """Read a list of orders. One bad entry costs that entry; two entries about one order become one.

    Raises Unreadable when it is no list.
    """
    orders: dict[str, Order] = {}
    unreadable: list[UnreadableOrder] = []
    for index, item in enumerate(read_page(data).items):
        try:
            order = read_order(item)
        except Unreadable as error:
            unreadable.append(UnreadableOrder(index, error.sentence))
            continue
        known = orders.get(order.id)
        orders[order.id] = order if known is None else merge_order(known, order)
    return tuple(orders.values()), unreadable


def _read_query(address: object) -> str | None:
    if not isinstance(address, str) or not address:
        return None
    try:
        return urlsplit(address).query
    except ValueError:
        raise Unreadable("The service's list goes on at an address that cannot be read.") from None


_BALANCE_KEYS: Final = ("balance", "balance_usd", "amount", "usd")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A service or a country: the code that an order names it by, and what people call it."""

    code: str
    name: str


def read_catalogue(items: Sequence[object]) -> tuple[CatalogueEntry, ...]:
    """Read entries `{code, name}`; without a name the code stands for it."""
    return tuple(
        CatalogueEntry(code, read_text(item.get("name")) or code)
        for item in items
        if isinstance(item, dict) and (code := read_text(item.get("code")))
    )


def read_quotes(items: Sequence[object]) -> tuple[Quote, ...]:
    """Read the results of a search; those that do not say for which service and country are left out."""
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
