"""The journal's tables, and how an older file is brought to the present schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from numdeck.journal.errors import JournalTooNew

APPLICATION_ID: Final = 0x6E64_6B31
"""Marks the file as a journal of numdeck ("ndk1")."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE orders (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL,
            status_text TEXT NOT NULL,
            provider TEXT NOT NULL,
            price TEXT,                  -- USD, decimal
            phone_number TEXT,
            expires_at REAL,
            can_replay INTEGER NOT NULL,
            can_extend INTEGER NOT NULL,
            can_cancel INTEGER NOT NULL,
            fraud_score TEXT,
            expenses TEXT,               -- USD, decimal
            report TEXT,
            period TEXT,
            service_code TEXT,           -- as the service told it, as are all above
            country_code TEXT,
            request TEXT,                -- JSON; NULL for what was bought elsewhere
            origin TEXT NOT NULL,
            bought_earliest REAL,        -- NULL when nothing is known of the beginning
            bought_latest REAL NOT NULL,
            first_seen REAL NOT NULL,
            ended_at REAL,
            acknowledged INTEGER NOT NULL,
            -- Worked out from the above when it is written, for looking up:
            is_ended INTEGER NOT NULL,
            sort_at REAL NOT NULL,       -- place in the history
            counted_at REAL,             -- when totals count it as bought; NULL when that is anybody's guess
            service TEXT,                -- what it is for: as asked for here, else as the service told it
            country TEXT,
            search TEXT NOT NULL         -- what its row says, folded, a line each
        )
        """,
        """
        CREATE TABLE codes (
            order_id TEXT NOT NULL REFERENCES orders (id),
            ordinal INTEGER NOT NULL,
            text TEXT NOT NULL,
            seen_at REAL NOT NULL,
            PRIMARY KEY (order_id, ordinal)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE attempts (
            id TEXT NOT NULL PRIMARY KEY,
            request TEXT NOT NULL,       -- JSON
            sent_at REAL NOT NULL,
            state TEXT NOT NULL,
            order_id TEXT,
            settled_at REAL,
            reason TEXT NOT NULL
        )
        """,
        "CREATE INDEX history_by_when ON orders (sort_at, number, search, service, country) WHERE is_ended = 1",
        """
        CREATE INDEX history_by_price ON orders (CAST(price AS REAL) DESC, sort_at DESC, number DESC)
        WHERE is_ended = 1
        """,
        "CREATE INDEX history_by_service ON orders (service, sort_at DESC, number DESC) WHERE is_ended = 1",
        "CREATE INDEX history_by_status ON orders (status, sort_at DESC, number DESC) WHERE is_ended = 1",
        "CREATE INDEX orders_on_desk ON orders (first_seen) WHERE is_ended = 0 OR acknowledged = 0",
        "CREATE INDEX orders_counted ON orders (counted_at) WHERE counted_at IS NOT NULL",
        "CREATE INDEX codes_seen ON codes (seen_at)",
    ),
    (
        "ALTER TABLE orders ADD COLUMN plan TEXT NOT NULL DEFAULT 'none'",
        "CREATE INDEX orders_asked ON orders (first_seen, request) WHERE request IS NOT NULL",
        """
        CREATE TABLE pins (
            request TEXT NOT NULL PRIMARY KEY, -- JSON
            pinned_at REAL NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE marks (
            name TEXT NOT NULL PRIMARY KEY,
            at REAL NOT NULL             -- an instant to remember
        ) WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE balance (
            number INTEGER PRIMARY KEY CHECK (number = 1),
            amount TEXT NOT NULL,        -- USD, decimal: what the service told last
            told_at REAL NOT NULL
        )
        """,
        # 0: never news, 1: unseen, 2: seen by the operator. `orders.acknowledged` is worked out from it.
        "ALTER TABLE codes ADD COLUMN sight INTEGER NOT NULL DEFAULT 0",
        """
        UPDATE codes SET sight = (
            SELECT CASE
                WHEN acknowledged = 0 THEN 1
                WHEN bought_earliest IS NULL AND seen_at = first_seen THEN 0
                ELSE 2
            END
            FROM orders WHERE id = order_id
        )
        """,
        "CREATE INDEX codes_news ON codes (seen_at) WHERE sight > 0",
        "CREATE INDEX history_unseen ON orders (sort_at, number) WHERE is_ended = 1 AND acknowledged = 0",
        "ALTER TABLE orders ADD COLUMN in_history INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE orders ADD COLUMN pk TEXT",
        "ALTER TABLE orders ADD COLUMN report_parts TEXT",  # JSON: [[name, text], …]; `report` is of earlier schemas
        "ALTER TABLE orders ADD COLUMN extras TEXT NOT NULL DEFAULT '[]'",  # JSON: [[field, [[name, text], …]], …]
        "ALTER TABLE orders ADD COLUMN untold TEXT NOT NULL DEFAULT '[]'",  # JSON: flags that were never told
        """
        CREATE TABLE service_clock (
            only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
            ahead REAL NOT NULL,         -- of this machine's, in seconds: instants are in the service's time
            uncertainty REAL NOT NULL
        )
        """,
        # NULL: nobody had looked. Of what was noted before, the instant itself was all that was known.
        "ALTER TABLE codes ADD COLUMN absent_at REAL",
        """
        UPDATE codes SET absent_at = seen_at
        WHERE seen_at > (SELECT first_seen FROM orders WHERE id = order_id)
        """,
        "ALTER TABLE orders ADD COLUMN alive_at REAL",
        "UPDATE orders SET alive_at = ended_at",
        "ALTER TABLE attempts ADD COLUMN asked_price TEXT",  # USD, decimal
        "ALTER TABLE attempts ADD COLUMN sender TEXT NOT NULL DEFAULT ''",  # a process
        "ALTER TABLE attempts ADD COLUMN searched_at REAL",
        "CREATE INDEX attempts_open ON attempts (sent_at) WHERE state IN ('sending', 'unknown')",
        "ALTER TABLE orders ADD COLUMN is_inferred INTEGER NOT NULL DEFAULT 0",
    ),
)
"""Scripts, statement by statement: script n brings a file of schema n to schema n + 1."""

VERSION: Final = len(MIGRATIONS)
"""The schema that this version writes."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction: durable when the block ends, rolled back on any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # some errors have rolled back already
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def migrate(connection: sqlite3.Connection, path: Path | str) -> None:
    """Bring the file to the present schema, or leave it as it was. Fails at once if the file cannot be written."""
    with transaction(connection):
        version = read_header(connection, "user_version")
        if version > VERSION:
            raise JournalTooNew(path, version, VERSION)
        for script in MIGRATIONS[version:]:
            for statement in script:
                connection.execute(statement)
        if version < VERSION:
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def read_header(connection: sqlite3.Connection, pragma: str) -> int:
    """Read a number from the file's header, such as `application_id`."""
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
