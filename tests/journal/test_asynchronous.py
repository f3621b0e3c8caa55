"""The journal's own thread: the event loop is free, and what was asked for is done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.errors import JournalUnwritable
from numdeck.journal.journal import NO_INTENTS, Journal
from numdeck.model.cancellation import CancelIntent
from numdeck.model.history_query import HistoryQuery
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from tests.journal.samples import NOON, TELEGRAM, attempt, record


class HeldJournal(Journal):
    """A journal whose writes begin, and go on when they are let go."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def write(
        self,
        records: Iterable[OrderRecord] = (),
        attempts: Iterable[Attempt] = (),
        intents: Mapping[str, CancelIntent] = NO_INTENTS,
    ) -> None:
        self.begun.set()
        assert self.let_go.wait(10)
        super().write(records, attempts, intents)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[AsyncJournal]:
    thread = await AsyncJournal.open(path)
    try:
        yield thread
    finally:
        await thread.close()


async def hold(path: Path) -> tuple[AsyncJournal, HeldJournal]:
    """A journal thread whose journal is held."""
    executor = ThreadPoolExecutor(max_workers=1)
    journal = await asyncio.get_running_loop().run_in_executor(executor, lambda: HeldJournal.open(path))
    return AsyncJournal(executor, journal), journal


async def until_begun(journal: HeldJournal) -> None:
    assert await asyncio.to_thread(journal.begun.wait, 10)


def written(path: Path) -> int:
    with closing(Journal.open(path)) as journal:
        return journal.history_count(HistoryQuery())


async def test_run(path: Path) -> None:
    known = record(1, "12345")
    async with opened(path) as journal:
        await journal.run(Journal.write, [known], [attempt()])
        assert await journal.run(Journal.find, [known.id]) == {known.id: known}
        assert (await journal.run(Journal.load)).attempts == (attempt(),)
        assert await journal.run(Journal.history_count, HistoryQuery()) == 1
        assert await journal.run(Journal.history_page, HistoryQuery(), 0, 10) == [known]
        assert (await journal.run(Journal.totals_since, NOON)).codes == 1
        assert await journal.run(Journal.last_request) == TELEGRAM
        assert journal.damage is None


async def test_in_memory() -> None:
    journal = await AsyncJournal.in_memory()
    await asyncio.gather(*(journal.run(Journal.write, [record(number)]) for number in range(20)))
    assert await journal.run(Journal.history_count, HistoryQuery()) == 20
    await journal.close()


async def test_slow_disk(path: Path) -> None:
    thread, journal = await hold(path)
    writing = asyncio.create_task(thread.run(lambda journal: journal.write([record()])))
    await until_begun(journal)
    await asyncio.sleep(0)
    assert not writing.done()
    journal.let_go.set()
    await writing
    await thread.close()


async def test_cancelled_write_is_done(path: Path) -> None:
    thread, journal = await hold(path)
    begun = asyncio.create_task(thread.run(lambda journal: journal.write([record(1)])))
    await until_begun(journal)
    queued = asyncio.create_task(thread.run(lambda journal: journal.write([record(2)])))
    await asyncio.sleep(0)
    for task in (begun, queued):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    journal.let_go.set()
    await thread.close()
    assert written(path) == 2


async def test_close_waits_for_writes(path: Path) -> None:
    thread, journal = await hold(path)
    writing = asyncio.create_task(thread.run(lambda journal: journal.write([record()])))
    await until_begun(journal)
    closing_ = asyncio.create_task(thread.close())
    await asyncio.sleep(0)
    assert not closing_.done()
    journal.let_go.set()
    await closing_
    await writing
    assert written(path) == 1


async def test_close_twice(path: Path) -> None:
    thread = await AsyncJournal.open(path)
    await thread.close()
    await thread.close()
    with pytest.raises(RuntimeError):
        await thread.run(Journal.load)


async def test_failed_open_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / "a_file").touch()
    before = set(threading.enumerate())
    with pytest.raises(JournalUnwritable):
        await AsyncJournal.open(tmp_path / "a_file" / "journal.sqlite3")
    for thread in set(threading.enumerate()) - before:
        await asyncio.to_thread(thread.join, 10)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("journal")]


async def test_cancelled_open_leaves_nothing_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()
    close = Journal.close

    def tell(journal: Journal) -> None:
        close(journal)
        closed.set()

    monkeypatch.setattr(Journal, "close", tell)
    opening = asyncio.create_task(AsyncJournal.open(path))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert await asyncio.to_thread(closed.wait, 10)
