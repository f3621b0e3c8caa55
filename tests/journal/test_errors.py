"""Each trouble with the journal names the file and the remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from numdeck.journal.errors import JournalUnwritable, journal_errors
from numdeck.journal.journal import Journal


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
def test_remedies(tmp_path: Path, trouble: Callable[[Path], None], remedy: str) -> None:
    with (
        pytest.raises(JournalUnwritable, match=f"The journal cannot be used .*{remedy}.* Its file is here"),
        journal_errors("here"),
    ):
        trouble(tmp_path)


def test_programming_errors_pass(journal: Journal) -> None:
    journal.close()
    with pytest.raises(sqlite3.ProgrammingError):
        journal.load()
