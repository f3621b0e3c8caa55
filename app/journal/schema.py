"""The journal's tables, and how an older file becomes a newer one."""

from __future__ import annotations

import sqlite3
from typing import Final

APPLICATION_ID: Final = 0x6E64_6B31
"""Marks the file as a journal of numdeck's ("ndk1")."""

MIGRATIONS: Final = (
    """
    CREATE TABLE orders (
        id TEXT PRIMARY KEY,
        status TEXT NOT NULL,
        status_text TEXT NOT NULL,
        provider TEXT NOT NULL,
        price TEXT,
        phone_number TEXT,
        expires_at REAL,
        can_replay INTEGER NOT NULL,
        can_extend INTEGER NOT NULL,
        can_cancel INTEGER NOT NULL,
        fraud_score TEXT,
        expenses TEXT,
        report TEXT,
        period TEXT,
        service_code TEXT,
        country_code TEXT,
        request TEXT,
        origin TEXT NOT NULL,
        bought_earliest REAL,
        bought_latest REAL NOT NULL,
        first_seen REAL NOT NULL,
        ended_at REAL,
        is_ended INTEGER NOT NULL,
        acknowledged INTEGER NOT NULL,
        sort_at REAL NOT NULL
    ) STRICT;
    CREATE TABLE codes (
        order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        text TEXT NOT NULL,
        seen_at REAL NOT NULL,
        PRIMARY KEY (order_id, ordinal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE attempts (
        id TEXT PRIMARY KEY,
        request TEXT NOT NULL,
        sent_at REAL NOT NULL,
        state TEXT NOT NULL,
        order_id TEXT,
        settled_at REAL,
        reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_time ON orders (is_ended, sort_at, id);
    CREATE INDEX orders_by_service ON orders (is_ended, service_code, sort_at, id);
    CREATE INDEX orders_by_status ON orders (is_ended, status, sort_at, id);
    CREATE INDEX orders_by_purchase ON orders (bought_latest);
    CREATE INDEX attempts_by_time ON attempts (sent_at);
    """,
)
"""Script n brings a file of schema n to schema n + 1."""

VERSION: Final = len(MIGRATIONS)
"""The schema that this numdeck writes."""


def configure(connection: sqlite3.Connection) -> None:
    """Make a connection durable (a write that returned is on disk) and patient with a second numdeck."""
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def version_of(connection: sqlite3.Connection) -> int:
    """The schema of an open file; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the present schema, each step whole or not at all."""
    for step in range(version_of(connection), VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[step]} PRAGMA user_version = {step + 1}; "
            f"PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
        )
