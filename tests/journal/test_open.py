"""Opening: private files, damaged ones kept aside, newer and unreachable ones refused in words."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from numdeck.clock import Clock, SystemClock
from numdeck.journal.errors import JournalDamaged, JournalError, JournalTooNew, JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.journal.salvage import Damage
from numdeck.journal.schema import VERSION
from numdeck.model.history_query import HistoryQuery
from numdeck.model.order import Status
from tests.journal.samples import NOON, TELEGRAM, attempt, record

Harm = Callable[[bytes], bytes]


class NoonClock(SystemClock):
    def now(self) -> float:
        return NOON


@pytest.fixture
def clock() -> Clock:
    return NoonClock()


@pytest.fixture
def used(path: Path) -> Path:
    """A journal of some pages, closed."""
    with closing(Journal.open(path)) as journal:
        journal.write([record(number, "12345") for number in range(300)], [attempt()])
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


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


def test_nobody_else_may_read_it(path: Path) -> None:
    umask = os.umask(0)
    try:
        with closing(Journal.open(path)) as journal:
            journal.write([record()])
            assert {mode(file) for file in path.parent.iterdir()} == {0o600}
            assert path.with_name(path.name + "-wal").exists()
    finally:
        os.umask(umask)
    assert mode(path.parent) == 0o700


def test_rights_that_are_too_wide_are_taken_back(path: Path) -> None:
    with closing(Journal.open(path)) as first:
        first.write([record()])
        for file in path.parent.iterdir():
            file.chmod(0o644)
        with closing(Journal.open(path)):
            assert mode(path) == 0o600
            assert mode(path.with_name(path.name + "-wal")) == 0o600


def test_a_folder_that_was_there_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(mode=0o750)
    Journal.open(path).close()
    assert mode(path.parent) == 0o750


def test_a_write_is_on_the_disk_when_it_returns(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        settings = {name: _pragma(journal, name) for name in ("journal_mode", "synchronous", "busy_timeout")}
        assert settings == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000}
        assert _pragma(journal, "foreign_keys") == 1


def _pragma(journal: Journal, name: str) -> object:
    return journal.database.connection.execute(f"PRAGMA {name}").fetchone()[0]


def _garbage(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _a_stump(content: bytes) -> bytes:
    return content[:50]


def _a_page_of_zeros(content: bytes) -> bytes:
    return content[:8192] + bytes(4096) + content[12288:]


@pytest.mark.parametrize("damage", [_garbage, _half, _a_stump, _a_page_of_zeros])
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(used: Path, clock: Clock, damage: Harm) -> None:
    damaged = damage(used.read_bytes())
    used.write_bytes(damaged)
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is not None
        assert journal.damage.kept_at == used.with_name(f"{used.name}.damaged-20250615-150640")
        assert journal.damage.kept_at.read_bytes() == damaged
        assert mode(used) == 0o600
        journal.write([record(999)])
        assert record(999).id in journal.find([record(999).id])
    with closing(Journal.open(used)) as journal:
        assert journal.damage is None


def test_what_lies_beside_a_damaged_file_goes_with_it(used: Path, clock: Clock) -> None:
    with closing(Journal.open(used)):  # a second program, which keeps its log beside the file
        used.write_bytes(_garbage(used.read_bytes()))
        log = used.with_name(used.name + "-wal")
        inode = log.stat().st_ino
        with closing(Journal.open(used, clock)) as journal:
            assert journal.damage is not None
            assert Path(f"{journal.damage.kept_at}-wal").stat().st_ino == inode
            assert log.stat().st_ino != inode


def test_no_file_that_was_kept_aside_is_lost(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    for content in (b"first", b"second", b"third"):
        path.write_bytes(content * 100)
        Journal.open(path, clock).close()
    kept = sorted(path.parent.glob("*.damaged-*"))
    assert [file.read_bytes()[:5] for file in kept] == [b"first", b"secon", b"third"]


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
def test_damage_costs_the_rows_that_it_hit(
    used: Path, damage: str, lost_orders: int, lost_codes: int, lost_attempts: int
) -> None:
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


def test_damage_is_said_with_what_it_cost(used: Path, clock: Clock) -> None:
    execute(used, "UPDATE attempts SET request = '{'")
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is not None
        assert journal.damage.sentence == (
            "The journal was damaged: a new one was begun, without 1 row that could not be read. "
            "The old file is kept as journal.sqlite3.damaged-20250615-150640."
        )


def has_all(page: bytes, *texts: str) -> bool:
    return all(text.encode() in page for text in texts)


def test_a_page_that_is_damaged_costs_its_rows(used: Path) -> None:
    content = used.read_bytes()
    texts = [record(150).id, str(record(150).order.phone_number), "MIN_15"]
    page = next(at for at in range(0, len(content), 4096) if has_all(content[at : at + 4096], *texts))
    used.write_bytes(content[:page] + bytes(4096) + content[page + 4096 :])
    with closing(Journal.open(used)) as journal:
        assert journal.damage is not None
        assert 200 < journal.history_count(HistoryQuery()) < 300
        assert len(journal.load().attempts) == 1


def test_damage_that_comes_later_is_told(journal: Journal, path: Path) -> None:
    journal.write([record()])
    execute(path, "UPDATE orders SET status = 'odd'")
    with pytest.raises(JournalDamaged, match=r"rename it .*journal\.sqlite3"):
        journal.history_page(HistoryQuery(), 0, 10)


def test_damage_in_a_row_that_no_start_reads_is_found_when_every_row_is_read(used: Path) -> None:
    execute(used, f"UPDATE orders SET status = 'odd' WHERE {ONE}")
    with closing(Journal.open(used)) as journal:
        assert journal.damage is None
    with closing(Journal.open(used, reads_all=True)) as journal:
        assert journal.damage is not None
        assert journal.damage.lost_rows == 1
        assert len(journal.history_page(HistoryQuery(), 0, 1000)) == 299


@pytest.mark.parametrize("application_id", [0, 42])
def test_a_database_of_another_program_is_not_touched(path: Path, application_id: int) -> None:
    path.parent.mkdir()
    execute(path, "CREATE TABLE theirs (x)", f"PRAGMA application_id = {application_id}")
    content = path.read_bytes()
    with closing(Journal.open(path)) as journal:
        assert journal.damage is not None
        assert journal.damage.lost_rows is None
        assert journal.damage.kept_at.read_bytes() == content


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(Journal.open(path)) as journal:
        assert journal.damage is None


def test_a_newer_journal_is_refused_and_left_alone(used: Path) -> None:
    execute(used, f"PRAGMA user_version = {VERSION + 1}")
    content = used.read_bytes()
    with pytest.raises(JournalTooNew) as caught:
        Journal.open(used)
    assert str(used) in caught.value.sentence
    assert "update numdeck" in caught.value.sentence
    assert used.read_bytes() == content


@pytest.mark.parametrize("where", ["a_file/journal.sqlite3", "a_folder", "/proc/numdeck/journal.sqlite3"])
def test_where_nothing_can_be_written_the_sentence_names_file_and_remedy(tmp_path: Path, where: str) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "a_folder").mkdir()
    path = tmp_path / where
    with pytest.raises(JournalUnwritable) as caught:
        Journal.open(path)
    assert str(path) in caught.value.sentence
    assert "state_dir" in caught.value.sentence


def test_a_file_that_may_only_be_read_is_refused(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as root, no file is like this
    with pytest.raises(JournalUnwritable, match="writable for you"):
        Journal.open(used)


def test_many_may_open_it_at_once(path: Path) -> None:
    def use(number: int) -> Damage | None:
        with closing(Journal.open(path)) as journal:
            journal.write([record(number)])
            return journal.damage

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(use, range(24))) == {None}
    with closing(Journal.open(path)) as journal:
        assert journal.history_count(HistoryQuery()) == 24


def test_every_trouble_is_one_kind_of_error() -> None:
    assert all(issubclass(kind, JournalError) for kind in (JournalUnwritable, JournalDamaged, JournalTooNew))


def test_text_that_was_changed_in_the_file_is_clean_when_it_is_read(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        journal.write([record(1, "12345", status=Status.WAITING)], [attempt()])
    hostile = "char(27) || ']0;evil' || char(7)"
    execute(path, f"UPDATE orders SET report = {hostile}, report_parts = NULL", f"UPDATE codes SET text = {hostile}")
    parts = f"json_array(json_array('', {hostile}))"
    execute(path, f"UPDATE orders SET extras = json_array(json_array('asn', {parts}))")
    execute(path, f"UPDATE attempts SET reason = {hostile}")
    with closing(Journal.open(path)) as journal:
        contents = journal.load()
        assert contents.records[0].order.report == (("", "^[]0;evil^G"),)
        assert contents.records[0].order.extras == (("asn", (("", "^[]0;evil^G"),)),)
        assert contents.records[0].codes[0].text == "^[]0;evil^G"
        assert contents.attempts[0].reason == "^[]0;evil^G"


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO balance VALUES (1, 'much', 5)",
        "INSERT INTO balance VALUES (1, '5', 'x')",
        "INSERT INTO service_clock VALUES (1, 'x', 0)",
    ],
)
def test_damaged_balance_or_clock_costs_itself(used: Path, clock: Clock, damage: str) -> None:
    execute(used, damage)
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is not None
        assert journal.damage.lost_rows == 1
        assert journal.history_count(HistoryQuery()) == 300
    with closing(Journal.open(used, clock)) as journal:
        assert journal.damage is None
