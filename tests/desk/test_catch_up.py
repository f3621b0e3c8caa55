"""What happened while numdeck was not running is told at the next start, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from numdeck.journal.errors import JournalError
from numdeck.journal.journal import Journal
from numdeck.model.interval import Interval
from numdeck.model.record import OrderRecord
from numdeck.model.request import Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import Bench, OpenBench


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite3"


async def left_alone(open_bench: OpenBench, journal: Path, *, minutes: float) -> Bench:
    """A numdeck that comes back to an account where a code has come, and a number was bought elsewhere."""
    first = await open_bench(journal=journal)
    await first.poll()
    with_code, _ = await first.order(), await first.order()
    await first.poll(seconds=5)
    await first.desk.close()
    first.clock.advance(minutes=minutes)
    first.sandbox.deliver(with_code.id, "79373")
    first.sandbox.buy(Purchase())
    return await open_bench(journal=journal, sandbox=first.sandbox)


def told(bench: Bench) -> list[str]:
    return [sentence for sentence in bench.told if "was not running" in sentence]


async def test_a_restart_tells_what_happened_meanwhile_once(open_bench: OpenBench, journal: Path) -> None:
    again = await left_alone(open_bench, journal, minutes=10)
    await again.poll()
    await again.poll(seconds=2)
    assert len(told(again)) == 1
    assert "(10 min): 1 code, 1 order ended (1 success), 1 bought outside numdeck, $" in told(again)[0]
    await again.poll(minutes=10)
    assert len(told(again)) == 1


async def test_a_short_pause_is_told_too(open_bench: OpenBench, journal: Path) -> None:
    again = await left_alone(open_bench, journal, minutes=0.5)
    await again.poll()
    await again.poll(seconds=2)
    assert len(told(again)) == 1
    assert "(30 s): 1 code, 1 order ended" in told(again)[0]


async def test_a_pause_in_which_nothing_happened_is_not_told(open_bench: OpenBench, journal: Path) -> None:
    first = await open_bench(journal=journal)
    await first.poll()
    await first.order()
    await first.desk.close()
    first.clock.advance(minutes=1)
    again = await open_bench(journal=journal, sandbox=first.sandbox)
    await again.poll()
    await again.poll(seconds=2)
    assert told(again) == []


async def test_an_end_that_is_still_looked_up_is_waited_for(open_bench: OpenBench, journal: Path) -> None:
    """The history lags, and the detail fails: what came of the order is not known at the first look."""
    again = await left_alone(open_bench, journal, minutes=10)
    details = Fault(method="GET", path="/api/v1/numbers/????????-*", action="answer", status=500, times=None)
    again.sandbox.faults.add(details)
    again.sandbox.faults.add(Fault(path="*/history/", action="answer", status=200, body="[]", times=None))
    await again.poll()
    await again.poll(seconds=5)
    assert told(again) == []
    again.sandbox.faults.clear()
    await again.poll(seconds=30)
    assert "1 code, 1 order ended (1 success)" in told(again)[0]


async def test_it_is_told_once_the_journal_can_be_read_again(
    open_bench: OpenBench, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = await left_alone(open_bench, journal, minutes=10)

    def fail(_journal: Journal, _instant: float) -> list[OrderRecord]:
        raise JournalError("The journal cannot be read: disk I/O error.")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "news_since", fail)
        await again.poll()
        assert told(again) == []
    await again.poll(seconds=5)
    assert len(told(again)) == 1


async def test_codes_that_were_not_seen_before_the_restart_are_told(open_bench: OpenBench, journal: Path) -> None:
    first = await open_bench(journal=journal)
    await first.poll()
    for entry in [await first.order() for _ in range(3)]:
        first.sandbox.deliver(entry.id, "1234")
    await first.poll(seconds=5)
    await first.desk.close()
    first.clock.advance(1)
    again = await open_bench(journal=journal, sandbox=first.sandbox)
    await again.poll(seconds=5)
    assert "Not seen yet: 3 codes." in again.told


async def test_it_is_told_when_the_service_can_be_asked_again(open_bench: OpenBench, journal: Path) -> None:
    again = await left_alone(open_bench, journal, minutes=10)
    again.sandbox.faults.add(Fault(action="cut", times=None))
    await again.poll()
    assert told(again) == []
    again.sandbox.faults.clear()
    await again.poll(minutes=1)
    await again.poll(minutes=1)
    assert len(told(again)) == 1


async def test_without_a_history_it_is_told_after_three_tries(open_bench: OpenBench, journal: Path) -> None:
    again = await left_alone(open_bench, journal, minutes=10)
    again.sandbox.faults.add(Fault(path="*/history/", action="answer", status=404, times=None))
    asked = again.sandbox.count("GET", "*/history/")
    while not told(again):
        assert again.sandbox.count("GET", "*/history/") - asked < 3
        await again.poll(seconds=5)
    assert again.sandbox.count("GET", "*/history/") - asked == 3


async def test_a_run_that_saw_nothing_was_no_watch(open_bench: OpenBench, journal: Path) -> None:
    offline = await left_alone(open_bench, journal, minutes=10)
    offline.sandbox.faults.add(Fault(action="cut", times=None))
    await offline.poll()
    await offline.desk.close()
    offline.sandbox.faults.clear()
    again = await open_bench(journal=journal, sandbox=offline.sandbox)
    await again.poll()
    await again.poll(seconds=2)
    assert len(told(again)) == 1


async def test_the_very_first_start_tells_of_no_absence(open_bench: OpenBench) -> None:
    bench = await open_bench(history=20, waiting=3)
    await bench.poll()
    await bench.poll(seconds=2)
    assert told(bench) == []


async def test_what_happened_meanwhile_is_not_shown_as_if_it_had_happened_at_the_start(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    entry = await first.order()
    bought_at = first.clock.now()
    await first.poll(seconds=30)
    await first.desk.close()
    first.clock.advance(minutes=5)
    first.sandbox.deliver(entry.id, "79373")
    first.clock.advance(minutes=3)
    second = await open_bench(journal=journal, sandbox=first.sandbox)
    await second.poll()
    now = second.clock.now()
    (code,) = second.entry(entry.id).record.codes
    assert code.received == second.entry(entry.id).record.ended == Interval(bought_at, now)
    await second.desk.close()
    third = await open_bench(journal=journal, sandbox=first.sandbox)
    (code,) = third.entry(entry.id).record.codes
    assert code.received == third.entry(entry.id).record.ended == Interval(bought_at, now)


async def test_what_is_seen_while_it_happens_is_known_to_a_poll(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=30)
    last_poll = bench.clock.now()
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    (code,) = bench.entry(entry.id).record.codes
    assert code.received == bench.entry(entry.id).record.ended == Interval(last_poll, last_poll + 5)


async def test_a_code_that_was_there_at_first_sight_is_of_any_time_before(bench: Bench, open_bench: OpenBench) -> None:
    order = bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK)).id.hex
    bench.sandbox.deliver(order, "79373")
    late = await open_bench(sandbox=bench.sandbox)
    await late.poll(seconds=60)
    (code,) = late.entry(order).record.codes
    assert code.received == Interval.up_to(late.clock.now())
