"""Between what the model knows and what a row holds."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from app.model.order import Order, Status
from app.model.record import Attempt, AttemptState, Code, OrderRecord, Origin
from app.model.request import OrderRequest, Period, Provider, request_body
from app.model.span import Span

ORDER_COLUMNS: Final = (
    "id", "status", "status_text", "provider", "price", "phone_number", "expires_at", "can_replay", "can_extend",
    "can_cancel", "fraud_score", "expenses", "report", "period", "service_code", "country_code", "request", "origin",
    "bought_earliest", "bought_latest", "first_seen", "ended_at", "is_ended", "acknowledged", "sort_at",
)  # fmt: skip
"""The columns of `orders`, in the order of `order_row`."""

ATTEMPT_COLUMNS: Final = ("id", "request", "sent_at", "state", "order_id", "settled_at", "reason")
"""The columns of `attempts`, in the order of `attempt_row`."""


def order_row(record: OrderRecord, sort_at: float) -> tuple[Any, ...]:
    """The row of an order; `sort_at` is its place in the history, epoch seconds."""
    order = record.order
    return (
        order.id, order.status.value, order.status_text, order.provider, _text(order.price), order.phone_number,
        order.expires_at, order.can_replay, order.can_extend, order.can_cancel, order.fraud_score,
        _text(order.expenses), order.report, order.period, record.service_code, record.country_code,
        None if record.request is None else write_request(record.request), record.origin.value,
        None if math.isinf(record.bought.earliest) else record.bought.earliest, record.bought.latest,
        record.first_seen, record.ended_at, record.is_ended, record.acknowledged, sort_at,
    )  # fmt: skip


def attempt_row(attempt: Attempt) -> tuple[Any, ...]:
    """The row of a purchase attempt."""
    return (
        attempt.id, write_request(attempt.request), attempt.sent_at, attempt.state.value, attempt.order_id,
        attempt.settled_at, attempt.reason,
    )  # fmt: skip


def read_order(row: sqlite3.Row, codes: Iterable[Code]) -> OrderRecord:
    """The order of a row, with its codes."""
    codes = tuple(codes)
    order = Order(
        id=row["id"],
        status=Status(row["status"]),
        status_text=row["status_text"],
        provider=row["provider"],
        price=_money(row["price"]),
        phone_number=row["phone_number"],
        expires_at=row["expires_at"],
        codes=tuple(code.text for code in codes),
        can_replay=bool(row["can_replay"]),
        can_extend=bool(row["can_extend"]),
        can_cancel=bool(row["can_cancel"]),
        fraud_score=row["fraud_score"],
        expenses=_money(row["expenses"]),
        report=row["report"],
        period=row["period"],
        service_code=row["service_code"],
        country_code=row["country_code"],
    )
    earliest = -math.inf if row["bought_earliest"] is None else row["bought_earliest"]
    return OrderRecord(
        order=order,
        bought=Span(earliest, row["bought_latest"]),
        first_seen=row["first_seen"],
        origin=Origin(row["origin"]),
        request=None if row["request"] is None else read_request(row["request"]),
        codes=codes,
        ended_at=row["ended_at"],
        acknowledged=bool(row["acknowledged"]),
    )


def read_attempt(row: sqlite3.Row) -> Attempt:
    """The purchase attempt of a row."""
    return Attempt(
        id=row["id"],
        request=read_request(row["request"]),
        sent_at=row["sent_at"],
        state=AttemptState(row["state"]),
        order_id=row["order_id"],
        settled_at=row["settled_at"],
        reason=row["reason"],
    )


def write_request(request: OrderRequest) -> str:
    """A request as JSON, in the words of the request body."""
    return json.dumps(request_body(request))


def read_request(text: str) -> OrderRequest:
    """A request from its JSON."""
    body = json.loads(text)
    return OrderRequest(
        provider=Provider(body["provider"]),
        period=Period(body["period"]),
        service_code=body["service_code"],
        country_code=body["country_code"],
        need_fraud_score=body["need_fraud_score"],
        markup_percent=body["markup_percent"],
        promo_code=body.get("promo_code", ""),
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
