"""Clocks that are wrong, and machines that slept: ages, windows and settlements stay true, and it is said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from numdeck.desk.events import CommandOutcome
from numdeck.desk.state import Entry
from numdeck.journal.journal import Journal
from numdeck.model.cancel_window import CancelReason
from numdeck.model.order import Status
from numdeck.model.request import Attempt, AttemptState
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.settings import Quirks
from numdeck.ui.panes.status import link_text
from tests.support import TELEGRAM, Bench, OpenBench

HOUR = 3600.0


@pytest.mark.parametrize("skew", [HOUR, -HOUR])
async def test_a_service_whose_clock_is_an_hour_off_changes_no_window_and_is_told_once(
    open_bench: OpenBench, skew: float
) -> None:
    bench = await open_bench(quirks=Quirks(clock_skew=skew))
    await bench.poll()
    entry = await bench.order()
    assert bench.desk.cancellation(entry).reason is CancelReason.TOO_SOON
    await bench.poll(minutes=2.1)
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is CancelReason.OPEN
    assert len([sentence for sentence in bench.told if "clock" in sentence]) == 1


async def test_a_clock_that_is_set_while_it_runs_is_told_once(bench: Bench) -> None:
    bench.machine_clock.moved = -HOUR
    await bench.poll(seconds=5)
    await bench.poll(seconds=5)
    assert [sentence for sentence in bench.told if "clock" in sentence] == [
        "This machine's clock is 1 h behind the service's: numdeck goes by the service's."
    ]


async def test_a_machine_that_slept_says_how_old_its_data_are_and_recovers(bench: Bench) -> None:
    entry = await bench.order()
    bench.clock.advance(minutes=40)  # nobody polled
    assert bench.desk.state.link.is_stale(bench.clock.now())
    assert "stale: data 40 min old" in link_text(bench.desk.state.link, bench.clock.now())
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is CancelReason.TOO_LATE
    await bench.poll()
    assert not bench.desk.state.link.is_stale(bench.clock.now())
    assert not bench.entry(entry.id).is_open


async def test_what_was_written_down_by_a_clock_that_was_ahead_is_not_known(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    await first.inform()
    entry = await first.order()
    first.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    lost = await first.desk.order(TELEGRAM)
    record = entry.record
    ahead = replace(record, bought=replace(record.bought, earliest=record.bought.earliest + HOUR,
                                           latest=record.bought.latest + HOUR))  # fmt: skip
    await first.desk._journal.run(Journal.write, [ahead], [replace(lost, sent_at=lost.sent_at + HOUR)])
    await first.desk.close()

    second = await open_bench(journal=journal, sandbox=first.sandbox)
    await second.desk.learn_names()
    await second.poll(seconds=1)
    assert second.desk.cancellation(second.entry(entry.id)).reason is CancelReason.PERHAPS_OPEN
    await second.poll(seconds=30)
    assert not second.desk.state.attempts
    contents = await second.desk._journal.run(Journal.find, [order.id.hex for order in second.sandbox.book.active()])
    assert len(contents) == 2
    assert all(each.request == TELEGRAM for each in contents.values())
    assert lost.state is AttemptState.UNKNOWN


async def restarted(
    open_bench: OpenBench, journal: Path, *, ahead: tuple[float, float], age: float
) -> tuple[Bench, Entry]:
    """Buy under a clock that is ahead by the first, stop, set it to the second, start again at `age` of the order."""
    first = await open_bench(journal=journal, clock_ahead=ahead[0])
    await first.poll()
    entry = await first.order()
    await first.desk.close()
    first.clock.advance(age)
    second = await open_bench(journal=journal, sandbox=first.sandbox, clock_ahead=ahead[1])
    return second, entry


AHEAD = [(-HOUR, 0.0), (HOUR, 0.0), (0.0, HOUR), (0.0, -HOUR), (-HOUR, HOUR), (-30.0, 0.0), (8.0, 0.0), (HOUR, HOUR)]


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (60.0, CancelReason.TOO_SOON),
        (117.0, CancelReason.TOO_SOON),
        (123.0, CancelReason.OPEN),
        (500.0, CancelReason.OPEN),
        (897.0, CancelReason.OPEN),
    ],
)
async def test_a_window_is_true_after_a_restart_under_a_corrected_clock(
    open_bench: OpenBench, tmp_path: Path, ahead: tuple[float, float], age: float, reason: CancelReason
) -> None:
    bench, entry = await restarted(open_bench, tmp_path / "journal.sqlite3", ahead=ahead, age=age)
    await bench.poll()
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is reason
    if reason is CancelReason.OPEN:
        assert await bench.cancel(entry.id) is CommandOutcome.REQUESTED


@pytest.mark.parametrize("ahead", AHEAD)
async def test_what_two_measurements_cannot_tell_is_left_to_the_service(
    open_bench: OpenBench, tmp_path: Path, ahead: tuple[float, float]
) -> None:
    bench, entry = await restarted(open_bench, tmp_path / "journal.sqlite3", ahead=ahead, age=119.7)
    await bench.poll()
    was_set = ahead[0] != ahead[1]
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is (
        CancelReason.PERHAPS_OPEN if was_set else CancelReason.TOO_SOON
    )
    await bench.desk.close()
    third = await bench_again(open_bench, bench, tmp_path / "journal.sqlite3", ahead=ahead[1])
    reason = third.desk.cancellation(third.entry(entry.id)).reason
    assert reason is (CancelReason.PERHAPS_OPEN if was_set else CancelReason.TOO_SOON), "no more is known by now"


async def bench_again(open_bench: OpenBench, bench: Bench, journal: Path, *, ahead: float) -> Bench:
    again = await open_bench(journal=journal, sandbox=bench.sandbox, clock_ahead=ahead)
    await again.poll()
    return again


async def test_an_armed_cancel_goes_out_in_time_after_a_restart_under_a_corrected_clock(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=journal, clock_ahead=-HOUR)
    await first.poll()
    entry = await first.order()
    assert await first.cancel(entry.id) is CommandOutcome.ARMED
    await first.desk.close()
    second = await bench_again(open_bench, first, journal, ahead=0.0)
    await second.poll(seconds=117)
    await second.desk.run_schedule()
    assert second.sandbox.count("PUT", "*/cancel/") == 0
    await second.poll(seconds=6)
    await second.desk.run_schedule()
    await second.poll(seconds=1)
    assert second.entry(entry.id).record.order.status is Status.CANCELED


async def test_a_clock_that_was_set_unseen_leaves_the_window_to_the_service(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    """A journal of a numdeck that did not keep the offset: the purchase may have been noted by either clock."""
    journal = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    entry = await first.order()
    await first.desk.close()
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("DELETE FROM service_clock")
    first.clock.advance(600)
    second = await bench_again(open_bench, first, journal, ahead=-HOUR)
    assert second.desk.cancellation(second.entry(entry.id)).reason is CancelReason.PERHAPS_OPEN
    assert await second.cancel(entry.id) is CommandOutcome.REQUESTED


async def test_a_service_whose_dates_jump_forbids_nothing_after_a_restart(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    bench, entry = await restarted(open_bench, tmp_path / "journal.sqlite3", ahead=(0.0, 0.0), age=500)
    nonsense = {"Date": formatdate(bench.clock.now() + 5 * HOUR, usegmt=True)}
    bench.sandbox.faults.add(Fault(action="answer", status=502, headers=nonsense))
    await bench.poll()
    await bench.poll(seconds=5)
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is CancelReason.PERHAPS_OPEN
    assert await bench.cancel(entry.id) is CommandOutcome.REQUESTED


async def test_a_service_that_tells_no_date_is_taken_to_have_met_the_same_clock(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    nonsense = {"Date": "Thu, 01 Jan 1970 00:00:03 GMT"}
    bench, entry = await restarted(open_bench, tmp_path / "journal.sqlite3", ahead=(HOUR, HOUR), age=500)
    bench.sandbox.faults.add(Fault(action="answer", status=502, headers=nonsense, times=3))
    await bench.desk.poll_once()
    assert bench.desk.clock.skew is None
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is CancelReason.OPEN


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
async def test_a_purchase_lost_before_the_first_answer_is_settled_by_the_services_time(
    open_bench: OpenBench, ahead: float
) -> None:
    bench = await open_bench(clock_ahead=ahead)
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await ask_at_once(bench)
    assert attempt.state is AttemptState.UNKNOWN
    for _ in range(4):
        await bench.poll(seconds=10)
    (candidate,) = await bench.desk.candidates(attempt.id)  # without a price, which nobody asked for, it is not claimed
    assert candidate.verdict.is_consistent
    await bench.desk.resolve_by_hand(attempt.id, candidate.record.id)
    (entry,) = bench.desk.state.entries.values()
    assert entry.record.request == TELEGRAM
    now = bench.clock.now()
    assert now - 45 <= entry.record.bought.earliest <= entry.record.bought.latest <= now


async def ask_at_once(bench: Bench) -> Attempt:
    """Order without waiting for a look at the history, as after five seconds without one."""
    return await bench.desk._purchaser.order(TELEGRAM)


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
async def test_rows_that_ended_stay_as_long_as_they_should_under_a_corrected_clock(
    open_bench: OpenBench, tmp_path: Path, ahead: float
) -> None:
    journal = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=journal, clock_ahead=ahead)
    await first.poll()
    entry = await first.order()
    first.sandbox.deliver(entry.id, "79373")
    await first.poll(seconds=5)
    await first.desk.close()
    first.sandbox.faults.add(Fault(action="cut", times=3))
    second = await bench_again(open_bench, first, journal, ahead=0.0)  # its first poll fails
    assert entry.id in second.desk.state.entries
    await second.poll(seconds=60)
    assert entry.id in second.desk.state.entries


@pytest.mark.parametrize("ahead", [(HOUR, 0.0), (-HOUR, 0.0)])
async def test_an_absence_is_as_long_as_it_was(
    open_bench: OpenBench, tmp_path: Path, ahead: tuple[float, float]
) -> None:
    bench, entry = await restarted(open_bench, tmp_path / "journal.sqlite3", ahead=ahead, age=180)
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll()
    assert any("(3 min): 1 code, 1 order ended" in sentence for sentence in bench.told)
