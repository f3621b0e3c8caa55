"""The journal's file goes away, or was not there at the start: nothing is ordered in silence, nothing forgotten."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.desk.events import CommandOutcome
from numdeck.desk.port import DeskError
from numdeck.desk.settings import DeskSettings
from numdeck.desk.state import Phase
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.journal import Journal
from numdeck.model.cancellation import CancelIntent
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import TELEGRAM, Bench, OpenBench


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
async def on_disk(open_bench: OpenBench, path: Path) -> Bench:
    """A desk whose journal is a file, after its first poll."""
    bench = await open_bench(journal=path)
    await bench.poll()
    return bench


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def delete_the_file(path: Path) -> None:
    path.unlink()


def delete_all_three(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        beside(path, suffix).unlink()


def delete_the_log(path: Path) -> None:
    beside(path, "-wal").unlink()


def delete_the_shared_memory(path: Path) -> None:
    beside(path, "-shm").unlink()


def delete_log_and_shared_memory(path: Path) -> None:
    delete_the_log(path)
    delete_the_shared_memory(path)


def delete_the_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def rename_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


def swap_the_folder(path: Path) -> None:
    rename_the_folder(path)
    Journal.open(path).close()


def replace_the_file(path: Path) -> None:
    other = path.with_name("other.sqlite3")
    Journal.open(other).close()
    other.replace(path)


GOING = [
    delete_the_file,
    delete_all_three,
    delete_the_log,
    delete_the_shared_memory,
    delete_log_and_shared_memory,
    delete_the_folder,
    rename_the_folder,
    swap_the_folder,
    replace_the_file,
]
goes = pytest.mark.parametrize("go", GOING, ids=lambda go: go.__name__)


def read(path: Path) -> Journal:
    """The file as a new start would find it, after a kill: what only this process has is not there."""
    copy = path.parent.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(path.parent, copy)
    return Journal.open(copy / path.name)


@goes
async def test_a_purchase_is_in_the_file_on_disk_before_it_is_sent(
    on_disk: Bench, path: Path, go: Callable[[Path], None]
) -> None:
    before = await on_disk.order()
    on_disk.sandbox.deliver(before.id, "79373")
    await on_disk.poll(seconds=5)
    go(path)
    on_disk.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await on_disk.desk.order(TELEGRAM)
    with closing(read(path)) as journal:
        assert [each.id for each in journal.load().attempts] == [attempt.id]
        assert journal.find([before.id])[before.id] == on_disk.entry(before.id).record
        assert journal.last_request() == TELEGRAM
    assert any("deleted or replaced" in sentence for sentence in on_disk.told)
    assert not on_disk.desk.state.memory_trouble


@goes
async def test_codes_and_ends_are_in_the_file_on_disk(on_disk: Bench, path: Path, go: Callable[[Path], None]) -> None:
    past, entry = await on_disk.order(), await on_disk.order()
    on_disk.sandbox.finish(past.id, "refund")
    await on_disk.poll(seconds=5)
    await on_disk.desk.mark_seen(past.id, (), dismiss=True)
    go(path)
    on_disk.sandbox.deliver(entry.id, "79373")
    await on_disk.poll(seconds=5)
    with closing(read(path)) as journal:
        found = journal.find([past.id, entry.id])
        assert [code.text for code in found[entry.id].codes] == ["79373"]
        assert found[entry.id].is_ended
        assert found[past.id].request == TELEGRAM, "what is no longer on the desk was in the old file"


@goes
async def test_it_is_noticed_without_a_write(on_disk: Bench, path: Path, go: Callable[[Path], None]) -> None:
    entry = await on_disk.order()
    await on_disk.desk.cancel(entry.id)
    await on_disk.desk.pin(TELEGRAM, is_pinned=True)
    go(path)
    await on_disk.desk.mend_journal()
    with closing(read(path)) as journal:
        assert journal.load().intents == {entry.id: CancelIntent.ARMED}
        assert journal.pinned_requests() == [TELEGRAM]
        assert journal.find([entry.id])[entry.id] == on_disk.entry(entry.id).record


async def test_where_it_cannot_be_opened_anew_nothing_is_ordered_and_it_is_said(on_disk: Bench, path: Path) -> None:
    entry = await on_disk.order()
    delete_the_folder(path)
    path.parent.write_text("in the way")
    with pytest.raises(DeskError, match="state_dir"):
        await on_disk.desk.order(TELEGRAM)
    assert on_disk.sandbox.count("POST") == 1
    assert "state_dir" in on_disk.desk.state.memory_trouble
    on_disk.sandbox.deliver(entry.id, "79373")
    await on_disk.poll(seconds=5)
    assert on_disk.codes_told == ["79373"]
    path.parent.unlink()
    await on_disk.desk.mend_journal()
    assert not on_disk.desk.state.memory_trouble
    assert any("saved again" in sentence for sentence in on_disk.told)
    await on_disk.order()
    with closing(read(path)) as journal:
        assert [code.text for code in journal.find([entry.id])[entry.id].codes] == ["79373"]


async def test_a_purchase_that_was_not_sent_is_never_looked_for(open_bench: OpenBench, path: Path) -> None:
    """It is in the file that went away, and that is taken over when the journal can be opened anew."""
    bench = await open_bench(journal=path)
    await bench.poll()
    await bench.inform()
    delete_the_folder(path)
    path.parent.write_text("in the way")
    with pytest.raises(DeskError):
        await bench.desk.order(TELEGRAM)
    path.parent.unlink()
    await bench.desk.mend_journal()
    assert not bench.desk.state.attempts
    theirs = bench.sandbox.buy(Purchase(service_code="tg", country_code="667")).id.hex
    for _ in range(6):
        await bench.poll(seconds=35)
    assert bench.entry(theirs).record.origin is Origin.ELSEWHERE
    with closing(read(path)) as journal:
        assert not journal.load().attempts


async def test_what_was_put_in_its_place_is_read(on_disk: Bench, path: Path, tmp_path: Path) -> None:
    """A folder restored from elsewhere may know of purchases that this run does not."""
    entry = await on_disk.order()
    lost = Attempt(id="lost", request=TELEGRAM, sent_at=on_disk.clock.now() - 60, state=AttemptState.SENDING)
    elsewhere = tmp_path / "backup" / path.name
    with closing(Journal.open(elsewhere)) as journal:
        journal.write([], [lost])
    rename_the_folder(path)
    elsewhere.parent.rename(path.parent)
    await on_disk.desk.mend_journal()
    assert on_disk.desk.state.attempts["lost"].state is AttemptState.UNKNOWN
    assert on_disk.entry(entry.id).is_open


# A start without the file


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process that is opening the journal, and takes its time."""
    path.parent.mkdir(exist_ok=True)
    with beside(path, ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def stand_in(open_bench: OpenBench, path: Path, **more: object) -> Bench:
    """A desk that was started when the file could not be opened."""
    journal = await AsyncJournal.standing_in(path, "The disk is full: make room.")
    bench = await open_bench(opened=journal, **more)
    await bench.poll()
    return bench


async def test_a_start_without_the_file_is_mended_when_the_file_can_be_opened(
    open_bench: OpenBench, path: Path
) -> None:
    earlier = await open_bench(journal=path)
    await earlier.poll()
    ours, armed = await earlier.order(), await earlier.order()
    await earlier.desk.cancel(armed.id)
    earlier.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    unknown = await earlier.desk.order(TELEGRAM)
    await earlier.desk.pin(TELEGRAM, is_pinned=True)
    await earlier.desk.close()
    with held(path):
        bench = await stand_in(open_bench, path, sandbox=earlier.sandbox)
        assert bench.desk.state.memory_trouble == "The disk is full: make room."
        assert bench.entry(ours.id).record.origin is Origin.ELSEWHERE, "nobody knows better yet"
        with pytest.raises(DeskError, match="another process holds it"):
            await bench.desk.order(TELEGRAM)
        bench.sandbox.deliver(ours.id, "79373")
        await bench.poll(seconds=5)
        assert bench.codes_told == ["79373"]
        stranger = bench.sandbox.buy(Purchase()).id.hex
        await bench.poll(seconds=5)
        await bench.desk.mend_journal()
        assert "another process holds it" in bench.desk.state.memory_trouble
    await bench.desk.mend_journal()
    assert not bench.desk.state.memory_trouble
    assert any("saved again" in sentence for sentence in bench.told)
    assert bench.entry(ours.id).record.origin is Origin.HERE
    assert bench.entry(ours.id).record.bought == ours.record.bought
    assert bench.entry(ours.id).phase is Phase.ENDED
    assert [code.text for code in bench.entry(ours.id).record.unseen] == ["79373"]
    assert bench.entry(armed.id).intent is CancelIntent.ARMED
    assert bench.desk.state.attempts[unknown.id].state is AttemptState.UNKNOWN
    assert bench.desk.state.favourites.pinned == (TELEGRAM,)
    with closing(read(path)) as journal:
        found = journal.find([ours.id, stranger])
        assert [code.text for code in found[ours.id].codes] == ["79373"]
        assert stranger in found
    await bench.order()


async def test_a_purchase_tries_the_file_first(open_bench: OpenBench, path: Path) -> None:
    bench = await stand_in(open_bench, path)
    entry = await bench.order()
    assert not bench.desk.state.memory_trouble
    with closing(read(path)) as journal:
        assert journal.find([entry.id])[entry.id].request == TELEGRAM


async def test_what_is_ordered_without_the_file_is_in_it_later(open_bench: OpenBench, path: Path) -> None:
    with held(path):
        bench = await stand_in(open_bench, path, desk_settings=DeskSettings(order_without_journal=True))
        entry = await bench.order()
        bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
        unknown = await bench.desk.order(TELEGRAM)
        await bench.desk.pin(TELEGRAM, is_pinned=True)
    await bench.desk.mend_journal()
    with closing(read(path)) as journal:
        assert journal.find([entry.id])[entry.id].request == TELEGRAM
        assert [each.id for each in journal.load().attempts] == [unknown.id]
        assert journal.pinned_requests() == [TELEGRAM]


async def test_what_was_disarmed_without_the_file_stays_disarmed(open_bench: OpenBench, path: Path) -> None:
    earlier = await open_bench(journal=path)
    await earlier.poll()
    entry = await earlier.order()
    await earlier.desk.cancel(entry.id)
    await earlier.desk.close()
    with held(path):
        bench = await stand_in(open_bench, path, sandbox=earlier.sandbox)
        known = bench.entry(entry.id)
        bench.desk.state.entries[entry.id] = replace(known, record=replace(known.record, bought=entry.record.bought))
        assert await bench.cancel(entry.id) is CommandOutcome.ARMED
        assert await bench.cancel(entry.id) is CommandOutcome.DISARMED
    await bench.desk.mend_journal()
    assert bench.entry(entry.id).intent is CancelIntent.NONE
    with closing(read(path)) as journal:
        assert journal.load().intents == {}


async def test_codes_that_came_before_a_start_without_the_file_are_news(open_bench: OpenBench, path: Path) -> None:
    """Nobody knows whether they were seen; when the file can be read, what happened meanwhile is told."""
    earlier = await open_bench(journal=path)
    await earlier.poll()
    entry = await earlier.order()
    await earlier.poll(seconds=5)
    await earlier.desk.close()
    earlier.clock.advance(minutes=5)
    listed = {"id": entry.id, "status": "waiting", "provider": "virtual", "phone_number": "+1555", "can_cancel": True}
    earlier.sandbox.faults.add(
        Fault(path="/api/v1/numbers/", action="answer", status=200, body=[{**listed, "history_sms_code": ["79373"]}])
    )
    bench = await stand_in(open_bench, path, sandbox=earlier.sandbox)
    assert bench.codes_told == ["79373"]
    await bench.desk.mend_journal()
    assert [code.text for code in bench.entry(entry.id).record.unseen] == ["79373"]
    await bench.poll(seconds=5)
    assert sum("was not running" in sentence for sentence in bench.told) == 1


# Damage


async def test_one_record_that_cannot_be_written_holds_back_no_other(
    on_disk: Bench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await on_disk.order(), await on_disk.order()
    write = Journal.write

    def refuse(journal: Journal, records: Iterable[OrderRecord] = (), *more: object) -> None:
        records = tuple(records)
        if any(record.id == bad.id for record in records):
            raise sqlite3.IntegrityError("UNIQUE constraint failed")
        write(journal, records, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "write", refuse)
    on_disk.sandbox.deliver(bad.id, "1111")
    on_disk.sandbox.deliver(good.id, "2222")
    await on_disk.poll(seconds=5)
    assert sorted(on_disk.codes_told) == ["1111", "2222"]
    number = str(bad.record.order.phone_number)
    assert number[-4:] in on_disk.desk.state.memory_trouble
    assert number not in on_disk.desk.state.memory_trouble
    with closing(read(path)) as journal:
        assert [code.text for code in journal.find([good.id])[good.id].codes] == ["2222"]
    await on_disk.order()
    await on_disk.desk.mend_journal()
    assert number[-4:] in on_disk.desk.state.memory_trouble, "it is still so"
    monkeypatch.undo()
    await on_disk.desk.mend_journal()
    assert not on_disk.desk.state.memory_trouble
    with closing(read(path)) as journal:
        assert [code.text for code in journal.find([bad.id])[bad.id].codes] == ["1111"]


async def test_what_was_decided_for_an_order_that_cannot_be_written_is_kept(
    on_disk: Bench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its row is missing, its plan has nowhere to be written."""
    write = Journal.write

    def refuse(journal: Journal, records: Iterable[OrderRecord] = (), *more: object) -> None:
        records = tuple(records)
        if records:
            raise sqlite3.IntegrityError("UNIQUE constraint failed")
        write(journal, records, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "write", refuse)
    entry = await on_disk.order()
    assert await on_disk.cancel(entry.id) is CommandOutcome.ARMED
    await on_disk.desk.mend_journal()
    monkeypatch.undo()
    await on_disk.desk.mend_journal()
    with closing(read(path)) as journal:
        assert journal.load().intents == {entry.id: CancelIntent.ARMED}
    for _ in range(26):
        await on_disk.poll(seconds=5)
        await on_disk.desk.run_schedule()
    assert on_disk.sandbox.order(entry.id).status == "canceled"


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO codes VALUES ('{id}', 1, '0000', 1750000000.0, 2, NULL)",
        "INSERT INTO codes VALUES ('{id}', 0, '0000', 1750000000.0, 2, NULL); DELETE FROM orders WHERE id = '{id}'",
        "DELETE FROM orders WHERE id = '{id}'",
        "UPDATE orders SET status = 'odd' WHERE id = '{id}'",
        "UPDATE orders SET price = 'dear' WHERE id = '{id}'",
    ],
)
async def test_damage_that_comes_while_it_runs_is_repaired(on_disk: Bench, path: Path, damage: str) -> None:
    hit, other = await on_disk.order(), await on_disk.order()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(damage.format(id=hit.id))
    on_disk.sandbox.deliver(hit.id, "1111")
    on_disk.sandbox.deliver(other.id, "2222")
    await on_disk.poll(seconds=5)
    await on_disk.desk.mend_journal()
    assert sorted(on_disk.codes_told) == ["1111", "2222"]
    assert not on_disk.desk.state.memory_trouble
    with closing(read(path)) as journal:
        assert journal.damage is None
        for entry, code in ((hit, "1111"), (other, "2222")):
            assert code in [each.text for each in journal.find([entry.id])[entry.id].codes]
