"""An order as a flat row of texts, for a spreadsheet or a script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from numdeck.model.order import money_back, money_charged
from numdeck.model.record import OrderRecord

Value: TypeAlias = str | list[str] | None

_BEGINS_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_IS_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")


def exported(record: OrderRecord) -> Mapping[str, Value]:
    """Write an order as text by field: ISO 8601 instants in UTC, decimal USD, codes in the order in which they came.

    None is what is not known. `bought_earliest` and `bought_latest` are the bounds of the purchase instant.
    """
    order = record.order
    return {
        "id": order.id,
        "number": order.phone_number,
        "service": record.service_code,
        "country": record.country_code,
        "provider": order.provider or None,
        "period": record.request.period if record.request else order.period,
        "status": order.status_text or order.status.value,
        "codes": [code.text for code in record.codes],
        "bought_earliest": None if record.bought.is_open else _instant(record.bought.earliest),
        "bought_latest": _instant(record.bought.latest),
        "ended": None if record.ended_at is None else _instant(record.ended_at),
        "price": _money(order.price),
        "charged": _money(money_charged(order)),
        "refunded": _money(money_back(order)),
        "fraud_score": order.score,
        "report": "; ".join(f"{name}: {text}" if name else text for name, text in order.report) or None,
    }


FIELDS: Final = (
    "id", "number", "service", "country", "provider", "period", "status", "codes", "bought_earliest", "bought_latest",
    "ended", "price", "charged", "refunded", "fraud_score", "report",
)  # fmt: skip
"""The fields of `exported`, in order."""


def csv_cells(record: OrderRecord) -> list[str]:
    """The fields of an order as cells: several codes are joined by spaces, and no cell is a formula."""
    return [_cell(value) for value in exported(record).values()]


def _cell(value: Value) -> str:
    text = " ".join(value) if isinstance(value, list) else value or ""
    # A spreadsheet would run it. A plain number, such as that of a phone, is none.
    return f"'{text}" if _BEGINS_FORMULA.match(text) and not _IS_NUMBER.fullmatch(text) else text


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
