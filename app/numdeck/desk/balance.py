"""The balance of the account, and the totals of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError
from numdeck.api.gate import RequestKind
from numdeck.clock import Clock
from numdeck.desk.events import Appeared, AttemptChanged, BalanceLow, Ended, Event, Topic
from numdeck.desk.store import DeskStore
from numdeck.model.link import LinkState
from numdeck.model.money import ASK_EVERY, Balance, SpendLimits, low_balance
from numdeck.model.request import AttemptState

MONEY_AT_MOST_EVERY: Final = 2.0
"""However much happens, the balance is requested at most this often, in seconds."""

_MAY_HAVE_COST: Final = frozenset({AttemptState.PLACED, AttemptState.UNKNOWN})


class BalanceMonitor:
    """Keeps balance and totals, and warns once when the balance runs low.

    The balance is requested after money moved, after the connection came back, and once a minute.
    """

    def __init__(self, store: DeskStore, client: NumbersClient, clock: Clock, limits: SpendLimits) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._limits = limits
        self._ask_at = float("-inf")
        self._was_live = True
        self._store.listen(self._hear)

    async def count_money(self) -> float:
        """Update the totals, and the balance if it is due; the result is how long to wait until the next time."""
        await self.count_today()
        if self.is_due:
            await self._ask()
            await self.count_today()  # more may have been seen while that was asked
        self._warn()
        return max(0.0, self._ask_at - self._clock.monotonic(), self._client.gate.blocked_for(RequestKind.LOOKUP))

    @property
    def is_due(self) -> bool:
        """Whether the balance is to be requested."""
        return self._clock.monotonic() >= self._ask_at

    async def count_today(self) -> None:
        """Add up the day so far, from local midnight."""
        # Without a zone, as midnight may have had another one than now.
        now = datetime.fromtimestamp(self._clock.now())  # noqa: DTZ006
        await self._store.count_today(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())

    async def _ask(self) -> None:
        self._ask_at = self._clock.monotonic() + ASK_EVERY
        sent_at = self._clock.now()
        try:
            amount = await self._client.balance()
        except ApiError:
            amount = None
        if amount is None:
            self._doubt()
        else:
            # Money that moves while the answer is on its way makes `_hear` ask once more.
            await self._store.set_balance(Balance(amount, sent_at, is_doubtful=self.is_due))

    def _hear(self, event: Event) -> None:
        is_live = self._store.state.link.state in {LinkState.LIVE, LinkState.CONNECTING}
        has_moved, came_back = moves_money(event), is_live and not self._was_live
        self._was_live = is_live
        if came_back or has_moved:
            self._ask_at = float("-inf")
        if has_moved or not is_live:
            self._doubt()

    def _doubt(self) -> None:
        balance = self._store.state.balance
        if balance is not None and not balance.is_doubtful:
            self._store.state.balance = replace(balance, is_doubtful=True)
            self._store.topic(Topic.BALANCE)

    def _warn(self) -> None:
        state = self._store.state
        was_low = state.low_balance is not None
        amount = None if state.balance is None else state.balance.amount
        state.low_balance = low_balance(amount, state.today.last_price, self._limits)
        if was_low != (state.low_balance is not None):
            self._store.topic(Topic.BALANCE)
            if state.low_balance is not None:
                self._store.announce(BalanceLow(state.low_balance))


def moves_money(event: Event) -> bool:
    """Whether the balance may be another one after this: a purchase, here or elsewhere, or a refund."""
    match event:
        case Appeared():
            return True
        case Ended(entry):
            return entry.record.order.status.is_refunded
        case AttemptChanged(attempt):
            return attempt.state in _MAY_HAVE_COST
        case _:
            return False
