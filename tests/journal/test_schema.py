"""Files of every schema there ever was still open; `data/schema-N.sql` is what `dump.py` wrote with that schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from numdeck.journal import schema
from numdeck.journal.errors import JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.model.cancellation import CancelIntent
from numdeck.model.clock import ClockOffset
from numdeck.model.history_query import HistoryQuery, Word
from numdeck.model.interval import Interval
from numdeck.model.money import Balance
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState
from tests.journal.samples import NOON, attempt, found_in_history, record, unseen

DUMPS = Path(__file__).with_name("data")
VERSIONS = range(1, schema.VERSION + 1)


def written() -> tuple[list[OrderRecord], list[Attempt]]:
    """What is in every dump."""
    alive = replace(
        record(2, status=Status.WAITING, expires_at=NOON + 1200, can_cancel=True, fraud_score="low", period="MIN_15"),
        origin=Origin.ELSEWHERE,
        request=None,
        bought=Interval.up_to(NOON),
    )
    awaiting = unseen(1, "12345", "Ж-678")
    lost = attempt(3, AttemptState.UNKNOWN, reason="The answer was lost.", settled_at=NOON + 200)
    return [awaiting, alive, found_in_history(9, "555")], [attempt(1, AttemptState.PLACED, order_id=awaiting.id), lost]


def restore(version: int, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DUMPS / f"schema-{version}.sql").read_text("utf-8"))


def tables(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL"))


def header(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as connection:
        return tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))


@pytest.mark.parametrize("version", VERSIONS)
def test_older_file(path: Path, version: int) -> None:
    restore(version, path)
    records, attempts = written()
    with closing(Journal.open(path)) as journal:
        assert journal.damage is None
        assert journal.find([one.id for one in records]) == {one.id: one for one in records}
        assert journal.load().attempts == (attempts[1],)
        assert journal.load().intents == ({records[1].id: CancelIntent.ARMED} if version >= 2 else {})
        assert journal.clock_offset() == (ClockOffset(-3600.0, 0.5) if version >= 3 else None)
        assert journal.load().balance == (Balance(Decimal("41.70"), NOON) if version >= 3 else None)
        assert journal.timestamp("watched") == (NOON if version >= 2 else None)
        assert journal.last_request() == attempts[0].request
        assert journal.history_count(HistoryQuery((Word("ж-678"),))) == 1
        assert journal.recent_requests(9) == [attempts[0].request]
        assert journal.pinned_requests() == ([attempts[0].request] if version >= 2 else [])
    assert header(path) == (schema.VERSION, schema.APPLICATION_ID)


@pytest.mark.parametrize("version", VERSIONS)
def test_migrated_tables(path: Path, tmp_path: Path, version: int) -> None:
    """It also holds every script to what it was when it was first let out."""
    restore(version, path)
    Journal.open(path).close()
    new = tmp_path / "new" / "journal.sqlite3"
    Journal.open(new).close()
    assert tables(path) == tables(new)


def test_failed_migration(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Journal.open(path).close()
    before = tables(path), header(path)
    broken = ("CREATE TABLE notes (text TEXT)", "CREATE TABLE orders (again TEXT)")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(JournalUnwritable, match="already exists"):
        Journal.open(path)
    assert (tables(path), header(path)) == before


def test_missing_steps_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Journal.open(path).close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE notes (text TEXT)",)))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    for _ in range(2):
        Journal.open(path).close()
    assert "notes" in tables(path)
    assert header(path)[0] == schema.VERSION
