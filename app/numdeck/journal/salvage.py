"""Copying what another journal holds, row by row: damage costs the rows that it hit, and no others."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from numdeck.journal.files import copy_of
from numdeck.journal.rows import (
    attempt_from_row,
    balance_from_row,
    clock_offset_from_row,
    code_from_row,
    order_from_row,
    request_from_json,
)
from numdeck.journal.schema import APPLICATION_ID, migrate, read_header, transaction
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from numdeck.model.text import MAX_SENTENCE, clean, pluralize

_BATCH: Final = 500
_MOST_ROWS: Final = 10_000_000
"""No table has more rows, though a damaged row number may claim so."""

_ROW_ERRORS: Final = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RecursionError,
)
"""What a row that cannot be copied raises. Anything else concerns the target, and stops the work."""

_CHECKS: Final[Mapping[str, Callable[[sqlite3.Row], object]]] = {
    "pins": lambda row: request_from_json(row["request"]),
    "balance": balance_from_row,
    "service_clock": clock_offset_from_row,
}
"""Raise for a damaged row of a small table."""

Merge = Callable[[list[OrderRecord], list[Attempt]], object]


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged file: where it is kept, and how many of its rows could not be read (None: no row could)."""

    kept_at: Path
    lost_rows: int | None

    @property
    def sentence(self) -> str:
        """What happened, for the operator."""
        lost = "but nothing in it could be read" if self.lost_rows is None else self._lost_words(self.lost_rows)
        name = clean(self.kept_at.name, MAX_SENTENCE)
        return f"The journal was damaged: a new one was begun, {lost}. The old file is kept as {name}."

    @staticmethod
    def _lost_words(count: int) -> str:
        return (
            f"without {pluralize(count, 'row')} that could not be read" if count else "with everything that was in it"
        )


class Unsalvageable(Exception):  # noqa: N818 - it names what the file is
    """Nothing of the file can be read."""


@contextmanager
def reading_damaged(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of a damaged journal, migrated to the present schema if possible.

    Raises Unsalvageable, and OSError when there is no room for the copy.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".salvage-") as folder:
        copy = copy_of(path, Path(folder))
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            try:
                is_ours = read_header(connection, "application_id") == APPLICATION_ID
            except sqlite3.DatabaseError as error:
                raise Unsalvageable from error
            if not is_ours:
                raise Unsalvageable
            with suppress(sqlite3.DatabaseError):
                migrate(connection, path)
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield connection


def take_over(source: sqlite3.Connection, target: sqlite3.Connection, merge: Merge) -> int:
    """Copy `source` into `target`, the attempts first; return how many rows could not be copied.

    Orders and attempts that `target` already has are passed to `merge`. Raises sqlite3.Error when the target cannot be
    written.
    """
    return _Copier(source, target, merge).copy()


class _Copier:
    def __init__(self, source: sqlite3.Connection, target: sqlite3.Connection, merge: Merge) -> None:
        self._source = source
        self._target = target
        self._merge = merge
        self._lost = 0

    def copy(self) -> int:
        """Copy all tables; return how many rows were lost."""
        tables = _tables(self._source) & _tables(self._target)
        if "attempts" in tables:
            for rows in self._batches("attempts"):
                self._copy_attempts(rows)
        if {"orders", "codes"} <= tables:
            for rows in self._batches("orders"):
                self._copy_orders(rows)
        for table in sorted(tables - {"attempts", "orders", "codes"}):
            self._copy_table(table)
        return self._lost

    def _copy_attempts(self, rows: Sequence[sqlite3.Row]) -> None:
        known = self._known("attempts", rows)
        with transaction(self._target):
            for row in rows:
                if row["id"] not in known:
                    with self._savepoint():
                        self._insert("attempts", row)
                        attempt_from_row(self._stored("attempts", row["id"]))
        for row in rows:
            if row["id"] in known:
                with self._costs_one_row():
                    self._merge([], [attempt_from_row(row)])

    def _copy_orders(self, rows: Sequence[sqlite3.Row]) -> None:
        codes = self._codes(rows)
        known = self._known("orders", rows)
        with transaction(self._target):
            for row in rows:
                if row["id"] not in known:
                    with self._savepoint():
                        self._insert("orders", row)
                        order_from_row(self._stored("orders", row["id"]), ())
                        self._copy_codes(codes[row["id"]])
        for row in rows:
            if row["id"] in known:
                with self._costs_one_row():
                    self._merge([order_from_row(row, map(code_from_row, codes[row["id"]]))], [])
                    if row["plan"] != "none":
                        self._target.execute("UPDATE orders SET plan = ? WHERE id = ?", [row["plan"], row["id"]])

    def _copy_codes(self, rows: Iterable[sqlite3.Row]) -> None:
        """Write the codes of one order, numbered without a gap."""
        ordinal = 0
        for row in rows:
            with self._savepoint():
                self._insert("codes", row, ordinal=ordinal)
                sql = "SELECT * FROM codes WHERE order_id = ? AND ordinal = ?"
                code_from_row(self._target.execute(sql, [row["order_id"], ordinal]).fetchone())
                ordinal += 1

    def _copy_table(self, table: str) -> None:
        with transaction(self._target):
            for row in self._read(f"SELECT * FROM {table}"):
                with self._savepoint():
                    if table in _CHECKS:
                        _CHECKS[table](row)
                    self._insert(table, row, verb="INSERT OR IGNORE")

    def _insert(self, table: str, row: sqlite3.Row, *, verb: str = "INSERT", **instead: object) -> None:
        """Copy the columns that both tables have; those that an older journal lacks get their defaults."""
        present = {*row.keys()} - ({"number"} if table == "orders" else set())
        names = [name for name in _columns(self._target, table) if name in present]
        sql = f"{verb} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        self._target.execute(sql, [instead.get(name, row[name]) for name in names])

    def _stored(self, table: str, row_id: str) -> sqlite3.Row:
        row: sqlite3.Row = self._target.execute(f"SELECT * FROM {table} WHERE id = ?", [row_id]).fetchone()
        return row

    def _known(self, table: str, rows: Sequence[sqlite3.Row]) -> set[str]:
        sql = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        return {row["id"] for row in self._target.execute(sql, [_ids(rows)])}

    def _batches(self, table: str) -> Iterator[list[sqlite3.Row]]:
        """Read a table in the order in which it was written; row by row where a page is damaged."""
        last = self._read(f"SELECT max(rowid) FROM {table}")
        highest = min(last[0][0] or 0, _MOST_ROWS) if last else 0
        for low in range(0, highest, _BATCH):
            try:
                yield self._rows(f"SELECT * FROM {table} WHERE rowid > ? AND rowid <= ?", low, low + _BATCH)
            except sqlite3.Error:
                numbers = range(low + 1, min(low + _BATCH, highest) + 1)
                one = f"SELECT * FROM {table} WHERE rowid = ?"
                yield [row for number in numbers for row in self._read(one, number)]

    def _codes(self, orders: Sequence[sqlite3.Row]) -> defaultdict[str, list[sqlite3.Row]]:
        found: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
        try:
            sql = "SELECT * FROM codes WHERE order_id IN (SELECT value FROM json_each(?)) ORDER BY order_id, ordinal"
            rows = self._rows(sql, _ids(orders))
        except sqlite3.Error:
            one = "SELECT * FROM codes WHERE order_id = ? ORDER BY ordinal"
            rows = [row for order in orders for row in self._read(one, order["id"])]
        for row in rows:
            found[row["order_id"]].append(row)
        return found

    def _read(self, sql: str, *parameters: str | int) -> list[sqlite3.Row]:
        """Read some rows; if that fails they are lost, and count as one."""
        try:
            return self._rows(sql, *parameters)
        except sqlite3.Error:
            self._lost += 1
            return []

    def _rows(self, sql: str, *parameters: str | int) -> list[sqlite3.Row]:
        return self._source.execute(sql, parameters).fetchall()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """Undo what was done for a row that cannot be copied."""
        with self._costs_one_row():
            self._target.execute("SAVEPOINT one_row")
            try:
                yield
            except BaseException:
                if self._target.in_transaction:  # some errors have rolled back already
                    self._target.execute("ROLLBACK TO one_row")
                    self._target.execute("RELEASE one_row")
                raise
            self._target.execute("RELEASE one_row")

    @contextmanager
    def _costs_one_row(self) -> Iterator[None]:
        try:
            yield
        except _ROW_ERRORS:
            self._lost += 1


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]


def _ids(rows: Iterable[sqlite3.Row]) -> str:
    return json.dumps([str(row["id"]) for row in rows])
