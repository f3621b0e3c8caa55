"""The journal: synchronous, used from one thread; every write that returned is on disk."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from numdeck.clock import Clock, SystemClock
from numdeck.journal.errors import JournalDamaged, JournalMoved, journal_errors, reading_rows
from numdeck.journal.files import FileIdentity, identify, make_private, opening, put_back, remove_companions, set_aside
from numdeck.journal.history import HistoryQuery
from numdeck.journal.merge import merge_record
from numdeck.journal.processes import Patience
from numdeck.journal.rows import (
    ATTEMPT_COLUMNS,
    ORDER_COLUMNS,
    attempt_row,
    if_finite,
    order_row,
    read_attempt,
    read_balance,
    read_code,
    read_order,
    read_request,
    read_seconds,
    write_request,
)
from numdeck.journal.salvage import Unreadable, reading_damaged, take_over
from numdeck.journal.schema import connect, transaction
from numdeck.model.balance import Balance
from numdeck.model.cancellation import CancelIntent
from numdeck.model.clock import ClockOffset
from numdeck.model.order import Status
from numdeck.model.record import Attempt, AttemptState, OrderRecord, Origin
from numdeck.model.request import OrderRequest
from numdeck.model.text import MAX_SENTENCE, clean
from numdeck.model.words import pluralize

_RECENT_ORDERS: Final = 500
"""How many of the newest orders are looked through for what is ordered often."""

_READ_AT_ONCE: Final = 500
"""Rows."""

_POSITION_STEP: Final = 1e-6
"""Seconds between the places of two orders that were first seen in one listing: four times what a float resolves."""

NO_INTENTS: Final[Mapping[str, CancelIntent]] = MappingProxyType({})
"""Nothing was decided."""

_SYSTEM_CLOCK: Final = SystemClock()


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What a start needs: orders that live or await the operator, and purchases that are not settled.

    `intents` has the orders for which something was decided, `balance` is what the service told last. `clock_offset` is
    what the last run went by: all instants are in the service's time as it was estimated then.
    """

    records: tuple[OrderRecord, ...]
    attempts: tuple[Attempt, ...]
    intents: Mapping[str, CancelIntent] = field(default_factory=dict)
    balance: Balance | None = None
    clock_offset: ClockOffset | None = None


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


@dataclass(frozen=True, slots=True)
class Totals:
    """What a stretch of time came to: orders bought, USD out less what came back, codes seen.

    `last_price` is what the newest order bought here cost, whenever that was; None when nobody knows.
    """

    orders: int
    spent: Decimal
    codes: int
    last_price: Decimal | None = None


def _upsert(table: str, columns: Sequence[str], conflict: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) {conflict}"


def _overwrite(columns: Sequence[str]) -> str:
    return "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in columns)


_WRITE_ORDER: Final = _upsert(
    "orders",
    ORDER_COLUMNS,
    _overwrite([name for name in ORDER_COLUMNS if name not in {"id", "sort_at"}])
    # An order keeps its place in the history, unless its end is seen.
    + ", sort_at = CASE WHEN excluded.ended_at IS NULL THEN sort_at ELSE excluded.sort_at END",
)
_WRITE_ATTEMPT: Final = _upsert(
    "attempts",
    ATTEMPT_COLUMNS,
    # What one numdeck has settled is settled for all: a closed attempt is never written again. Nor is an answer that
    # was lost on its way again.
    _overwrite(ATTEMPT_COLUMNS[1:]) + " WHERE state = 'sending' OR (state = 'unknown' AND excluded.state <> 'sending')",
)


class Journal:
    """One account's memory.

    Every method may raise JournalError: JournalUnwritable, JournalDamaged for a file that was damaged while in use, and
    JournalMoved when what was written is in a file that is no longer at its path.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | str) -> None:
        self._connection = connection
        self._path = path
        self._identity: FileIdentity | None = None
        self.damage: Damage | None = None
        """What was wrong with the file when this journal was opened."""

    @classmethod
    def open(
        cls,
        path: Path,
        clock: Clock = _SYSTEM_CLOCK,
        *,
        patience: Patience | None = None,
        reads_all: bool = False,
    ) -> Self:
        """Open the journal at `path`, or begin one that only its owner may read.

        A damaged file is kept aside under another name, and a new one begun with every row of it that can be read; see
        `damage`. `reads_all` looks for damage in every row, which takes seconds for a long history. Raises
        JournalTooNew for a file of a later schema and JournalUnwritable where it cannot be written, or where another
        process holds it for longer than `patience`.
        """
        patience = patience or Patience()
        with journal_errors(path), opening(path, patience):
            make_private(path)
            try:
                return cls._begin(path, patience, reads_all=reads_all)
            except JournalDamaged:
                aside = set_aside(path, clock.now())
            try:
                make_private(path)
                journal = cls._begin(path, patience)
                try:
                    journal.salvage(aside)
                except BaseException:
                    journal.close()
                    raise
            except BaseException:
                put_back(aside, path)  # tried again when there is room
                raise
            return journal

    @classmethod
    def in_memory(cls) -> Self:
        """A journal that lives only as long as the program."""
        return cls(connect(":memory:", "in memory"), "in memory")

    @classmethod
    def _begin(cls, path: Path, patience: Patience, *, reads_all: bool = False) -> Self:
        before = identify(path).database
        journal = cls(connect(str(path), path, patience), path)
        try:
            journal.load()  # a file that SQLite thinks whole may still hold what nobody wrote
            if reads_all:
                journal.read_all()
            journal._identity = identify(path)
            if journal._identity.database != before:
                raise JournalMoved(path)
        except BaseException:
            journal.close()
            raise
        return journal

    def close(self) -> None:
        """Close the file."""
        with journal_errors(self._path):
            self._connection.close()

    def check_place(self) -> None:
        """Raise JournalMoved unless the file that is open is the one at its path."""
        if self._identity is not None:
            with journal_errors(self._path):
                if identify(Path(self._path)) != self._identity:
                    raise JournalMoved(self._path)

    def is_same_file(self, path: Path) -> bool:
        """Whether the open database is the one at `path`, whatever became of the files beside it."""
        with journal_errors(path):
            return self._identity is not None and identify(path).database == self._identity.database

    def take_companions_away(self) -> None:
        """Remove what this journal left beside its path: SQLite would apply it to the file that is there now."""
        if self._identity is not None:
            with journal_errors(self._path):
                remove_companions(Path(self._path), self._identity)

    def checkpoint(self) -> None:
        """Move all that was written into the database file itself, so that nothing is lost with the log beside it."""
        with journal_errors(self._path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def take_over(self, other: Journal) -> int:
        """Write what another journal holds, joined with what is here; the result is how many rows were not readable."""
        with journal_errors(self._path):
            return take_over(other._connection, self._connection, self.write)

    def salvage(self, damaged: Path) -> None:
        """Take over what can be read of a damaged file, and keep what was lost as `damage`.

        Raises JournalUnwritable when there is no room for it.
        """
        lost = None
        with journal_errors(damaged), suppress(Unreadable), reading_damaged(damaged) as source:
            lost = take_over(source, self._connection, self.write)
        self.damage = Damage(damaged, lost)

    def read_all(self) -> None:
        """Raise JournalDamaged if there is a row that cannot be read."""
        last = self._rows("SELECT max(number) FROM orders")[0][0] or 0
        for low in range(0, last, _READ_AT_ONCE):
            self._orders("WHERE number > ? AND number <= ?", [low, low + _READ_AT_ONCE])
        with reading_rows(self._path):
            for attempt in self._rows("SELECT * FROM attempts"):
                read_attempt(attempt)
        self.pinned_requests()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All or nothing: when it ends, what was written is durable in the file at the journal's path."""
        with journal_errors(self._path), transaction(self._connection):
            yield
        self.check_place()  # afterwards: before, it would say nothing of the file that was written

    def write(
        self,
        records: Iterable[OrderRecord] = (),
        attempts: Iterable[Attempt] = (),
        intents: Mapping[str, CancelIntent] = NO_INTENTS,
    ) -> None:
        """Write orders, attempts, and what was decided for orders (by id): all or nothing, durably.

        An order's codes are those of its record, of which `order.codes` are the texts. What the file knows for certain
        stays (`merge_record`). Orders whose end nobody saw are placed in the history by when they were first seen,
        and among one another as they come: a listing is newest first.
        """
        records = tuple(records)
        with self._writing():
            known = self.find({record.id for record in records})
            merged = dict(known)
            for record in records:
                merged[record.id] = merge_record(merged[record.id], record) if record.id in merged else record
            self._connection.executemany(
                _WRITE_ORDER,
                (order_row(record, _place(record, position)) for position, record in enumerate(merged.values())),
            )
            # All codes of an order anew: rows that nobody can read must not stand in the way of those that came since.
            changed = [one for one in merged.values() if one.id not in known or one.codes != known[one.id].codes]
            self._connection.executemany("DELETE FROM codes WHERE order_id = ?", [[record.id] for record in changed])
            self._connection.executemany(
                "INSERT INTO codes (order_id, ordinal, text, seen_at, sight, absent_at) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (record.id, ordinal, code.text, code.seen_at, code.sight, if_finite(code.absent_at))
                    for record in changed
                    for ordinal, code in enumerate(record.codes)
                ),
            )
            self._connection.executemany(_WRITE_ATTEMPT, map(attempt_row, attempts))
            # Beside the record, as a second numdeck that writes it again has decided nothing.
            self._connection.executemany(
                "UPDATE orders SET plan = ? WHERE id = ?",
                [(intent.value, order_id) for order_id, intent in intents.items()],
            )

    def load(self, ended_since: float = -math.inf) -> JournalContents:
        """Read what a start needs.

        Of the orders that were bought elsewhere and have ended only those belong on the desk that ended since
        `ended_since`, epoch seconds.
        """
        records = self._orders(
            "WHERE (is_ended = 0 OR acknowledged = 0) AND (is_ended = 0 OR origin = ? OR ended_at >= ?) "
            "ORDER BY first_seen, number",
            [Origin.HERE.value, ended_since],
        )
        intents = self.intents([record.id for record in records])
        decided = {order_id: intent for order_id, intent in intents.items() if intent is not CancelIntent.NONE}
        return JournalContents(
            tuple(records),
            tuple(self.attempts()),
            decided,
            balance=self._balance(),
            clock_offset=self.clock_offset(),
        )

    def find(self, ids: Collection[str]) -> dict[str, OrderRecord]:
        """Read these orders, as far as they are known; there may be thousands of them."""
        found = self._orders("WHERE id IN (SELECT value FROM json_each(?))", [_listed(ids)])
        return {record.id: record for record in found}

    def intents(self, ids: Collection[str]) -> dict[str, CancelIntent]:
        """Read what was decided for these orders, as far as they are known."""
        rows = self._rows("SELECT id, plan FROM orders WHERE id IN (SELECT value FROM json_each(?))", [_listed(ids)])
        with reading_rows(self._path):
            return {row["id"]: CancelIntent(row["plan"]) for row in rows}

    def attempts(self, ids: Collection[str] = ()) -> list[Attempt]:
        """Read the attempts that are open, and these, settled or not; the earliest first."""
        rows = self._rows(
            "SELECT * FROM attempts WHERE state IN ('sending', 'unknown') "
            "UNION SELECT * FROM attempts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY sent_at, id",
            [_listed(ids)],
        )
        with reading_rows(self._path):
            return list(map(read_attempt, rows))

    def seen_since(self, instant: float) -> list[OrderRecord]:
        """Read the orders, bought elsewhere for all we know, that were first seen since `instant`, epoch seconds."""
        return self._orders("WHERE origin = ? AND first_seen >= ? ORDER BY number", [Origin.ELSEWHERE.value, instant])

    def news_since(self, instant: float) -> list[OrderRecord]:
        """Read the orders of which something was first seen since `instant`, epoch seconds: they, a code, the end."""
        clause = (
            "WHERE first_seen >= ? OR ended_at >= ? OR id IN (SELECT order_id FROM codes WHERE seen_at >= ?) "
            "ORDER BY number"
        )
        return self._orders(clause, [instant] * 3)

    def history_count(self, query: HistoryQuery) -> int:
        """Count the ended orders that a query finds."""
        where, parameters = query.where()
        # Left to itself, SQLite counts by the smallest index, and fetches every row for the words.
        index = "INDEXED BY history_by_when" if query.words else ""
        rows = self._rows(f"SELECT count(*) FROM orders {index} WHERE {where}", parameters)
        return int(rows[0][0])

    def history_page(self, query: HistoryQuery, offset: int, limit: int) -> list[OrderRecord]:
        """Read the ended orders that a query finds, from `offset` on, at most `limit`."""
        where, parameters = query.where()
        # The inner select walks an index only; whole rows are read for one page.
        page = f"SELECT number FROM orders WHERE {where} ORDER BY {query.order_by()} LIMIT ? OFFSET ?"
        clause = f"WHERE number IN ({page}) ORDER BY {query.order_by()}"
        return self._orders(clause, [*parameters, limit, offset])

    def unseen_count(self) -> int:
        """Count the ended orders with codes that the operator has not seen."""
        return int(self._rows("SELECT count(*) FROM orders WHERE is_ended = 1 AND acknowledged = 0")[0][0])

    def unseen_places(self, query: HistoryQuery) -> list[tuple[int, str]]:
        """Find, among the ended orders of a query, those with unseen codes: their places from 0 on, and their ids."""
        if not self.unseen_count():
            return []  # at once, however long the history is
        where, parameters = query.where()
        place = f"row_number() OVER (ORDER BY {query.order_by()}) - 1 AS place"
        rows = self._rows(
            f"SELECT place, id FROM (SELECT id, acknowledged, {place} FROM orders WHERE {where}) "
            "WHERE acknowledged = 0 ORDER BY place",
            parameters,
        )
        return [(row["place"], row["id"]) for row in rows]

    def newest_news(self) -> list[OrderRecord]:
        """Read the orders with the newest codes that were news: more than one if their codes came together."""
        newest = "SELECT max(seen_at) FROM codes WHERE sight > 0"
        return self._orders(f"WHERE id IN (SELECT order_id FROM codes WHERE sight > 0 AND seen_at = ({newest}))")

    def totals_since(self, instant: float) -> Totals:
        """Count what was bought and received since `instant`, epoch seconds.

        Of what was there before anybody here looked, nobody knows when it was bought and its codes came: orders that
        had ended, rentals, and the codes that they had by then, are not counted. An unknown price counts as nothing.
        """
        rows = self._rows("SELECT price, expenses, status FROM orders WHERE counted_at >= ?", [instant])
        codes = self._rows(
            "SELECT count(*) FROM codes JOIN orders ON orders.id = order_id "
            "WHERE seen_at >= ? AND (seen_at > first_seen OR counted_at IS NOT NULL)",
            [instant],
        )
        last = self._rows("SELECT price FROM orders WHERE request IS NOT NULL ORDER BY first_seen DESC LIMIT 1")
        with reading_rows(self._path):
            last_price = Decimal(last[0]["price"]) if last and last[0]["price"] is not None else None
            return Totals(len(rows), sum(map(_cost, rows), Decimal(0)), int(codes[0][0]), last_price)

    def last_request(self) -> OrderRequest | None:
        """The request of the newest purchase that was placed, else of the newest attempt."""
        newest = "SELECT request FROM attempts ORDER BY state = ? DESC, sent_at DESC LIMIT 1"
        requests = self._requests(newest, [AttemptState.PLACED.value])
        return requests[0] if requests else None

    def recent_requests(self, limit: int) -> list[OrderRequest]:
        """Read what was ordered here, each request once, the newest first."""
        newest = (
            "SELECT number, request, first_seen FROM orders WHERE request IS NOT NULL ORDER BY first_seen DESC LIMIT ?"
        )
        return self._requests(
            f"SELECT request FROM ({newest}) GROUP BY request ORDER BY max(first_seen) DESC, max(number) DESC LIMIT ?",
            [_RECENT_ORDERS, limit],
        )

    def pinned_requests(self) -> list[OrderRequest]:
        """Read the requests that are pinned, in the order in which they were."""
        return self._requests("SELECT request FROM pins ORDER BY pinned_at, request")

    def pin(self, request: OrderRequest, pinned_at: float | None) -> None:
        """Pin a request at an instant (epoch seconds), or, with None, let it go."""
        with self._writing():
            if pinned_at is None:
                self._connection.execute("DELETE FROM pins WHERE request = ?", [write_request(request)])
            else:
                self._connection.execute(
                    "INSERT INTO pins VALUES (?, ?) ON CONFLICT DO NOTHING", [write_request(request), pinned_at]
                )

    def set_timestamp(self, name: str, at: float) -> None:
        """Remember an instant, epoch seconds."""
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", [name, at])

    def timestamp(self, name: str) -> float | None:
        """The instant that was remembered under a name; None if none was."""
        rows = self._rows("SELECT at FROM marks WHERE name = ?", [name])
        return rows[0]["at"] if rows else None

    def write_balance(self, balance: Balance) -> None:
        """Remember the balance, in place of the one before."""
        with self._writing():
            self._connection.execute(
                "INSERT OR REPLACE INTO balance VALUES (1, ?, ?)", [str(balance.amount), balance.told_at]
            )

    def _balance(self) -> Balance | None:
        rows = self._rows("SELECT amount, told_at FROM balance")
        return read_balance(rows[0]) if rows else None

    def keep_clock_offset(self, offset: ClockOffset, doubted_ids: Collection[str] = (), doubt: float = 0.0) -> None:
        """Keep the offset between the service's clock and this machine's, by which this run notes instants.

        Both bounds of the purchase instants of `doubted_ids` move apart by `doubt` seconds each: `write` only ever
        tightens them.
        """
        with self._writing():
            self._connection.execute(
                "INSERT OR REPLACE INTO service_clock VALUES (1, ?, ?)", [offset.ahead, offset.uncertainty]
            )
            self._connection.execute(
                "UPDATE orders SET bought_earliest = bought_earliest - ?, bought_latest = bought_latest + ? "
                "WHERE id IN (SELECT value FROM json_each(?))",
                [doubt, doubt, _listed(doubted_ids)],
            )

    def clock_offset(self) -> ClockOffset | None:
        """Read the offset that the last run went by; None if none was kept."""
        rows = self._rows("SELECT ahead, uncertainty FROM service_clock")
        with reading_rows(self._path):
            return ClockOffset(read_seconds(rows[0]["ahead"]), read_seconds(rows[0]["uncertainty"])) if rows else None

    def _requests(self, sql: str, parameters: Sequence[Any] = ()) -> list[OrderRequest]:
        rows = self._rows(sql, parameters)
        with reading_rows(self._path):
            return [read_request(row["request"]) for row in rows]

    def _orders(self, clause: str, parameters: Sequence[Any] = ()) -> list[OrderRecord]:
        rows = self._rows(f"SELECT * FROM orders {clause}", parameters)
        code_rows: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in self._rows(
            "SELECT * FROM codes WHERE order_id IN (SELECT value FROM json_each(?)) ORDER BY order_id, ordinal",
            [_listed(row["id"] for row in rows)],
        ):
            code_rows[row["order_id"]].append(row)
        with reading_rows(self._path):
            return [read_order(row, map(read_code, code_rows[row["id"]])) for row in rows]

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with journal_errors(self._path):
            return self._connection.execute(sql, parameters).fetchall()


def _listed(ids: Iterable[str]) -> str:
    """Any number of ids as one parameter, for `json_each`."""
    return json.dumps(list(ids))


def _place(record: OrderRecord, position: int) -> float:
    return record.first_seen - position * _POSITION_STEP if record.ended_at is None else record.ended_at


def _cost(row: sqlite3.Row) -> Decimal:
    came_back = Status(row["status"]).is_refunded
    return Decimal((row["expenses"] if came_back else row["price"]) or 0)
