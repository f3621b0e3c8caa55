"""Clocks that are wrong, and machines that slept: ages, windows and settlements stay true, and it is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.model.record import AttemptState
from numdeck.model.window import CancelReason
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.quirks import Quirks
from tests.support import TELEGRAM, Bench, DeskClock, OpenBench

HOUR = 3600.0


@pytest.mark.parametrize("skew", [HOUR, -HOUR])
async def test_a_service_whose_clock_is_an_hour_off_changes_no_window_and_is_told_once(
    open_bench: OpenBench, skew: float
) -> None:
    bench = await open_bench(quirks=Quirks(clock_skew=skew))
    await bench.poll()
    entry = await bench.order()
    assert bench.desk.rule(entry).reason is CancelReason.TOO_SOON
    await bench.poll(minutes=2.1)
    assert bench.desk.rule(bench.entry(entry.id)).reason is CancelReason.OPEN
    assert len([sentence for sentence in bench.told if "clock" in sentence]) == 1


async def test_a_clock_that_is_set_while_it_runs_is_told_once(bench: Bench) -> None:
    clock = bench.desk.clock
    assert isinstance(clock, DeskClock)
    clock.moved = -HOUR
    await bench.poll(seconds=5)
    await bench.poll(seconds=5)
    assert [sentence for sentence in bench.told if "clock" in sentence] == [
        "This machine's clock was moved back by 1 h: "
        "numdeck goes on as before, and shows the new time after its next start."
    ]


async def test_a_machine_that_slept_says_how_old_its_data_are_and_recovers(bench: Bench) -> None:
    entry = await bench.order()
    bench.clock.advance(minutes=40)  # nobody polled
    assert bench.desk.state.link.is_stale(bench.clock.now())
    assert "stale: data 40 min old" in bench.desk.state.link.words(bench.clock.now())
    assert bench.desk.rule(bench.entry(entry.id)).reason is CancelReason.TOO_LATE
    await bench.poll()
    assert not bench.desk.state.link.is_stale(bench.clock.now())
    assert not bench.entry(entry.id).is_open


async def test_what_was_written_down_by_a_clock_that_was_ahead_is_not_known(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    entry = await first.order()
    first.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    lost = await first.desk.order(TELEGRAM)
    record = entry.record
    ahead = replace(record, bought=replace(record.bought, earliest=record.bought.earliest + HOUR,
                                           latest=record.bought.latest + HOUR))  # fmt: skip
    await first.desk.journal.write([ahead], [replace(lost, sent_at=lost.sent_at + HOUR)])
    await first.desk.close()

    second = await open_bench(journal=journal, sandbox=first.sandbox)
    await second.poll(seconds=1)
    assert second.desk.rule(second.entry(entry.id)).reason is CancelReason.PERHAPS_OPEN
    await second.poll(seconds=30)
    assert not second.desk.state.attempts
    contents = await second.desk.journal.find([order.id.hex for order in second.sandbox.book.active()])
    assert len(contents) == 2
    assert all(each.request == TELEGRAM for each in contents.values())
    assert lost.state is AttemptState.UNKNOWN
