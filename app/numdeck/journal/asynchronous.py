"""The journal on a thread of its own: writes happen one after the other and do not block the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from numdeck.journal.errors import JournalDamaged, JournalError, JournalMoved
from numdeck.journal.journal import Journal
from numdeck.journal.processes import Patience, Say
from numdeck.journal.salvage import Damage

P = ParamSpec("P")
T = TypeVar("T")


class AsyncJournal:
    """Runs methods of `Journal` on one thread; a call that was made is completed even if its caller is cancelled.

    A journal that cannot be opened is replaced by one in memory until `reopen` succeeds.
    """

    def __init__(self, executor: ThreadPoolExecutor, journal: Journal, path: Path | None = None) -> None:
        self._executor = executor
        self._journal = journal
        self._path = path
        self._is_closed = False
        self._is_spoilt = False
        self.stands_in = ""
        """Why the file is not in use, as a sentence; empty when it is, and for a journal without a file."""

    @classmethod
    async def open(cls, path: Path, say: Say | None = None) -> Self:
        """See `Journal.open`; `say` is called on another thread when the opening waits for another process."""
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
        opened = asyncio.wrap_future(opening)
        try:
            return cls(executor, await asyncio.shield(opened), path)
        except BaseException:
            # asyncio reports an exception that nobody asks for, even while it ends because of ctrl+c.
            if not opened.cancel() and not opened.cancelled():
                opened.exception()
            if patience is not None:
                patience.cancel()
            executor.submit(lambda: opening.result().close())  # its caller is gone
            executor.shutdown(wait=False)
            raise

    @property
    def damage(self) -> Damage | None:
        """See `Journal.damage`."""
        return self._journal.damage

    @property
    def is_spoilt(self) -> bool:
        """Whether the file has to be reopened: it was not opened yet, was found damaged, or is gone."""
        return bool(self.stands_in) or self._is_spoilt

    async def reopen(self, *, patience: float = 0.0) -> None:
        """Open the file at the journal's path, and copy what the present journal holds into it.

        `patience` is how long to wait for another process, in seconds. On JournalError the present journal, or one in
        memory, stays in use.
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
        if old.database.is_at(path):
            # Its log is gone, or a row is damaged. SQLite must not open one file twice with different logs.
            with suppress(JournalError):
                old.database.checkpoint()
            with suppress(JournalError):
                old.close()
            self._journal, self.stands_in = Journal.in_memory(), "The journal is being opened."
            self._journal = Journal.open(path, patience=patience, reads_all=True)
        else:
            old.database.remove_companions()
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

    async def run(self, work: Callable[Concatenate[Journal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of `Journal`, such as `run(Journal.find, ids)`, after all earlier calls.

        The arguments must not change until it returns.
        """
        try:
            return await self._do(lambda: work(self._journal, *args, **kwargs))
        except (JournalMoved, JournalDamaged):
            self._is_spoilt = True
            raise

    async def close(self) -> None:
        """Finish all calls and close the file. Closing twice is allowed."""
        if not self._is_closed:
            self._is_closed = True
            closing = self._executor.submit(self._close)
            self._executor.shutdown(wait=False)  # queued calls are still run; new ones are refused
            await asyncio.shield(asyncio.wrap_future(closing))

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, work))

    def _close(self) -> None:
        self._journal.close()  # the one in use by then
