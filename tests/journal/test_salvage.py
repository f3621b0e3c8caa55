"""Damage costs the rows that it hit, and no others."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from numdeck.clock import Clock
from numdeck.journal.journal import Journal
from numdeck.model.history_query import HistoryQuery
from tests.journal.samples import NOON, TELEGRAM, execute, record


def without_constraints(table: str, statement: str) -> str:
    """Statements that do something to a table which its constraints forbid."""
    this = f"WHERE name = '{table}'"
    return ";".join([
        f"CREATE TEMP TABLE before AS SELECT sql FROM sqlite_master {this}",
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') {this}",
        "PRAGMA schema_version = 98",
        statement,
        f"UPDATE sqlite_master SET sql = (SELECT sql FROM before) {this}",
        "PRAGMA schema_version = 99",
    ])  # fmt: skip


ONE = f"id = '{record(7).id}'"


ALIVE = f"acknowledged = 0 WHERE {ONE}"


@pytest.mark.parametrize(
    ("damage", "lost_orders", "lost_codes", "lost_attempts"),
    [
        ("UPDATE attempts SET request = '{'", 0, 0, 1),
        ("""UPDATE attempts SET request = '{"provider": "virtual"}'""", 0, 0, 1),
        ("UPDATE attempts SET request = replace(request, 'MIN_15', 'MIN_16')", 0, 0, 1),
        ("UPDATE attempts SET sent_at = 'soon'", 0, 0, 1),
        (f"UPDATE orders SET status = 'odd', {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET price = 'dear', {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET price = 'NaN', {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET bought_earliest = bought_latest + 1, {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET phone_number = x'1b5b324a', {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET expires_at = 'abc', {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET first_seen = 1e300, {ALIVE}", 1, 1, 0),
        (f"""UPDATE orders SET request = '{{"provider": "virtual"}}', {ALIVE}""", 1, 1, 0),
        (f"UPDATE orders SET request = '{'[' * 20_000}', {ALIVE}", 1, 1, 0),
        (f"UPDATE orders SET provider = CAST(x'ff' AS TEXT), {ALIVE}", 0, 0, 0),
        (f"DELETE FROM orders WHERE {ONE}", 1, 1, 0),
        (f"DELETE FROM codes WHERE order_{ONE} AND ordinal = 0", 0, 1, 0),
        (f"UPDATE orders SET {ALIVE};UPDATE codes SET text = x'00' WHERE order_{ONE} AND ordinal = 0", 0, 1, 0),
        (without_constraints("orders", f"UPDATE orders SET status = NULL WHERE {ONE}"), 1, 1, 0),
        (without_constraints("codes", f"UPDATE codes SET text = NULL WHERE order_{ONE} AND ordinal = 0"), 0, 1, 0),
        (without_constraints("attempts", "UPDATE attempts SET state = NULL"), 0, 0, 1),
    ],
    ids=lambda value: value[-60:] if isinstance(value, str) else None,
)
def test_damaged_rows(used: Path, damage: str, lost_orders: int, lost_codes: int, lost_attempts: int) -> None:
    with closing(Journal.open(used)) as journal:
        journal.write([record(7, "12345", "67890")])
        journal.pin(TELEGRAM, NOON)
        journal.set_timestamp("watched", NOON)
    execute(used, *damage.split(";"))
    with closing(Journal.open(used)) as journal:
        assert journal.damage is not None
        assert journal.history_count(HistoryQuery()) == 300 - lost_orders
        assert journal.totals_since(0).codes == 301 - lost_codes - lost_orders
        assert len(journal.load().attempts) == 1 - lost_attempts
        assert journal.pinned_requests() == [TELEGRAM]
        assert journal.timestamp("watched") == NOON
        again = record(7, "12345", "67890", "24680")
        journal.write([again])  # which a code that nobody can read does not forbid
        assert {code.text for code in journal.find([again.id])[again.id].codes} >= {"12345", "67890", "24680"}
    with closing(Journal.open(used)) as journal:
        assert journal.damage is None


def test_damage_sentence(used: Path, clock: Clock) -> None:
    execute(used, "UPDATE attempts SET request = '{'")
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is not None
        assert journal.damage.sentence == (
            "The journal was damaged: a new one was begun, without 1 row that could not be read. "
            "The old file is kept as journal.sqlite3.damaged-20250615-150640."
        )


def has_all(page: bytes, *texts: str) -> bool:
    return all(text.encode() in page for text in texts)


def test_damaged_page(used: Path) -> None:
    content = used.read_bytes()
    texts = [record(150).id, str(record(150).order.phone_number), "MIN_15"]
    page = next(at for at in range(0, len(content), 4096) if has_all(content[at : at + 4096], *texts))
    used.write_bytes(content[:page] + bytes(4096) + content[page + 4096 :])
    with closing(Journal.open(used)) as journal:
        assert journal.damage is not None
        assert 200 < journal.history_count(HistoryQuery()) < 300
        assert len(journal.load().attempts) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO balance VALUES (1, 'much', 5)",
        "INSERT INTO balance VALUES (1, '5', 'x')",
        "INSERT INTO service_clock VALUES (1, 'x', 0)",
    ],
)
def test_damaged_balance_or_clock(used: Path, clock: Clock, damage: str) -> None:
    execute(used, damage)
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is not None
        assert journal.damage.lost_rows == 1
        assert journal.history_count(HistoryQuery()) == 300
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is None


def test_reads_all(used: Path) -> None:
    execute(used, f"UPDATE orders SET status = 'odd' WHERE {ONE}")
    with closing(Journal.open(used)) as journal:
        assert journal.damage is None
    with closing(Journal.open(used, reads_all=True)) as journal:
        assert journal.damage is not None
        assert journal.damage.lost_rows == 1
        assert len(journal.history_page(HistoryQuery(), 0, 1000)) == 299
