"""Which codes the carrier delivers, and when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from numdeck.model.request import Period, Provider
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.lifecycle import Status
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox


def test_most_codes_come_within_minutes(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(is_silent=False, balance=Decimal(1000))
    sandbox.set_stock(400)
    for _ in range(400):
        sandbox.buy(Purchase())
    assert len(sandbox.book.active()) == 400
    clock.advance(minutes=2)
    assert 230 < sum(bool(order.codes) for order in sandbox.book.orders()) < 300
    clock.advance(minutes=14)
    statuses = Counter(order.status for order in sandbox.book.orders())
    assert 250 < statuses[Status.SUCCESS] < 320
    assert statuses[Status.REFUND] > 20
    assert statuses[Status.NOT_SMS_CODE] > 20
    assert all(re.fullmatch(r"\d{4,6}", code) for order in sandbox.book.orders() for code in order.codes)


def test_rental_gets_several_codes(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(is_silent=False)
    order = sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.DAY_3))
    seen = 0
    for _ in range(3):
        clock.advance(minutes=23 * 60)
        now_seen = len(sandbox.order(order.id).codes)
        assert now_seen > seen
        seen = now_seen


def test_silent_carrier(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(waiting=50)
    clock.advance(minutes=4.9)
    assert len(sandbox.book.active()) == 50
