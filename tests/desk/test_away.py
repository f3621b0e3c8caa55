"""What happened while nobody watched is told at the next start, once."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    return [sentence for sentence in bench.told if "nobody watched" in sentence]


async def test_a_restart_tells_what_happened_meanwhile_once(open_bench: OpenBench, journal: Path) -> None:
    again = await left_alone(open_bench, journal, minutes=10)
    await again.poll()
    await again.poll(seconds=2)
    assert len(told(again)) == 1
    assert "(10 min): 1 code, 1 order ended (1 success), 1 bought elsewhere, $" in told(again)[0]
    await again.poll(minutes=10)
    assert len(told(again)) == 1


async def test_a_pause_is_no_absence(open_bench: OpenBench, journal: Path) -> None:
    again = await left_alone(open_bench, journal, minutes=0.5)
    await again.poll()
    await again.poll(seconds=2)
    assert told(again) == []


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
