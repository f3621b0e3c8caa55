"""The journal on a thread of its own: writes leave the event loop alone, and come one after the other."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from numdeck.journal.history import HistoryQuery
from numdeck.journal.journal import NO_PLANS, Journal, JournalContents, Totals
from numdeck.model.balance import Balance
from numdeck.model.clock import ClockOffset
from numdeck.model.plan import CancelPlan
from numdeck.model.record import Attempt, OrderRecord
from numdeck.model.request import OrderRequest

T = TypeVar("T")


class JournalThread:
    """The methods of `Journal`, to be awaited. What was asked for is done, whoever stops waiting for it."""

    def __init__(self, executor: ThreadPoolExecutor, journal: Journal) -> None:
        self._executor = executor
        self._journal = journal
        self._is_closed = False

    @classmethod
    async def open(cls, path: Path) -> Self:
        """See `Journal.open`."""
        return await cls._start(lambda: Journal.open(path))

    @classmethod
    async def in_memory(cls) -> Self:
        """See `Journal.in_memory`."""
        return await cls._start(Journal.in_memory)

    @classmethod
    async def _start(cls, opener: Callable[[], Journal]) -> Self:
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        opening = executor.submit(opener)
        try:
            return cls(executor, await asyncio.shield(asyncio.wrap_future(opening)))
        except BaseException:
            executor.submit(lambda: opening.result().close())  # nobody waits for it any more
            executor.shutdown(wait=False)
            raise

    @property
    def set_aside(self) -> Path | None:
        """See `Journal.set_aside`."""
        return self._journal.set_aside

    async def write(
        self,
        records: Iterable[OrderRecord] = (),
        attempts: Iterable[Attempt] = (),
        plans: Mapping[str, CancelPlan] = NO_PLANS,
    ) -> None:
        """See `Journal.write`."""
        # Read here, not later and on another thread.
        records, attempts, plans = tuple(records), tuple(attempts), dict(plans)
        await self._do(lambda: self._journal.write(records, attempts, plans))

    async def load(self, ended_since: float = -math.inf) -> JournalContents:
        """See `Journal.load`."""
        return await self._do(lambda: self._journal.load(ended_since))

    async def find(self, ids: Collection[str]) -> dict[str, OrderRecord]:
        """See `Journal.find`."""
        wanted = tuple(ids)
        return await self._do(lambda: self._journal.find(wanted))

    async def plans(self, ids: Collection[str]) -> dict[str, CancelPlan]:
        """See `Journal.plans`."""
        wanted = tuple(ids)
        return await self._do(lambda: self._journal.plans(wanted))

    async def seen_since(self, instant: float) -> list[OrderRecord]:
        """See `Journal.seen_since`."""
        return await self._do(lambda: self._journal.seen_since(instant))

    async def news_since(self, instant: float) -> list[OrderRecord]:
        """See `Journal.news_since`."""
        return await self._do(lambda: self._journal.news_since(instant))

    async def history_count(self, query: HistoryQuery) -> int:
        """See `Journal.history_count`."""
        return await self._do(lambda: self._journal.history_count(query))

    async def history_page(self, query: HistoryQuery, offset: int, limit: int) -> list[OrderRecord]:
        """See `Journal.history_page`."""
        return await self._do(lambda: self._journal.history_page(query, offset, limit))

    async def unseen_count(self) -> int:
        """See `Journal.unseen_count`."""
        return await self._do(self._journal.unseen_count)

    async def unseen_places(self, query: HistoryQuery) -> list[tuple[int, str]]:
        """See `Journal.unseen_places`."""
        return await self._do(lambda: self._journal.unseen_places(query))

    async def newest_news(self) -> list[OrderRecord]:
        """See `Journal.newest_news`."""
        return await self._do(self._journal.newest_news)

    async def totals_since(self, instant: float) -> Totals:
        """See `Journal.totals_since`."""
        return await self._do(lambda: self._journal.totals_since(instant))

    async def last_request(self) -> OrderRequest | None:
        """See `Journal.last_request`."""
        return await self._do(self._journal.last_request)

    async def recent_requests(self, limit: int) -> list[OrderRequest]:
        """See `Journal.recent_requests`."""
        return await self._do(lambda: self._journal.recent_requests(limit))

    async def pinned_requests(self) -> list[OrderRequest]:
        """See `Journal.pinned_requests`."""
        return await self._do(self._journal.pinned_requests)

    async def pin(self, request: OrderRequest, pinned_at: float | None) -> None:
        """See `Journal.pin`."""
        await self._do(lambda: self._journal.pin(request, pinned_at))

    async def mark(self, name: str, at: float) -> None:
        """See `Journal.mark`."""
        await self._do(lambda: self._journal.mark(name, at))

    async def marked(self, name: str) -> float | None:
        """See `Journal.marked`."""
        return await self._do(lambda: self._journal.marked(name))

    async def write_balance(self, balance: Balance) -> None:
        """See `Journal.write_balance`."""
        await self._do(lambda: self._journal.write_balance(balance))

    async def clock_offset(self) -> ClockOffset | None:
        """See `Journal.clock_offset`."""
        return await self._do(self._journal.clock_offset)

    async def keep_clock_offset(
        self, offset: ClockOffset, doubted_ids: Collection[str] = (), doubt: float = 0.0
    ) -> None:
        """See `Journal.keep_clock_offset`."""
        ids = tuple(doubted_ids)
        await self._do(lambda: self._journal.keep_clock_offset(offset, ids, doubt))

    async def close(self) -> None:
        """Wait for what is being written, and close the file. To close twice is no error."""
        if not self._is_closed:
            self._is_closed = True
            closing = self._executor.submit(self._journal.close)
            self._executor.shutdown(wait=False)  # what is queued is still done; nothing else is taken
            await asyncio.shield(asyncio.wrap_future(closing))

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, work))
