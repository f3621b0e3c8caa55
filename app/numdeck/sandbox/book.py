"""The account: its balance, its orders, and every charge and refund."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from threading import RLock
from typing import NamedTuple
from uuid import UUID

from numdeck.sandbox import lifecycle, refusals
from numdeck.sandbox.clock import Clock
from numdeck.sandbox.lifecycle import UNFINISHED, Order, Status


class Transaction(NamedTuple):
    """One charge or refund; the amount is in USD and above zero."""

    order_id: UUID
    amount: Decimal


class _Unlisted(NamedTuple):
    """When an order left the active list, and how it was before."""

    at: float
    before: Order


class Book:
    """One account's orders and money.

    Nothing runs in the background: each access first advances the unfinished orders to the clock's time. All methods
    are thread-safe; hold `lock` around several calls that belong together.
    """

    def __init__(self, clock: Clock, balance: Decimal) -> None:
        self.lock = RLock()
        self._clock = clock
        self._balance = balance
        self._charges: list[Transaction] = []
        self._refunds: list[Transaction] = []
        # In the order of their purchase: the history is this, read backwards.
        self._orders: dict[UUID, Order] = {}
        self._unfinished: dict[UUID, None] = {}  # as an ordered set
        self._unlisted: dict[UUID, _Unlisted] = {}

    def balance(self) -> Decimal:
        """Return the account's balance, in USD."""
        with self.lock:
            self._advance()
            return self._balance

    def set_balance(self, balance: Decimal) -> None:
        """Set the balance without a transaction, as a top-up would."""
        with self.lock:
            self._advance()
            self._balance = balance

    def charges(self) -> list[Transaction]:
        """List the charges for purchases since the sandbox began, oldest first."""
        with self.lock:
            return list(self._charges)

    def refunds(self) -> list[Transaction]:
        """List the refunds, oldest first."""
        with self.lock:
            self._advance()
            return list(self._refunds)

    def enter(self, order: Order) -> None:
        """Add an order that was paid for before the sandbox began."""
        with self.lock:
            self._orders[order.id] = order
            if order.status in UNFINISHED:
                self._unfinished[order.id] = None

    def buy(self, order: Order) -> None:
        """Add an order and charge it. Raises `RefusedError` (402) when the balance does not cover it."""
        with self.lock:
            self.check_funds(order.price)
            self._balance -= order.price
            self._charges.append(Transaction(order.id, order.price))
            self.enter(order)

    def check_funds(self, price: Decimal) -> None:
        """Raise `RefusedError` (402) when the balance does not cover a price."""
        if self.balance() < price:
            raise refusals.insufficient_balance()

    def orders(self) -> list[Order]:
        """List all orders, oldest first."""
        with self.lock:
            self._advance()
            return list(self._orders.values())

    def active(self, lag: float = 0.0) -> list[Order]:
        """List the waiting orders that were bought at least `lag` seconds ago, oldest first ("Get Active Numbers")."""
        with self.lock:
            now = self._advance()
            # Only the unfinished ones: a long history must not slow down the poll.
            unfinished = [self._orders[order_id] for order_id in self._unfinished]
        return [order for order in unfinished if order.status is Status.WAITING and order.bought_at <= now - lag]

    def history(self, lag: float = 0.0) -> list[Order]:
        """List orders that stopped waiting at least `lag` seconds ago, newest purchase first ("Get Number History")."""
        with self.lock:
            now = self._advance()
            recent = {order_id for order_id, unlisted in self._unlisted.items() if unlisted.at > now - lag}
            orders = list(reversed(self._orders.values()))
        return [each for each in orders if each.status not in (Status.NEW, Status.WAITING) and each.id not in recent]

    def find(self, order_id: UUID, lag: float = 0.0) -> Order:
        """Return one order; for `lag` seconds after it left the active list as it was before.

        Raises `RefusedError` (404) for an unknown one.
        """
        with self.lock:
            now = self._advance()
            order = self._get(order_id)
            unlisted = self._unlisted.get(order_id)
            return unlisted.before if unlisted is not None and unlisted.at > now - lag else order

    def cancel(self, order_id: UUID) -> Order:
        """Cancel an order and refund it. Raises `RefusedError` (400, 404) as documented for the cancel."""
        return self._step(order_id, lifecycle.cancel)

    def deliver(self, order_id: UUID, code: str, calculation_seconds: float = 0.0) -> Order:
        """Let a code arrive now. Raises ValueError for an order that does not wait for one."""

        def receive(order: Order, now: float) -> Order:
            if order.status is not Status.WAITING:
                raise ValueError(f"order {order.id} is {order.status}, not waiting")
            plan = replace(order.plan, calculation_seconds=calculation_seconds)
            return lifecycle.receive(replace(order, plan=plan), code, now)

        return self._step(order_id, receive)

    def finish(self, order_id: UUID, status: Status) -> Order:
        """Put an unfinished order into another state than waiting; `calculation` lasts until the next call.

        Raises ValueError for an order that is finished, or a state in which it would wait.
        """

        def end(order: Order, _now: float) -> Order:
            if order.status not in UNFINISHED or status in {Status.NEW, Status.WAITING}:
                raise ValueError(f"order {order.id} is {order.status}: cannot end it as {status}")
            return replace(order, status=status, calculated_at=math.inf)

        return self._step(order_id, end)

    def _step(self, order_id: UUID, step: Callable[[Order, float], Order]) -> Order:
        with self.lock:
            now = self._advance()
            return self._keep(step(self._get(order_id), now), now)

    def _get(self, order_id: UUID) -> Order:
        if order_id not in self._orders:
            raise refusals.not_found()
        return self._orders[order_id]

    def _advance(self) -> float:
        """Advance the unfinished orders to the present, and return it in sandbox seconds."""
        now = self._clock.now()
        for order_id in list(self._unfinished):
            order = self._orders[order_id]
            advanced = lifecycle.advance(order, now)
            if advanced is not order:
                self._keep(advanced, now)
        return now

    def _keep(self, order: Order, now: float) -> Order:
        """Store an order's next state, and refund what its expenses fell by."""
        before = self._orders[order.id]
        if before.status is Status.WAITING and order.status is not Status.WAITING:
            self._unlisted[order.id] = _Unlisted(now, before)
        returned = before.expenses - order.expenses
        if returned:
            self._balance += returned
            self._refunds.append(Transaction(order.id, returned))
        self._orders[order.id] = order
        if order.status not in UNFINISHED:
            self._unfinished.pop(order.id, None)
        return order
