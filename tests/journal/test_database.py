"""A full disk, a kill and a second program: what was acknowledged is there, and what failed left no trace."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from numdeck.journal import database
from numdeck.journal.errors import JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.model.record import OrderRecord
from tests.journal.samples import attempt, record

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
from numdeck.journal.journal import Journal
from tests.journal.samples import record

journal = Journal.open(Path(sys.argv[1]))
for number in range(100_000):
    journal.write([record(number, "12345")])
    print(number, flush=True)
"""


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """As a full disk does, make every write beyond `size` bytes fail; Python ignores the signal that goes with it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk(journal: Journal, path: Path) -> None:
    journal.write([record(1)])
    many = [record(number, "12345") for number in range(2, 200)]
    with no_file_longer_than(path.with_name(path.name + "-wal").stat().st_size + 10_000):
        with pytest.raises(JournalUnwritable) as caught:
            journal.write(many, [attempt()])
        assert str(path) in caught.value.sentence
        assert journal.find([record(1).id]), "it can still be read"
    assert not journal.find([one.id for one in many])
    assert journal.load().attempts == ()
    journal.write(many, [attempt()])
    with closing(Journal.open(path)) as again:
        assert len(again.find([one.id for one in many])) == len(many)


def test_kill(path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(200)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
    with closing(Journal.open(path)) as journal:
        assert journal.damage is None
        found = journal.find([record(number).id for number in acknowledged])
    assert found == {one.id: one for one in (record(number, "12345") for number in acknowledged)}


def test_failed_write_is_rolled_back(journal: Journal) -> None:
    def half() -> Iterator[OrderRecord]:
        yield record(1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        journal.write(half())
    with pytest.raises(UnicodeEncodeError):
        journal.write([record(1), record(2, status_text="\ud800")])
    journal.write([record(3)])
    assert set(journal.find([record(number).id for number in (1, 2, 3)])) == {record(3).id}


def test_two_connections(path: Path) -> None:
    with closing(Journal.open(path)) as one, closing(Journal.open(path)) as other:
        for number in range(0, 20, 2):
            one.write([record(number)])
            other.write([record(number + 1)])
        assert len(one.find([record(number).id for number in range(20)])) == 20


def test_after_a_write_that_waited_in_vain_the_next_waits_less(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_TIMEOUT", 1000)
    with closing(Journal.open(path)) as journal, closing(sqlite3.connect(path, isolation_level=None)) as holder:

        def patience() -> int:
            return int(journal.database.connection.execute("PRAGMA busy_timeout").fetchone()[0])

        assert patience() == 1000
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalUnwritable):
            journal.write([record(1)])
        assert patience() == 250
        holder.execute("ROLLBACK")
        journal.write([record(1)])
        assert patience() == 1000
