"""Counting money: the balance as the service tells it, and what today came to."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError
from numdeck.api.gate import RequestKind
from numdeck.clock import Clock
from numdeck.desk.books import Books
from numdeck.desk.events import Topic
from numdeck.model.spend import SpendLimits, balance_warning

MONEY_EVERY: Final = 60.0
"""The balance is asked for at least this often, in seconds."""

MONEY_AT_MOST_EVERY: Final = 2.0
"""However much happens, it is not asked for more often than this, in seconds."""


class Accountant:
    """Keeps balance and totals, and warns once when the balance runs low."""

    def __init__(self, books: Books, client: NumbersClient, clock: Clock, limits: SpendLimits) -> None:
        self._books = books
        self._client = client
        self._clock = clock
        self._limits = limits

    async def count_money(self) -> float:
        """Count what today came to, and ask for the balance; the result is when to do it again, in seconds."""
        await self.count_today()
        try:
            balance = await self._client.balance()
        except ApiError:
            balance = None  # shown as unknown, not as it was
        if balance != self._books.state.balance:
            self._books.state.balance = balance
            self._books.topic(Topic.BALANCE)
        await self.count_today()  # more may have been seen while that was asked
        self._warn()
        return max(MONEY_EVERY, self._client.gate.blocked_for(RequestKind.LOOKUP))

    async def count_today(self) -> None:
        """Count what today came to, from local midnight."""
        # Without a zone, as midnight may have had another one than now.
        now = datetime.fromtimestamp(self._clock.now())  # noqa: DTZ006
        await self._books.count_today(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())

    def _warn(self) -> None:
        state = self._books.state
        before = state.balance_warning
        state.balance_warning = balance_warning(state.balance, state.today.last_price, self._limits)
        if bool(state.balance_warning) != bool(before):
            self._books.topic(Topic.BALANCE)
            if state.balance_warning:
                self._books.say(state.balance_warning, grave=True)
