"""A full disk, a kill and a second program: what was acknowledged is there, and what failed left no trace."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from numdeck.journal import database
from numdeck.journal.errors import JournalUnwritable, journal_errors
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


def test_a_full_disk_fails_one_write_and_harms_nothing(journal: Journal, path: Path) -> None:
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


def test_what_was_acknowledged_before_a_kill_is_there_after_it(path: Path) -> None:
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


def test_an_error_in_the_middle_undoes_the_whole_write(journal: Journal) -> None:
    def half() -> Iterator[OrderRecord]:
        yield record(1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        journal.write(half())
    with pytest.raises(UnicodeEncodeError):
        journal.write([record(1), record(2, status_text="\ud800")])
    journal.write([record(3)])
    assert set(journal.find([record(number).id for number in (1, 2, 3)])) == {record(3).id}


def test_two_may_write_in_turn_and_see_each_others_writes(path: Path) -> None:
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


def _full(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "full.sqlite3")) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE a (x)")
        connection.execute("INSERT INTO a VALUES (zeroblob(100000))")


def _busy(folder: Path) -> None:
    path = folder / "busy.sqlite3"
    with closing(sqlite3.connect(path)) as holder, closing(sqlite3.connect(path, timeout=0)) as connection:
        holder.execute("BEGIN EXCLUSIVE")
        connection.execute("BEGIN IMMEDIATE")


def _read_only(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "ro.sqlite3")) as connection:
        connection.execute("PRAGMA query_only = 1")
        connection.execute("CREATE TABLE a (x)")


def _no_folder(folder: Path) -> None:
    sqlite3.connect(folder / "missing" / "x.sqlite3")


def _no_space(folder: Path) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("trouble", "remedy"),
    [
        (_full, "free some space"),
        (_no_space, "free some space"),
        (_busy, "another program holds it"),
        (_read_only, "writable for you"),
        (_no_folder, "writable for you"),
    ],
)
def test_every_trouble_has_its_remedy(tmp_path: Path, trouble: Callable[[Path], None], remedy: str) -> None:
    with (
        pytest.raises(JournalUnwritable, match=f"The journal cannot be used .*{remedy}.* Its file is here"),
        journal_errors("here"),
    ):
        trouble(tmp_path)


def test_our_own_mistakes_are_not_told_as_the_disks(journal: Journal) -> None:
    journal.close()
    with pytest.raises(sqlite3.ProgrammingError):
        journal.load()
