"""The journal on a thread of its own: writes leave the event loop alone, and come one after the other."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar

from numdeck.journal.errors import JournalDamaged, JournalError, JournalMoved
from numdeck.journal.history import HistoryQuery
from numdeck.journal.journal import NO_PLANS, Damage, Journal, JournalContents, Totals
from numdeck.journal.patience import Patience, Say
from numdeck.model.balance import Balance
from numdeck.model.clock import ClockOffset
from numdeck.model.plan import CancelPlan
from numdeck.model.record import Attempt, OrderRecord
from numdeck.model.request import OrderRequest

T = TypeVar("T")


class JournalThread:
    """The methods of `Journal`, to be awaited. What was asked for is done, whoever stops waiting for it.

    A journal that cannot be opened is stood in for by one in memory, until `reopen` succeeds.
    """

    def __init__(self, executor: ThreadPoolExecutor, journal: Journal, path: Path | None = None) -> None:
        self._executor = executor
        self._journal = journal
        self._path = path
        self._is_closed = False
        self._is_spoilt = False
        self.stands_in = ""
        """Why the file is not in use, in a sentence; empty when it is, and for a journal that has no file."""

    @classmethod
    async def open(cls, path: Path, say: Say | None = None) -> Self:
        """See `Journal.open`; `say` is told, on another thread, for whom the opening waits."""
        patience = Patience(say=say)
        return await cls._start(lambda: Journal.open(path, patience=patience), path, patience)

    @classmethod
    async def in_memory(cls) -> Self:
        """See `Journal.in_memory`."""
        return await cls._start(Journal.in_memory)

    @classmethod
    async def standing_in(cls, path: Path, why: str) -> Self:
        """A journal in memory for a file that cannot be opened; `why` is a sentence."""
        journal = await cls._start(Journal.in_memory, path)
        journal.stands_in = why
        return journal

    @classmethod
    async def _start(
        cls, opener: Callable[[], Journal], path: Path | None = None, patience: Patience | None = None
    ) -> Self:
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        opening = executor.submit(opener)
        try:
            return cls(executor, await asyncio.shield(asyncio.wrap_future(opening)), path)
        except BaseException:
            if patience is not None:
                patience.cancel()
            executor.submit(lambda: opening.result().close())  # nobody waits for it any more
            executor.shutdown(wait=False)
            raise

    @property
    def damage(self) -> Damage | None:
        """See `Journal.damage`."""
        return self._journal.damage

    @property
    def is_spoilt(self) -> bool:
        """Whether the file has to be opened anew: it was not opened yet, was found damaged, or is gone."""
        return bool(self.stands_in) or self._is_spoilt

    async def check_place(self) -> None:
        """See `Journal.check_place`."""
        await self.run(lambda journal: journal.check_place())

    async def reopen(self, *, patience: float = 0.0) -> None:
        """Open the file at the journal's path, and take over what the present journal holds.

        `patience` is how long to wait for another process, in seconds. Raises JournalError; the present journal then
        stays in use, or one in memory.
        """
        path = self._path
        if path is None:
            return
        try:
            await self._do(lambda: self._open_anew(path, Patience(patience)))
        except JournalError as error:
            if self.stands_in:
                self.stands_in = error.sentence
            raise

    def _open_anew(self, path: Path, patience: Patience) -> None:
        old = self._journal
        if old.is_same_file(path):
            # Its log is gone, or a row is damaged. SQLite must not have the file open twice with two different logs.
            with suppress(JournalError):
                old.checkpoint()
            with suppress(JournalError):
                old.close()
            self._journal, self.stands_in = Journal.in_memory(), "The journal is being opened."
            self._journal = Journal.open(path, patience=patience, reads_all=True)
        else:
            old.take_companions_away()
            new = Journal.open(path, patience=patience)
            try:
                new.take_over(old)
            except BaseException:
                new.close()
                raise
            self._journal = new
            with suppress(JournalError):
                old.close()
        self.stands_in, self._is_spoilt = "", False

    async def write(
        self,
        records: Iterable[OrderRecord] = (),
        attempts: Iterable[Attempt] = (),
        plans: Mapping[str, CancelPlan] = NO_PLANS,
    ) -> None:
        """See `Journal.write`."""
        # Read here, not later and on another thread.
        records, attempts, plans = tuple(records), tuple(attempts), dict(plans)
        await self.run(lambda journal: journal.write(records, attempts, plans))

    async def load(self, ended_since: float = -math.inf) -> JournalContents:
        """See `Journal.load`."""
        return await self.run(lambda journal: journal.load(ended_since))

    async def find(self, ids: Collection[str]) -> dict[str, OrderRecord]:
        """See `Journal.find`."""
        wanted = tuple(ids)
        return await self.run(lambda journal: journal.find(wanted))

    async def plans(self, ids: Collection[str]) -> dict[str, CancelPlan]:
        """See `Journal.plans`."""
        wanted = tuple(ids)
        return await self.run(lambda journal: journal.plans(wanted))

    async def attempts(self, ids: Collection[str] = ()) -> list[Attempt]:
        """See `Journal.attempts`."""
        wanted = tuple(ids)
        return await self._do(lambda: self._journal.attempts(wanted))

    async def seen_since(self, instant: float) -> list[OrderRecord]:
        """See `Journal.seen_since`."""
        return await self.run(lambda journal: journal.seen_since(instant))

    async def news_since(self, instant: float) -> list[OrderRecord]:
        """See `Journal.news_since`."""
        return await self.run(lambda journal: journal.news_since(instant))

    async def history_count(self, query: HistoryQuery) -> int:
        """See `Journal.history_count`."""
        return await self.run(lambda journal: journal.history_count(query))

    async def history_page(self, query: HistoryQuery, offset: int, limit: int) -> list[OrderRecord]:
        """See `Journal.history_page`."""
        return await self.run(lambda journal: journal.history_page(query, offset, limit))

    async def unseen_count(self) -> int:
        """See `Journal.unseen_count`."""
        return await self.run(lambda journal: journal.unseen_count())

    async def unseen_places(self, query: HistoryQuery) -> list[tuple[int, str]]:
        """See `Journal.unseen_places`."""
        return await self.run(lambda journal: journal.unseen_places(query))

    async def newest_news(self) -> list[OrderRecord]:
        """See `Journal.newest_news`."""
        return await self.run(lambda journal: journal.newest_news())

    async def totals_since(self, instant: float) -> Totals:
        """See `Journal.totals_since`."""
        return await self.run(lambda journal: journal.totals_since(instant))

    async def last_request(self) -> OrderRequest | None:
        """See `Journal.last_request`."""
        return await self.run(lambda journal: journal.last_request())

    async def recent_requests(self, limit: int) -> list[OrderRequest]:
        """See `Journal.recent_requests`."""
        return await self.run(lambda journal: journal.recent_requests(limit))

    async def pinned_requests(self) -> list[OrderRequest]:
        """See `Journal.pinned_requests`."""
        return await self.run(lambda journal: journal.pinned_requests())

    async def pin(self, request: OrderRequest, pinned_at: float | None) -> None:
        """See `Journal.pin`."""
        await self.run(lambda journal: journal.pin(request, pinned_at))

    async def mark(self, name: str, at: float) -> None:
        """See `Journal.mark`."""
        await self.run(lambda journal: journal.mark(name, at))

    async def marked(self, name: str) -> float | None:
        """See `Journal.marked`."""
        return await self.run(lambda journal: journal.marked(name))

    async def run(self, work: Callable[[Journal], T]) -> T:
        """Do something with the journal, on its thread and after everything that was asked for before."""
        try:
            return await self._do(lambda: work(self._journal))
        except (JournalMoved, JournalDamaged):
            self._is_spoilt = True
            raise

    async def write_balance(self, balance: Balance) -> None:
        """See `Journal.write_balance`."""
        await self.run(lambda journal: journal.write_balance(balance))

    async def clock_offset(self) -> ClockOffset | None:
        """See `Journal.clock_offset`."""
        return await self.run(lambda journal: journal.clock_offset())

    async def keep_clock_offset(
        self, offset: ClockOffset, doubted_ids: Collection[str] = (), doubt: float = 0.0
    ) -> None:
        """See `Journal.keep_clock_offset`."""
        ids = tuple(doubted_ids)
        await self.run(lambda journal: journal.keep_clock_offset(offset, ids, doubt))

    async def close(self) -> None:
        """Wait for what is being written, and close the file. To close twice is no error."""
        if not self._is_closed:
            self._is_closed = True
            closing = self._executor.submit(self._close)
            self._executor.shutdown(wait=False)  # what is queued is still done; nothing else is taken
            await asyncio.shield(asyncio.wrap_future(closing))

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, work))

    def _close(self) -> None:
        self._journal.close()  # the one that is in use by then
