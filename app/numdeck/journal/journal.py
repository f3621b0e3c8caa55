"""The journal: synchronous, for one thread; a write that has returned is on disk."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from numdeck.clock import Clock, SystemClock
from numdeck.journal.database import Database
from numdeck.journal.errors import JournalDamaged, journal_errors, reading_rows
from numdeck.journal.files import make_private, opening, put_back, set_aside
from numdeck.journal.history import count_statement, page_clause, unseen_statement
from numdeck.journal.processes import Patience
from numdeck.journal.rows import (
    WRITE_ATTEMPT,
    WRITE_CODE,
    WRITE_ORDER,
    attempt_from_row,
    attempt_row,
    balance_from_row,
    clock_offset_from_row,
    code_from_row,
    code_rows,
    order_from_row,
    order_row,
    request_from_json,
    request_to_json,
)
from numdeck.journal.salvage import Damage, Unsalvageable, reading_damaged, take_over
from numdeck.model.cancellation import CancelIntent
from numdeck.model.clock import ClockOffset
from numdeck.model.history_query import HistoryQuery
from numdeck.model.merging import merge_record
from numdeck.model.money import Balance
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest

_RECENT_ORDERS: Final = 500
"""How many of the newest orders are searched for recent requests."""

_READ_AT_ONCE: Final = 500
"""Rows."""

NO_INTENTS: Final[Mapping[str, CancelIntent]] = MappingProxyType({})
"""No decisions."""

_SYSTEM_CLOCK: Final = SystemClock()


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What a start needs: orders that are active or have unseen codes, and open purchase attempts.

    `intents` has the orders for which something was decided, `balance` is the last known one. `clock_offset` is the
    offset of the last run: all instants are in the service's time as estimated then.
    """

    records: tuple[OrderRecord, ...]
    attempts: tuple[Attempt, ...]
    intents: Mapping[str, CancelIntent] = field(default_factory=dict)
    balance: Balance | None = None
    clock_offset: ClockOffset | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of some time: orders bought, USD charged less refunds, codes received.

    `last_price` is the price of the newest order bought here, whenever that was; None when it is unknown.
    """

    orders: int
    spent: Decimal
    codes: int
    last_price: Decimal | None = None


class Journal:
    """One account's orders, codes and purchase attempts.

    Every method may raise JournalUnwritable, JournalDamaged for a file that was damaged while in use, and JournalMoved
    when the file that was written is no longer at its path.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.damage: Damage | None = None
        """What was wrong with the file when it was opened; None if nothing was."""

    @classmethod
    def open(
        cls, path: Path, clock: Clock = _SYSTEM_CLOCK, *, patience: Patience | None = None, reads_all: bool = False
    ) -> Self:
        """Open the journal at `path`, or create one that only its owner may read.

        A damaged file is renamed, and a new one created with every row of it that can be read; see `damage`.
        `reads_all` checks every row for damage, which takes seconds for a long history. Raises JournalTooNew for a file
        of a later schema, and JournalUnwritable when the file cannot be written, or when another process holds it for
        longer than `patience`.
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
                put_back(aside, path)  # to be tried again when there is room
                raise
            return journal

    @classmethod
    def in_memory(cls) -> Self:
        """Return a journal that lasts as long as the program."""
        return cls(Database.in_memory())

    @classmethod
    def _begin(cls, path: Path, patience: Patience, *, reads_all: bool = False) -> Self:
        journal = cls(Database.open(path, patience))
        try:
            journal.load()  # rows may be damaged in a file that SQLite finds in order
            if reads_all:
                journal.read_all()
            journal.check_place()
        except BaseException:
            journal.close()
            raise
        return journal

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def check_place(self) -> None:
        """Raise JournalMoved unless the open file is the one at its path."""
        self.database.check_place()

    def take_over(self, other: Journal) -> int:
        """Merge another journal into this one; return how many of its rows could not be read."""
        with journal_errors(self.database.path):
            return take_over(other.database.connection, self.database.connection, self.write)

    def salvage(self, damaged: Path) -> None:
        """Copy what can be read of a damaged file, and set `damage`.

        Raises JournalUnwritable when there is no room for it.
        """
        lost = None
        with journal_errors(damaged), suppress(Unsalvageable), reading_damaged(damaged) as source:
            lost = take_over(source, self.database.connection, self.write)
        self.damage = Damage(damaged, lost)

    def read_all(self) -> None:
        """Raise JournalDamaged if a row cannot be read."""
        last = self.database.rows("SELECT max(number) FROM orders")[0][0] or 0
        for low in range(0, last, _READ_AT_ONCE):
            self._orders("WHERE number > ? AND number <= ?", [low, low + _READ_AT_ONCE])
        self.database.read(attempt_from_row, "SELECT * FROM attempts")
        self.pinned_requests()

    def write(
        self,
        records: Iterable[OrderRecord] = (),
        attempts: Iterable[Attempt] = (),
        intents: Mapping[str, CancelIntent] = NO_INTENTS,
    ) -> None:
        """Write orders, attempts, and intents by order id, in one durable transaction.

        An order's codes are those of its record, of which `order.codes` are the texts. Each record is merged with the
        stored one (`merge_record`). The history sorts orders whose end was not seen by when they were first seen, and
        those of one call as they come: a listing has the newest first.
        """
        records = tuple(records)
        with self.database.writing() as connection:
            known = self.find({record.id for record in records})
            merged = dict(known)
            for record in records:
                merged[record.id] = merge_record(merged[record.id], record) if record.id in merged else record
            rows = (order_row(record, position) for position, record in enumerate(merged.values()))
            connection.executemany(WRITE_ORDER, rows)
            # All codes of an order are written again, so that an unreadable row does not block later ones.
            changed = [one for one in merged.values() if one.id not in known or one.codes != known[one.id].codes]
            connection.executemany("DELETE FROM codes WHERE order_id = ?", [[record.id] for record in changed])
            connection.executemany(WRITE_CODE, (row for record in changed for row in code_rows(record)))
            connection.executemany(WRITE_ATTEMPT, map(attempt_row, attempts))
            # Apart from the record: another numdeck that writes the record has decided nothing.
            connection.executemany(
                "UPDATE orders SET plan = ? WHERE id = ?",
                [(intent.value, order_id) for order_id, intent in intents.items()],
            )

    def load(self, ended_since: float = -math.inf) -> JournalContents:
        """Read what a start needs.

        Orders that were bought elsewhere and have ended are left out if they ended before `ended_since`, epoch seconds.
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
        """Read the known ones of these orders, which may be thousands."""
        found = self._orders("WHERE id IN (SELECT value FROM json_each(?))", [_listed(ids)])
        return {record.id: record for record in found}

    def intents(self, ids: Collection[str]) -> dict[str, CancelIntent]:
        """Read what was decided for the known ones of these orders."""
        sql = "SELECT id, plan FROM orders WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self.database.read(lambda row: (row["id"], CancelIntent(row["plan"])), sql, [_listed(ids)]))

    def attempts(self, ids: Collection[str] = ()) -> list[Attempt]:
        """Read the open attempts, and those with these ids whether open or not; the earliest first."""
        return self.database.read(
            attempt_from_row,
            "SELECT * FROM attempts WHERE state IN ('sending', 'unknown') "
            "UNION SELECT * FROM attempts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY sent_at, id",
            [_listed(ids)],
        )

    def seen_since(self, instant: float) -> list[OrderRecord]:
        """Read the orders not known to be bought here that were first seen since `instant`, epoch seconds."""
        return self._orders("WHERE origin = ? AND first_seen >= ? ORDER BY number", [Origin.ELSEWHERE.value, instant])

    def news_since(self, instant: float) -> list[OrderRecord]:
        """Read the orders that were first seen, got a code or ended since `instant`, epoch seconds."""
        clause = (
            "WHERE first_seen >= ? OR ended_at >= ? OR id IN (SELECT order_id FROM codes WHERE seen_at >= ?) "
            "ORDER BY number"
        )
        return self._orders(clause, [instant] * 3)

    def history_count(self, query: HistoryQuery) -> int:
        """Count the ended orders that a query finds."""
        return int(self.database.rows(*count_statement(query))[0][0])

    def history_page(self, query: HistoryQuery, offset: int, limit: int) -> list[OrderRecord]:
        """Read the ended orders that a query finds, from `offset` on, at most `limit`."""
        return self._orders(*page_clause(query, offset, limit))

    def unseen_count(self) -> int:
        """Count the ended orders with codes that the operator has not seen."""
        return int(self.database.rows("SELECT count(*) FROM orders WHERE is_ended = 1 AND acknowledged = 0")[0][0])

    def unseen_places(self, query: HistoryQuery) -> list[tuple[int, str]]:
        """Find the ended orders of a query with unseen codes: their places in it, from 0 on, and their ids."""
        if not self.unseen_count():
            return []  # at once, however long the history is
        return [(row["place"], row["id"]) for row in self.database.rows(*unseen_statement(query))]

    def newest_news(self) -> list[OrderRecord]:
        """Read the orders with the newest codes that were news: more than one if their codes came together."""
        newest = "SELECT max(seen_at) FROM codes WHERE sight > 0"
        return self._orders(f"WHERE id IN (SELECT order_id FROM codes WHERE sight > 0 AND seen_at = ({newest}))")

    def totals_since(self, instant: float) -> Totals:
        """Count what was bought and received since `instant`, epoch seconds.

        Ended orders and rentals that existed when they were first seen may be old: they are not counted, nor are the
        codes that they had by then. An unknown price counts as zero.
        """
        rows = self.database.rows("SELECT price, expenses, status FROM orders WHERE counted_at >= ?", [instant])
        codes = self.database.rows(
            "SELECT count(*) FROM codes JOIN orders ON orders.id = order_id "
            "WHERE seen_at >= ? AND (seen_at > first_seen OR counted_at IS NOT NULL)",
            [instant],
        )
        last = self.database.rows("SELECT price FROM orders WHERE request IS NOT NULL ORDER BY first_seen DESC LIMIT 1")
        with reading_rows(self.database.path):
            last_price = Decimal(last[0]["price"]) if last and last[0]["price"] is not None else None
            return Totals(len(rows), sum(map(_cost, rows), Decimal(0)), int(codes[0][0]), last_price)

    def last_request(self) -> OrderRequest | None:
        """Return the request of the newest placed purchase, else of the newest attempt."""
        newest = "SELECT request FROM attempts ORDER BY state = ? DESC, sent_at DESC LIMIT 1"
        requests = self._requests(newest, [AttemptState.PLACED.value])
        return requests[0] if requests else None

    def recent_requests(self, limit: int) -> list[OrderRequest]:
        """Read the requests of orders bought here, each once, the newest first."""
        newest = (
            "SELECT number, request, first_seen FROM orders WHERE request IS NOT NULL ORDER BY first_seen DESC LIMIT ?"
        )
        return self._requests(
            f"SELECT request FROM ({newest}) GROUP BY request ORDER BY max(first_seen) DESC, max(number) DESC LIMIT ?",
            [_RECENT_ORDERS, limit],
        )

    def pinned_requests(self) -> list[OrderRequest]:
        """Read the pinned requests, in the order in which they were pinned."""
        return self._requests("SELECT request FROM pins ORDER BY pinned_at, request")

    def pin(self, request: OrderRequest, pinned_at: float | None) -> None:
        """Pin a request at an instant, epoch seconds; None unpins it."""
        with self.database.writing() as connection:
            if pinned_at is None:
                connection.execute("DELETE FROM pins WHERE request = ?", [request_to_json(request)])
            else:
                connection.execute(
                    "INSERT INTO pins VALUES (?, ?) ON CONFLICT DO NOTHING", [request_to_json(request), pinned_at]
                )

    def set_timestamp(self, name: str, at: float) -> None:
        """Store an instant under a name, epoch seconds."""
        with self.database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", [name, at])

    def timestamp(self, name: str) -> float | None:
        """Return the instant stored under a name; None if there is none."""
        rows = self.database.rows("SELECT at FROM marks WHERE name = ?", [name])
        return rows[0]["at"] if rows else None

    def write_balance(self, balance: Balance) -> None:
        """Store the balance in place of the previous one."""
        with self.database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO balance VALUES (1, ?, ?)", [str(balance.amount), balance.told_at]
            )

    def _balance(self) -> Balance | None:
        found = self.database.read(balance_from_row, "SELECT amount, told_at FROM balance")
        return found[0] if found else None

    def keep_clock_offset(self, offset: ClockOffset, doubted_ids: Collection[str] = (), doubt: float = 0.0) -> None:
        """Store the offset between the service's clock and this machine's, by which this run records instants.

        Widens the purchase intervals of `doubted_ids` by `doubt` seconds on both sides; `write` can only tighten them.
        """
        with self.database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO service_clock VALUES (1, ?, ?)", [offset.ahead, offset.uncertainty]
            )
            connection.execute(
                "UPDATE orders SET bought_earliest = bought_earliest - ?, bought_latest = bought_latest + ? "
                "WHERE id IN (SELECT value FROM json_each(?))",
                [doubt, doubt, _listed(doubted_ids)],
            )

    def clock_offset(self) -> ClockOffset | None:
        """Return the stored offset; None if there is none."""
        found = self.database.read(clock_offset_from_row, "SELECT ahead, uncertainty FROM service_clock")
        return found[0] if found else None

    def _requests(self, sql: str, parameters: Sequence[Any] = ()) -> list[OrderRequest]:
        return self.database.read(lambda row: request_from_json(row["request"]), sql, parameters)

    def _orders(self, clause: str, parameters: Sequence[Any] = ()) -> list[OrderRecord]:
        rows = self.database.rows(f"SELECT * FROM orders {clause}", parameters)
        found: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in self.database.rows(
            "SELECT * FROM codes WHERE order_id IN (SELECT value FROM json_each(?)) ORDER BY order_id, ordinal",
            [_listed(row["id"] for row in rows)],
        ):
            found[row["order_id"]].append(row)
        with reading_rows(self.database.path):
            return [order_from_row(row, map(code_from_row, found[row["id"]])) for row in rows]


def _listed(ids: Iterable[str]) -> str:
    """Return any number of ids as one parameter for `json_each`."""
    return json.dumps(list(ids))


def _cost(row: sqlite3.Row) -> Decimal:
    came_back = Status(row["status"]).is_refunded
    return Decimal((row["expenses"] if came_back else row["price"]) or 0)
