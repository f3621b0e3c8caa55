"""Opening: private files, damaged ones kept aside, newer and unreachable ones refused in words."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from numdeck.clock import Clock
from numdeck.journal.errors import JournalDamaged, JournalError, JournalTooNew, JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.journal.salvage import Damage
from numdeck.journal.schema import VERSION
from numdeck.model.history_query import HistoryQuery
from numdeck.model.order import Status
from tests.journal.samples import attempt, execute, record

Harm = Callable[[bytes], bytes]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_private(path: Path) -> None:
    umask = os.umask(0)
    try:
        with closing(Journal.open(path)) as journal:
            journal.write([record()])
            assert {mode(file) for file in path.parent.iterdir()} == {0o600}
            assert path.with_name(path.name + "-wal").exists()
    finally:
        os.umask(umask)
    assert mode(path.parent) == 0o700


def test_wide_rights_are_revoked(path: Path) -> None:
    with closing(Journal.open(path)) as first:
        first.write([record()])
        for file in path.parent.iterdir():
            file.chmod(0o644)
        with closing(Journal.open(path)):
            assert mode(path) == 0o600
            assert mode(path.with_name(path.name + "-wal")) == 0o600


def test_existing_folder_is_unchanged(path: Path) -> None:
    path.parent.mkdir(mode=0o750)
    Journal.open(path).close()
    assert mode(path.parent) == 0o750


def test_durable_pragmas(path: Path) -> None:
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
def test_damaged_file_is_set_aside(used: Path, clock: Clock, damage: Harm) -> None:
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


def test_companions_are_set_aside(used: Path, clock: Clock) -> None:
    with closing(Journal.open(used)):  # a second program, which keeps its log beside the file
        used.write_bytes(_garbage(used.read_bytes()))
        log = used.with_name(used.name + "-wal")
        inode = log.stat().st_ino
        with closing(Journal.open(used, clock)) as journal:
            assert journal.damage is not None
            assert Path(f"{journal.damage.kept_at}-wal").stat().st_ino == inode
            assert log.stat().st_ino != inode


def test_set_aside_names_are_unique(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    for content in (b"first", b"second", b"third"):
        path.write_bytes(content * 100)
        Journal.open(path, clock).close()
    kept = sorted(path.parent.glob("*.damaged-*"))
    assert [file.read_bytes()[:5] for file in kept] == [b"first", b"secon", b"third"]


def test_damage_while_open(journal: Journal, path: Path) -> None:
    journal.write([record()])
    execute(path, "UPDATE orders SET status = 'odd'")
    with pytest.raises(JournalDamaged, match=r"rename it .*journal\.sqlite3"):
        journal.history_page(HistoryQuery(), 0, 10)


@pytest.mark.parametrize("application_id", [0, 42])
def test_foreign_database(path: Path, application_id: int) -> None:
    path.parent.mkdir()
    execute(path, "CREATE TABLE theirs (x)", f"PRAGMA application_id = {application_id}")
    content = path.read_bytes()
    with closing(Journal.open(path)) as journal:
        assert journal.damage is not None
        assert journal.damage.lost_rows is None
        assert journal.damage.kept_at.read_bytes() == content


def test_empty_file(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(Journal.open(path)) as journal:
        assert journal.damage is None


def test_newer_schema(used: Path) -> None:
    execute(used, f"PRAGMA user_version = {VERSION + 1}")
    content = used.read_bytes()
    with pytest.raises(JournalTooNew) as caught:
        Journal.open(used)
    assert str(used) in caught.value.sentence
    assert "update numdeck" in caught.value.sentence
    assert used.read_bytes() == content


@pytest.mark.parametrize("where", ["a_file/journal.sqlite3", "a_folder", "/proc/numdeck/journal.sqlite3"])
def test_unwritable(tmp_path: Path, where: str) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "a_folder").mkdir()
    path = tmp_path / where
    with pytest.raises(JournalUnwritable) as caught:
        Journal.open(path)
    assert str(path) in caught.value.sentence
    assert "state_dir" in caught.value.sentence


def test_read_only_file(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as root, no file is like this
    with pytest.raises(JournalUnwritable, match="writable for you"):
        Journal.open(used)


def test_many_at_once(path: Path) -> None:
    def use(number: int) -> Damage | None:
        with closing(Journal.open(path)) as journal:
            journal.write([record(number)])
            return journal.damage

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(use, range(24))) == {None}
    with closing(Journal.open(path)) as journal:
        assert journal.history_count(HistoryQuery()) == 24


def test_errors_are_journal_errors() -> None:
    assert all(issubclass(kind, JournalError) for kind in (JournalUnwritable, JournalDamaged, JournalTooNew))


def test_changed_text_is_cleaned(path: Path) -> None:
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
