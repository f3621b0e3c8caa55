"""Another process holds the journal: it is waited for, that is said, and whoever waits can be stopped."""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.errors import JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.journal.processes import Patience


@contextmanager
def lock_file(path: Path) -> Iterator[Path]:
    """Another numdeck that is opening the file."""
    path.parent.mkdir(exist_ok=True)
    name = path.with_name(f"{path.name}.lock")
    with name.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield name


@contextmanager
def busy_database(path: Path) -> Iterator[Path]:
    """Another program that writes to the file."""
    Journal.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield path


held = pytest.mark.parametrize("hold", [lock_file, busy_database])
Hold = Callable[[Path], AbstractContextManager[Path]]


class Waiting:
    """A patience of five seconds whose time goes by when it pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[tuple[float, str]] = []
        self.at: dict[float, Callable[[], object]] = {}
        self.patience = Patience(5.0, self.say, now=lambda: self.now, pause=self.pause)

    def say(self, sentence: str) -> None:
        self.said.append((self.now, sentence))

    def pause(self, seconds: float) -> None:
        self.now += seconds
        for at in [at for at in self.at if at <= self.now]:
            self.at.pop(at)()


@held
def test_wait_is_announced_once(path: Path, hold: Hold) -> None:
    waiting = Waiting()
    with hold(path) as name, pytest.raises(JournalUnwritable, match=r"another process holds it.*wait for that process"):
        Journal.open(path, patience=waiting.patience)
    assert [sentence for _, sentence in waiting.said] == [
        f"another process holds {name}: waiting (ctrl+c to stop)",
    ]
    assert 1.0 <= waiting.said[0][0] < 1.2
    assert 5.0 <= waiting.now < 5.2


@held
def test_opened_when_released(path: Path, hold: Hold) -> None:
    waiting = Waiting()
    holding = hold(path)
    holding.__enter__()
    waiting.at[0.5] = lambda: holding.__exit__(None, None, None)
    with closing(Journal.open(path, patience=waiting.patience)) as journal:
        assert journal.load().records == ()
    assert 0.5 <= waiting.now < 0.7
    assert waiting.said == []


def test_no_wait(path: Path) -> None:
    waiting = Waiting()
    Journal.open(path, patience=waiting.patience).close()
    assert waiting.now == 0.0


@held
async def test_cancelled_wait_leaves_no_thread(path: Path, hold: Hold) -> None:
    said = threading.Event()
    with hold(path):
        opening = asyncio.create_task(AsyncJournal.open(path, say=lambda _: said.set()))
        assert await asyncio.to_thread(said.wait, 10)
        threads = [thread for thread in threading.enumerate() if thread.name.startswith("journal")]
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        for thread in threads:
            await asyncio.to_thread(thread.join, 10)
            assert not thread.is_alive(), "it would hold up the end of the program"
