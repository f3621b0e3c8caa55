"""An open journal file: its connection, its durable transactions, and whether it is still at its path."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from numdeck.journal.errors import (
    JournalDamaged,
    JournalMoved,
    JournalUnwritable,
    is_busy,
    journal_errors,
    reading_rows,
)
from numdeck.journal.files import FileIdentity, identify, remove_companions
from numdeck.journal.processes import Patience
from numdeck.journal.schema import APPLICATION_ID, migrate, read_header, transaction

_FAULTY_CODES: Final = """
SELECT order_id FROM codes
GROUP BY order_id
HAVING max(ordinal) <> count(*) - 1 OR NOT EXISTS (SELECT 1 FROM orders WHERE id = order_id)
LIMIT 1
"""
"""Finds what `quick_check` does not: an order whose next code could not be written."""

_BUSY_TIMEOUT: Final = 5000
"""How long a write waits for a second numdeck that is writing, in milliseconds."""

_BUSY_TIMEOUT_AFTER_A_FAILURE: Final = 250
"""The same after a write that waited in vain: polls wait for their writes, and must not fall behind."""

T = TypeVar("T")


class Database:
    """One SQLite file of the present schema, or one in memory. Every method may raise JournalError."""

    def __init__(self, connection: sqlite3.Connection, path: Path | str, identity: FileIdentity | None = None) -> None:
        self.connection = connection
        self.path = path
        self._identity = identity
        self._has_failed = False

    @classmethod
    def open(cls, path: Path, patience: Patience) -> Self:
        """Open the file at `path`; see `connect`. Raises JournalMoved if it is replaced meanwhile."""
        with journal_errors(path):
            before = identify(path).database
            connection = connect(str(path), path, patience)
            try:
                identity = identify(path)
                if identity.database != before:
                    raise JournalMoved(path)
            except BaseException:
                connection.close()
                raise
        return cls(connection, path, identity)

    @classmethod
    def in_memory(cls) -> Self:
        """A database that lives as long as its connection."""
        return cls(connect(":memory:", "in memory"), "in memory")

    def close(self) -> None:
        """Close the connection."""
        with journal_errors(self.path):
            self.connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Run a query and return all its rows."""
        with journal_errors(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    def read(self, row_to: Callable[[sqlite3.Row], T], sql: str, parameters: Sequence[Any] = ()) -> list[T]:
        """Run a query and convert all its rows. Raises JournalDamaged for a row that does not hold what was written."""
        rows = self.rows(sql, parameters)
        with reading_rows(self.path):
            return list(map(row_to, rows))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: what was written is durable, in the file at `path`, when the block ends."""
        try:
            with journal_errors(self.path), transaction(self.connection):
                yield self.connection
        except JournalUnwritable:
            self._wait_less(after_failure=True)
            raise
        self._wait_less(after_failure=False)
        self.check_place()  # afterwards: the file may be replaced while it is written

    def _wait_less(self, *, after_failure: bool) -> None:
        if after_failure != self._has_failed:
            self._has_failed = after_failure
            timeout = _BUSY_TIMEOUT_AFTER_A_FAILURE if after_failure else _BUSY_TIMEOUT
            self.connection.execute(f"PRAGMA busy_timeout = {timeout}")

    def check_place(self) -> None:
        """Raise JournalMoved unless the open file is the one at `path`."""
        if self._identity is not None:
            with journal_errors(self.path):
                if identify(Path(self.path)) != self._identity:
                    raise JournalMoved(self.path)

    def is_at(self, path: Path) -> bool:
        """Whether the open database is the one at `path`, whatever became of the files beside it."""
        with journal_errors(path):
            return self._identity is not None and identify(path).database == self._identity.database

    def remove_companions(self) -> None:
        """Remove what this database left beside its path: SQLite would apply it to the file that is there now."""
        if self._identity is not None:
            with journal_errors(self.path):
                remove_companions(Path(self.path), self._identity)

    def checkpoint(self) -> None:
        """Move all that was written into the database file, so that nothing is lost with the log beside it."""
        with journal_errors(self.path):
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def connect(target: str, path: Path | str, patience: Patience | None = None) -> sqlite3.Connection:
    """Open `target`, check that it is an undamaged journal, and bring it to the present schema.

    What is committed is on disk. The connection belongs to the calling thread. Errors name `path`. Waits for another
    process that holds the file, as long as `patience` lasts. Raises JournalDamaged, JournalTooNew or JournalUnwritable.
    """
    patience = patience or Patience()
    with journal_errors(path):
        connection = sqlite3.connect(target, timeout=0, isolation_level=None)
        try:
            for _ in patience.attempts(Path(path)):
                try:
                    _set_up(connection, path)
                    break
                except sqlite3.OperationalError as error:
                    if not is_busy(error):
                        raise
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT}")
        except BaseException:
            connection.close()
            raise
    connection.row_factory = sqlite3.Row
    return connection


def _set_up(connection: sqlite3.Connection, path: Path | str) -> None:
    _examine(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection, path)


def _examine(connection: sqlite3.Connection, path: Path | str) -> None:
    application_id = read_header(connection, "application_id")
    is_empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application_id != APPLICATION_ID and not (application_id == 0 and is_empty):
        raise JournalDamaged(path, "it belongs to another program")
    complaints = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    if complaints != ["ok"]:
        raise JournalDamaged(path, complaints[0])
    if not is_empty and connection.execute(_FAULTY_CODES).fetchone():
        raise JournalDamaged(path, "codes without their order, or with a gap")
