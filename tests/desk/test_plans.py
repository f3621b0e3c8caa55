"""Cancelling without a key press: armed orders, auto-cancel, and what becomes of both when something goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from numdeck.desk.desk import DeskSettings
from numdeck.desk.events import PlanDropped, PlanDue
from numdeck.desk.plans import AGAIN_AFTER
from numdeck.desk.state import CancelStep
from numdeck.model.order import Status
from numdeck.model.plan import CancelPlan
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import Bench, OpenBench

AUTO = DeskSettings(auto_cancel_after=840.0)


def puts(bench: Bench) -> int:
    return bench.sandbox.count("PUT", "*/cancel/")


def dropped(bench: Bench) -> list[str]:
    return [event.why for event in bench.events if isinstance(event, PlanDropped)]


def autos(bench: Bench) -> int:
    return sum(isinstance(event, PlanDue) and event.is_auto for event in bench.events)


@pytest.fixture
async def auto(open_bench: OpenBench) -> Bench:
    """A desk that cancels by itself after 14 minutes."""
    bench = await open_bench(desk_settings=AUTO)
    await bench.poll()
    return bench


async def test_too_early_arms_again_disarms_and_armed_is_sent_when_the_window_opens(bench: Bench) -> None:
    entry = await bench.order()
    assert "Armed" in await bench.desk.cancel(entry.id)
    assert await bench.desk.follow_plans() == 30
    await bench.poll(minutes=1, seconds=50)
    assert await bench.desk.follow_plans() == 10
    assert puts(bench) == 0
    bench.clock.advance(seconds=10)
    await bench.desk.follow_plans()
    assert puts(bench) == 1
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED


async def test_disarmed_is_not_sent(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    assert "Disarmed" in await bench.desk.cancel(entry.id)
    await bench.poll(minutes=3)
    await bench.desk.follow_plans()
    assert puts(bench) == 0


async def test_a_code_disarms(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(minutes=3)
    await bench.desk.follow_plans()
    assert puts(bench) == 0
    assert bench.entry(entry.id).plan is CancelPlan.NONE


async def test_what_is_armed_is_armed_after_a_restart(open_bench: OpenBench, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    armed, free = await first.order(), await first.order()
    await first.desk.cancel(armed.id)
    await first.desk.close()
    again = await open_bench(journal=journal, sandbox=first.sandbox)
    assert again.entry(armed.id).plan is CancelPlan.ARMED
    assert again.entry(free.id).plan is CancelPlan.NONE
    again.clock.advance(minutes=3)
    await again.desk.follow_plans()
    assert puts(again) == 0, "nobody has looked yet: a code may have come"
    await again.poll()
    await again.desk.follow_plans()
    await again.poll(seconds=1)
    assert again.entry(armed.id).record.order.status is Status.CANCELED
    assert again.entry(free.id).is_open


async def test_what_a_second_numdeck_disarmed_is_not_cancelled(open_bench: OpenBench, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    entry = await first.order()
    await first.desk.cancel(entry.id)
    second = await open_bench(journal=journal, sandbox=first.sandbox)
    assert "Disarmed" in await second.desk.cancel(entry.id)
    await first.poll(minutes=3)
    await first.desk.follow_plans()
    assert puts(first) == 0
    assert first.entry(entry.id).plan is CancelPlan.NONE


async def test_a_cancellation_that_does_not_get_through_is_sent_until_it_does(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    await bench.poll(minutes=2)
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=500, times=None))
    for _ in range(3):
        await bench.desk.follow_plans()
        sent = puts(bench)
        assert bench.entry(entry.id).cancel is CancelStep.UNSURE
        await bench.poll(seconds=1)  # the detail says that it did not arrive
        assert (bench.entry(entry.id).plan, bench.entry(entry.id).cancel) == (CancelPlan.ARMED, CancelStep.NONE)
        assert "tried again" in bench.entry(entry.id).note
        await bench.desk.follow_plans()
        assert puts(bench) == sent, "not at once"
        bench.clock.advance(AGAIN_AFTER)
    bench.sandbox.faults.clear()
    await bench.desk.follow_plans()
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED
    assert not dropped(bench)


async def test_a_window_that_closes_first_is_told(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.clock.advance(minutes=15, seconds=1)
    await bench.desk.follow_plans()
    assert dropped(bench) == ["Too late to cancel: the window has closed."]
    assert bench.entry(entry.id).plan is CancelPlan.NONE
    await bench.desk.follow_plans()
    assert (len(dropped(bench)), puts(bench)) == (1, 0)


async def test_a_refusal_is_told_and_not_asked_for_again(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    await bench.poll(minutes=2)
    detail = {"detail": "This number cannot be cancelled."}
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=400, body=detail, times=None))
    for _ in range(3):
        await bench.desk.follow_plans()
        await bench.poll(seconds=AGAIN_AFTER)
    assert (dropped(bench), puts(bench)) == (["This number cannot be cancelled."], 1)
    assert bench.entry(entry.id).plan is CancelPlan.KEPT


async def test_a_refusal_after_a_lost_answer_may_be_of_what_was_done_already(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.sandbox.faults.add(Fault(method="PUT", when="after", action="cut"))
    bench.clock.advance(minutes=2, seconds=10)
    await bench.desk.poll_once()
    await bench.desk.follow_plans()
    assert bench.sandbox.order(entry.id).status == "canceled"
    assert bench.entry(entry.id).cancel is CancelStep.UNSURE
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED
    assert not dropped(bench)


async def test_an_order_without_a_code_is_cancelled_in_time(auto: Bench) -> None:
    entry = await auto.order()
    await auto.poll(minutes=13, seconds=55)
    assert await auto.desk.follow_plans() == 5
    assert (puts(auto), autos(auto)) == (0, 0)
    auto.clock.advance(seconds=5)
    await auto.desk.follow_plans()
    assert (puts(auto), autos(auto)) == (1, 1)
    await auto.poll(seconds=1)
    assert auto.entry(entry.id).record.order.status is Status.CANCELED


async def test_auto_cancel_is_tried_until_the_window_closes(auto: Bench) -> None:
    entry = await auto.order()
    await auto.poll(minutes=14)
    auto.sandbox.faults.add(Fault(method="PUT", when="before", action="cut", times=None))
    while auto.entry(entry.id).is_open:
        await auto.desk.follow_plans()
        await auto.poll(seconds=AGAIN_AFTER)
    await auto.desk.follow_plans()
    assert puts(auto) > 3
    assert autos(auto) == 1, "told once"
    assert dropped(auto) == ["It ended before the cancellation got through: no SMS."]


async def test_auto_cancel_leaves_alone_what_has_a_code_is_kept_or_was_bought_elsewhere(auto: Bench) -> None:
    with_code, kept = await auto.order(), await auto.order()
    auto.sandbox.buy(Purchase())
    auto.sandbox.deliver(with_code.id, "79373")
    assert "only by hand" in await auto.desk.keep(kept.id)
    for _ in range(15):
        await auto.poll(minutes=1)
        await auto.desk.follow_plans()
    assert (puts(auto), autos(auto)) == (0, 0)


async def test_kept_no_longer_is_cancelled_in_time_again(auto: Bench) -> None:
    entry = await auto.order()
    await auto.desk.keep(entry.id)
    assert await auto.desk.keep(entry.id) == "No longer kept. Without a code it is cancelled by itself in 14:00."
    await auto.poll(minutes=14)
    await auto.desk.follow_plans()
    assert autos(auto) == 1


async def test_nothing_is_kept_that_nothing_threatens(bench: Bench) -> None:
    entry = await bench.order()
    assert await bench.desk.keep(entry.id) == "Nothing cancels this order by itself."
    assert bench.entry(entry.id).plan is CancelPlan.NONE


async def test_a_restart_after_the_time_finds_the_window_closed_and_says_nothing(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    first = await open_bench(journal=journal, desk_settings=AUTO)
    await first.poll()
    await first.order()
    await first.desk.close()
    again = await open_bench(journal=journal, sandbox=first.sandbox, desk_settings=AUTO)
    await again.poll(minutes=15, seconds=1)
    await again.desk.follow_plans()
    assert (puts(again), autos(again), dropped(again)) == (0, 0, [])
