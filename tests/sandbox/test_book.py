"""The books without HTTP: the money always follows the orders, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random

import pytest

from numdeck.model.request import PERIODS, Provider
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.lifecycle import UNFINISHED, Status
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.refusals import RefusedError
from numdeck.sandbox.sandbox import Sandbox


@pytest.mark.parametrize("seed", range(5))
def test_balance_follows_expenses(make_sandbox: Callable[..., Sandbox], clock: ManualClock, seed: int) -> None:
    sandbox = make_sandbox(seed=seed, is_silent=False, balance=Decimal(1000))
    random = Random(seed)
    refusals: list[int] = []
    for _ in range(60):
        provider = random.choice(list(Provider))
        sandbox.buy(Purchase(provider=provider, period=random.choice(PERIODS[provider]), country_code="667"))
        clock.advance(random.uniform(0, 400))
        try:
            sandbox.book.cancel(random.choice(sandbox.book.orders()).id)
        except RefusedError as error:
            refusals.append(error.status)
        orders = sandbox.book.orders()
        assert sandbox.balance == 1000 - sum(order.expenses for order in orders)
        charged = sum(entry.amount for entry in sandbox.charges)
        assert sandbox.balance == 1000 - charged + sum(entry.amount for entry in sandbox.refunds)
    clock.advance(minutes=26 * 24 * 60)
    statuses = {order.status for order in sandbox.book.orders()}
    assert not statuses & UNFINISHED
    assert statuses == {Status.SUCCESS, Status.CANCELED, Status.REFUND, Status.NOT_SMS_CODE}
    assert set(refusals) == {400}


def test_same_seed_same_data(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    def live(seed: int) -> list[object]:
        sandbox = make_sandbox(seed=seed, is_silent=False, history=10, waiting=None)
        for service_code in ("tg", "wa", "go"):
            sandbox.buy(Purchase(service_code=service_code))
        return [*sandbox.book.orders(), sandbox.balance]

    assert live(1) == live(1)
    assert live(1) != live(2)


def test_past_does_not_change_later_orders(make_sandbox: Callable[..., Sandbox]) -> None:
    with_past, without = make_sandbox(history=30, waiting=7, is_silent=False), make_sandbox(is_silent=False)
    assert with_past.buy(Purchase()) == without.buy(Purchase())


def test_number_of_looks_does_not_matter(make_sandbox: Callable[..., Sandbox]) -> None:
    worlds = []
    for steps in (1, 90):
        clock = ManualClock()
        sandbox = Sandbox(make_sandbox(is_silent=False).settings, clock=clock)
        for provider in Provider:
            for _ in range(5):
                sandbox.buy(Purchase(provider=provider, period=PERIODS[provider][0], country_code="667"))
        for _ in range(steps):
            clock.advance(1800 / steps)
            sandbox.book.active()
        worlds.append((sandbox.book.orders(), sandbox.balance))
    assert worlds[0] == worlds[1]


def test_who_takes_codes_and_who_ends(sandbox: Sandbox) -> None:
    order = sandbox.buy(Purchase())
    with pytest.raises(ValueError, match="cannot end"):
        sandbox.finish(order.id, "waiting")
    sandbox.finish(order.id, "calculation")
    with pytest.raises(ValueError, match="not waiting"):
        sandbox.deliver(order.id, "1")
    sandbox.finish(order.id, "refund")
    with pytest.raises(ValueError, match="cannot end"):
        sandbox.finish(order.id, "success")


def test_many_threads(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(balance=Decimal(1000))
    sandbox.set_stock(150)

    def purchase(_: int) -> bool:
        try:
            order = sandbox.buy(Purchase())
        except RefusedError:
            return False
        sandbox.finish(order.id, Status.REFUND)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(purchase, range(200))) == 150
    assert sandbox.balance == 1000
