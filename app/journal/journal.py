"""The journal: synchronous, used from one thread; every write that returned is on disk."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

from app.journal.errors import JournalTooNew, JournalUnwritable
from app.journal.history import HistoryQuery, marks
from app.journal.rows import (
    ATTEMPT_COLUMNS,
    ORDER_COLUMNS,
    attempt_row,
    order_row,
    read_attempt,
    read_order,
    read_request,
)
from app.journal.schema import VERSION, configure, migrate, version_of
from app.model.record import Attempt, AttemptState, Code, OrderRecord
from app.model.request import OrderRequest

_CHUNK: Final = 500
_POSITION_STEP: Final = 1e-3
_OPEN_STATES: Final = (AttemptState.SENDING.value, AttemptState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What a start needs: orders that live or await the operator, and purchases that are not settled."""

    records: tuple[OrderRecord, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a stretch of time came to: orders bought, USD out less what came back, codes seen."""

    orders: int
    spent: Decimal
    codes: int


def _upsert(table: str, columns: Sequence[str], keep: Collection[str] = ()) -> str:
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id" and name not in keep)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT (id) DO UPDATE SET {updates}"
    )


_WRITE_ORDER: Final = _upsert("orders", ORDER_COLUMNS)
_WRITE_ATTEMPT: Final = _upsert("attempts", ATTEMPT_COLUMNS)


class Journal:
    """One account's memory. Raises JournalError for everything that goes wrong."""

    def __init__(self, connection: sqlite3.Connection, path: Path | str) -> None:
        self._connection = connection
        self._path = path
        self.set_aside: Path | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a journal, or begin one: folder 0700, file 0600.

        A damaged file is kept aside under another name, told by `set_aside`, and a new one begun. Raises
        JournalTooNew for a file of a later schema and JournalUnwritable where it cannot be written.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Created by us first, so that it is never readable by others, not even for a moment.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
            aside = None
            if _is_damaged(path):
                aside = _set_aside(path)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            journal = cls._connect(str(path), path)
        except (OSError, sqlite3.Error) as error:
            raise JournalUnwritable(path, _reason(error)) from error
        journal.set_aside = aside
        return journal

    @classmethod
    def in_memory(cls) -> Self:
        """A journal that lives only as long as the program."""
        return cls._connect(":memory:", "in memory")

    @classmethod
    def _connect(cls, target: str, path: Path | str) -> Self:
        connection = sqlite3.connect(target, isolation_level=None, check_same_thread=False)
        try:
            version = version_of(connection)
            if version > VERSION:
                raise JournalTooNew(path, version, VERSION)
            configure(connection)
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        connection.row_factory = sqlite3.Row
        return cls(connection, path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def write(self, records: Iterable[OrderRecord] = (), attempts: Iterable[Attempt] = ()) -> None:
        """Write orders and attempts, all or nothing, durably.

        Orders whose end nobody saw are placed in the history by when they were first seen, and among one another as
        they come: a listing is newest first.
        """
        with self._transaction() as connection:
            for position, record in enumerate(records):
                place = record.first_seen - position * _POSITION_STEP if record.ended_at is None else record.ended_at
                connection.execute(_WRITE_ORDER, order_row(record, place))
                connection.execute(
                    "DELETE FROM codes WHERE order_id = ? AND ordinal >= ?", (record.id, len(record.codes))
                )
                connection.executemany(
                    "INSERT INTO codes VALUES (?, ?, ?, ?) ON CONFLICT (order_id, ordinal) "
                    "DO UPDATE SET text = excluded.text, seen_at = excluded.seen_at",
                    ((record.id, number, code.text, code.seen_at) for number, code in enumerate(record.codes)),
                )
            connection.executemany(_WRITE_ATTEMPT, map(attempt_row, attempts))

    def load(self) -> JournalContents:
        """Read what a start needs."""
        records = self._orders("WHERE is_ended = 0 OR acknowledged = 0 ORDER BY first_seen, id")
        rows = self._rows(
            f"SELECT * FROM attempts WHERE state IN ({marks(_OPEN_STATES)}) ORDER BY sent_at", _OPEN_STATES
        )
        return JournalContents(tuple(records), tuple(map(read_attempt, rows)))

    def find(self, ids: Collection[str]) -> dict[str, OrderRecord]:
        """Read these orders, as far as they are known."""
        wanted = list(ids)
        found: dict[str, OrderRecord] = {}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            found |= {record.id: record for record in self._orders(f"WHERE id IN ({marks(chunk)})", chunk)}
        return found

    def history_count(self, query: HistoryQuery) -> int:
        """Count the ended orders that a query finds."""
        where, parameters = query.where()
        rows = self._rows(f"SELECT count(*) FROM orders WHERE {where}", parameters)
        return int(rows[0][0])

    def history_page(self, query: HistoryQuery, offset: int, limit: int) -> list[OrderRecord]:
        """Read the ended orders that a query finds, from `offset` on, at most `limit`."""
        where, parameters = query.where()
        # The inner select walks an index only; whole rows are read for one page.
        page = f"SELECT rowid FROM orders WHERE {where} ORDER BY {query.order_by()} LIMIT ? OFFSET ?"
        clause = f"WHERE rowid IN ({page}) ORDER BY {query.order_by()}"
        return self._orders(clause, [*parameters, limit, offset])

    def totals_since(self, instant: float) -> Totals:
        """Count what came of everything since `instant`, epoch seconds."""
        rows = self._rows("SELECT price, expenses, status FROM orders WHERE bought_latest >= ?", [instant])
        spent = sum((_cost(row) for row in rows), Decimal(0))
        codes = self._rows("SELECT count(*) FROM codes WHERE seen_at >= ?", [instant])[0][0]
        return Totals(len(rows), spent, int(codes))

    def last_request(self) -> OrderRequest | None:
        """The request of the newest purchase that was placed, else of the newest attempt."""
        rows = self._rows("SELECT request FROM attempts ORDER BY state = ? DESC, sent_at DESC LIMIT 1", ["placed"])
        return read_request(rows[0]["request"]) if rows else None

    def _orders(self, clause: str, parameters: Sequence[Any] = ()) -> list[OrderRecord]:
        rows = self._rows(f"SELECT * FROM orders {clause}", parameters)
        codes: defaultdict[str, list[Code]] = defaultdict(list)
        ids = [row["id"] for row in rows]
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            found = self._rows(
                f"SELECT * FROM codes WHERE order_id IN ({marks(chunk)}) ORDER BY order_id, ordinal",
                chunk,
            )
            for row in found:
                codes[row["order_id"]].append(Code(row["text"], row["seen_at"]))
        return [read_order(row, codes[row["id"]]) for row in rows]

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise JournalUnwritable(self._path, _reason(error)) from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
            raise JournalUnwritable(self._path, _reason(error)) from error


def _cost(row: sqlite3.Row) -> Decimal:
    if row["status"] in {"canceled", "refund"}:
        return Decimal(row["expenses"] or 0)
    return Decimal(row["price"] or 0)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _is_damaged(path: Path) -> bool:
    """Whether a file is there that SQLite cannot make sense of."""
    if not path.stat().st_size:
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return True


def _set_aside(path: Path) -> Path:
    """Keep a damaged file, with what SQLite laid beside it, under another name."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    return aside
