"""The account's past, and what a client remembers of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from numdeck.model.record import Origin
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.lifecycle import Status
from numdeck.sandbox.past import remembered
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import SandboxSettings


def test_remembered_has_what_the_api_hides(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(history=25, waiting=None)
    records = remembered(sandbox)
    assert [record.first_seen for record in records] == sorted((r.first_seen for r in records), reverse=True)
    assert all(record.origin is Origin.HERE and record.request is not None for record in records)
    assert all(record.is_ended == (record.ended_at is not None) for record in records)
    by_id = {order.id.hex: order for order in sandbox.book.orders()}
    assert all(record.bought.latest == by_id[record.id].bought_at for record in records)
    assert len(records) < len(by_id), "one number at least was bought elsewhere"


def test_remembered_in_client_time(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    slow, fast = (remembered(make_sandbox(waiting=None, speed=speed)) for speed in (1.0, 10.0))
    ages = [[clock.now() - record.bought.latest for record in records] for records in (slow, fast)]
    assert ages[1] == [age / 10 for age in ages[0]]


def test_remembered_has_no_future() -> None:
    class FastClock(ManualClock):
        """Sandbox time that has run ahead since the start, as at speed it does."""

        def client_now(self) -> float:
            return self.now() - 60.0

    clock = FastClock()
    records = remembered(Sandbox(SandboxSettings(speed=20.0), clock=clock))
    assert max(record.bought.latest for record in records) <= clock.client_now()
    assert max(code.seen_at for record in records for code in record.codes) <= clock.client_now()


def test_past_is_mixed(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(history=25, waiting=None, is_silent=False)
    history = sandbox.book.history()
    assert len(history) == 25
    assert {order.status for order in history} >= {
        Status.SUCCESS,
        Status.CANCELED,
        Status.REFUND,
        Status.NOT_SMS_CODE,
    }
    assert history == sorted(history, key=lambda order: -order.bought_at)
    ages = [round(sandbox.clock.now() - order.bought_at) for order in sandbox.book.active()]
    assert ages == [28 * 3600, 830, 480, 180, 40]
    assert len(sandbox.book.active()[0].codes) == 2
    assert sandbox.charges == []


def test_showcase_lives_on(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(waiting=None, is_silent=False)
    rental, expiring, refunded, later, soon = sandbox.book.active()
    clock.advance(16)
    assert sandbox.order(soon.id).status is Status.SUCCESS
    clock.advance(65)
    assert sandbox.order(later.id).status is Status.SUCCESS
    assert sandbox.order(expiring.id).status is Status.NOT_SMS_CODE
    clock.advance(minutes=6)
    assert sandbox.order(refunded.id).status is Status.REFUND
    assert len(sandbox.order(rental.id).codes) == 3


@pytest.mark.parametrize("is_silent", [True, False])
def test_waiting_orders_wait_at_the_start(make_sandbox: Callable[..., Sandbox], is_silent: bool) -> None:
    assert len(make_sandbox(waiting=200, is_silent=is_silent).book.active()) == 200
