"""The tolerant reader of orders: unknown fields, statuses and providers, missing and mistyped fields are survived.

Source: "Get Active Numbers", "Response Fields"; "Get Number History"; and what was seen beyond the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict

from numdeck.api.errors import Unreadable
from numdeck.api.fields import read_amount, read_codes, read_flag, read_moment, read_name, read_parts, read_text
from numdeck.model.extras import NOT_TOLD, Extras, Parts, bound, take_apart
from numdeck.model.order import Order, Status, parse_status
from numdeck.model.order_id import canonical_id
from numdeck.model.record import merge_order
from numdeck.model.text import clean

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
