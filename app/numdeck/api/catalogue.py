"""Readers of what the documentation does not promise: services, countries, prices with stock, and the balance.

Source: what was seen beyond the documentation. Entries that cannot be read are left out; the program can do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from numdeck.api.body import decode_json
from numdeck.api.errors import Unreadable
from numdeck.api.fields import read_amount, read_text
from numdeck.model.quote import Quote

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
