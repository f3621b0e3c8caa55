"""What a client that has been there all along would remember of the sandbox's past.

The API tells neither when a number was bought nor for what; a dashboard that starts on a fresh sandbox would show its
past without services, ages and cancel windows. This fills the gap, for the embedded sandbox.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from numdeck.model import order as client
from numdeck.model.interval import Interval
from numdeck.model.order import parse_status
from numdeck.model.record import Code, OrderRecord, Origin, Sight
from numdeck.model.request import OrderRequest
from numdeck.sandbox.order import UNFINISHED, Order
from numdeck.sandbox.sandbox import Sandbox

_ELSEWHERE: Final = "go"
"""Numbers for this service were bought elsewhere, so that there is one whose purchase instant is not known."""

_SHORTEST_WAIT: Final = 25
_WAIT_SPREAD: Final = 240


def remembered(sandbox: Sandbox) -> list[OrderRecord]:
    """The records of the sandbox's past, newest first, in the client's own seconds."""
    now, client_now = sandbox.clock.now(), sandbox.clock.client_now()
    speed = sandbox.settings.speed

    def on_client_clock(instant: float) -> float:
        return client_now - (now - instant) / speed

    orders = [order for order in sandbox.book.orders() if order.service_code != _ELSEWHERE]
    records = (_record(order, on_client_clock, client_now) for order in orders)
    return sorted(records, key=lambda record: -record.first_seen)


def _record(order: Order, on_client_clock: Callable[[float], float], now: float) -> OrderRecord:
    bought_at = on_client_clock(order.bought_at)
    seen_at = min(now, on_client_clock(order.bought_at + _SHORTEST_WAIT + order.id.int % _WAIT_SPREAD))
    return OrderRecord(
        order=client.Order(
            id=order.id.hex,
            status=parse_status(order.status),
            provider=order.provider,
            price=order.price,
            phone_number=order.phone_number,
            codes=order.codes,
            can_cancel=order.can_cancel,
            can_extend=order.can_extend,
        ),
        bought=Interval(bought_at, bought_at),
        first_seen=bought_at,
        origin=Origin.HERE,
        request=OrderRequest(
            provider=order.provider,
            period=order.period,
            service_code=order.service_code,
            country_code=order.country_code,
            need_fraud_score=order.fraud_score is not None,
        ),
        codes=tuple(Code(text, seen_at, Sight.SEEN, seen_at) for text in order.codes),
        ended_at=None if order.status in UNFINISHED else seen_at,
        last_seen_active_at=-math.inf if order.status in UNFINISHED else seen_at,
    )
