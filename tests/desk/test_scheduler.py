"""Cancelling without a key press: armed orders, auto-cancel, and what becomes of both when something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.api.client import Placed
from numdeck.desk.events import CancelDropped, CancelDue, CommandOutcome
from numdeck.desk.settings import DeskSettings
from numdeck.desk.state import Entry
from numdeck.journal.journal import Journal
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep, FailureKind, again_after
from numdeck.model.order import Status
from numdeck.model.request import OrderRequest
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import Bench, OpenBench

AGAIN_AT_THE_LATEST = again_after(1000)
AUTO = DeskSettings(auto_cancel_after=840.0)


def puts(bench: Bench) -> int:
    return bench.sandbox.count("PUT", "*/cancel/")


def dropped(bench: Bench) -> list[tuple[CancelReason, str]]:
    return [(event.reason, event.said) for event in bench.events if isinstance(event, CancelDropped)]


def autos(bench: Bench) -> int:
    return sum(isinstance(event, CancelDue) and event.is_auto for event in bench.events)


@pytest.fixture
async def auto(open_bench: OpenBench) -> Bench:
    """A desk that cancels automatically after 14 minutes."""
    bench = await open_bench(desk_settings=AUTO)
    await bench.poll()
    return bench


async def test_an_armed_order_is_cancelled_when_the_window_opens(bench: Bench) -> None:
    entry = await bench.order()
    assert await bench.cancel(entry.id) is CommandOutcome.ARMED
    assert await bench.desk.run_schedule() == 30
    await bench.poll(minutes=1, seconds=50)
    assert await bench.desk.run_schedule() == 10
    assert puts(bench) == 0
    bench.clock.advance(seconds=10)
    await bench.desk.run_schedule()
    assert puts(bench) == 1
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED


async def test_a_disarmed_order_is_not_cancelled(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    assert await bench.cancel(entry.id) is CommandOutcome.DISARMED
    await bench.poll(minutes=3)
    await bench.desk.run_schedule()
    assert puts(bench) == 0


async def test_a_code_disarms(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(minutes=3)
    await bench.desk.run_schedule()
    assert puts(bench) == 0
    assert bench.entry(entry.id).intent is CancelIntent.NONE


async def test_armed_survives_a_restart(open_bench: OpenBench, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    armed, free = await first.order(), await first.order()
    await first.desk.cancel(armed.id)
    await first.desk.close()
    again = await open_bench(journal=journal, sandbox=first.sandbox)
    assert again.entry(armed.id).intent is CancelIntent.ARMED
    assert again.entry(free.id).intent is CancelIntent.NONE
    again.clock.advance(minutes=3)
    await again.desk.run_schedule()
    assert puts(again) == 0, "nobody has looked yet: a code may have come"
    await again.poll()
    await again.desk.run_schedule()
    await again.poll(seconds=1)
    assert again.entry(armed.id).record.order.status is Status.CANCELED
    assert again.entry(free.id).is_open


async def test_disarmed_by_a_second_numdeck(open_bench: OpenBench, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    first = await open_bench(journal=journal)
    await first.poll()
    entry = await first.order()
    await first.desk.cancel(entry.id)
    second = await open_bench(journal=journal, sandbox=first.sandbox)
    assert await second.cancel(entry.id) is CommandOutcome.DISARMED
    await first.poll(minutes=3)
    await first.desk.run_schedule()
    assert puts(first) == 0
    assert first.entry(entry.id).intent is CancelIntent.NONE


async def test_a_failed_request_is_repeated(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    await bench.poll(minutes=2)
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=500, times=None))
    for _ in range(3):
        await bench.desk.run_schedule()
        sent = puts(bench)
        assert bench.entry(entry.id).cancel is CancelStep.UNSURE
        await bench.poll()  # the detail says that it did not arrive
        assert (bench.entry(entry.id).intent, bench.entry(entry.id).cancel) == (CancelIntent.ARMED, CancelStep.NONE)
        assert bench.entry(entry.id).failure == CancelFailure(FailureKind.LOST)
        await bench.desk.run_schedule()
        assert puts(bench) == sent, "not at once"
        bench.clock.advance(AGAIN_AT_THE_LATEST)
    bench.sandbox.faults.clear()
    await bench.desk.run_schedule()
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED
    assert not dropped(bench)


async def test_the_window_closes_before_an_armed_order_is_cancelled(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.clock.advance(minutes=15, seconds=1)
    await bench.desk.run_schedule()
    assert dropped(bench) == [(CancelReason.TOO_LATE, "")]
    assert bench.entry(entry.id).intent is CancelIntent.NONE
    await bench.desk.run_schedule()
    assert (len(dropped(bench)), puts(bench)) == (1, 0)


async def test_a_refusal_is_announced_and_not_repeated(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    await bench.poll(minutes=2)
    detail = {"detail": "This number cannot be cancelled."}
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=400, body=detail, times=None))
    for _ in range(3):
        await bench.desk.run_schedule()
        await bench.poll(seconds=AGAIN_AT_THE_LATEST)
    assert (dropped(bench), puts(bench)) == ([(CancelReason.NOT_OFFERED, "This number cannot be cancelled.")], 1)
    assert bench.entry(entry.id).intent is CancelIntent.KEPT


async def test_a_refusal_after_a_lost_answer_is_looked_into(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.sandbox.faults.add(Fault(method="PUT", when="after", action="cut"))
    bench.clock.advance(minutes=2, seconds=10)
    await bench.desk.poll_once()
    await bench.desk.run_schedule()
    assert bench.sandbox.order(entry.id).status == "canceled"
    assert bench.entry(entry.id).cancel is CancelStep.UNSURE
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED
    assert not dropped(bench)


async def test_auto_cancel_without_a_code(auto: Bench) -> None:
    entry = await auto.order()
    await auto.poll(minutes=13, seconds=55)
    assert await auto.desk.run_schedule() == 5
    assert (puts(auto), autos(auto)) == (0, 0)
    auto.clock.advance(seconds=5)
    await auto.desk.run_schedule()
    assert (puts(auto), autos(auto)) == (1, 1)
    await auto.poll(seconds=1)
    assert auto.entry(entry.id).record.order.status is Status.CANCELED


async def test_auto_cancel_is_repeated_until_the_window_closes(auto: Bench) -> None:
    entry = await auto.order()
    await auto.poll(minutes=14)
    auto.sandbox.faults.add(Fault(method="PUT", when="before", action="cut", times=None))
    while auto.entry(entry.id).is_open:
        await auto.desk.run_schedule()
        await auto.poll(seconds=AGAIN_AT_THE_LATEST)
    await auto.desk.run_schedule()
    assert puts(auto) > 3
    assert autos(auto) == 1, "told once"
    assert dropped(auto) == [(CancelReason.ENDED, "")]


async def test_auto_cancel_spares_codes_kept_orders_and_strangers(auto: Bench) -> None:
    with_code, kept = await auto.order(), await auto.order()
    auto.sandbox.buy(Purchase())
    auto.sandbox.deliver(with_code.id, "79373")
    assert (await auto.desk.keep(kept.id)).outcome is CommandOutcome.KEPT
    for _ in range(15):
        await auto.poll(minutes=1)
        await auto.desk.run_schedule()
    assert (puts(auto), autos(auto)) == (0, 0)


async def test_auto_cancel_after_keeping_was_undone(auto: Bench) -> None:
    entry = await auto.order()
    await auto.desk.keep(entry.id)
    result = await auto.desk.keep(entry.id)
    assert result.outcome is CommandOutcome.NOT_KEPT
    assert result.cancellation is not None
    assert result.cancellation.automatic_at == entry.record.bought.earliest + 840
    await auto.poll(minutes=14)
    await auto.desk.run_schedule()
    assert autos(auto) == 1


async def test_nothing_to_keep_without_auto_cancel(bench: Bench) -> None:
    entry = await bench.order()
    assert (await bench.desk.keep(entry.id)).outcome is CommandOutcome.NOTHING_TO_KEEP
    assert bench.entry(entry.id).intent is CancelIntent.NONE


async def test_auto_cancel_is_silent_after_the_window_closed_unwatched(open_bench: OpenBench, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    first = await open_bench(journal=journal, desk_settings=AUTO)
    await first.poll()
    await first.order()
    await first.desk.close()
    again = await open_bench(journal=journal, sandbox=first.sandbox, desk_settings=AUTO)
    await again.poll(minutes=15, seconds=1)
    await again.desk.run_schedule()
    assert (puts(again), autos(again), dropped(again)) == (0, 0, [])


@pytest.mark.parametrize("after_sending", [0.0, 0.1, 0.35])
async def test_the_first_request_of_an_armed_order_succeeds(open_bench: OpenBench, after_sending: float) -> None:
    """The purchase is somewhere within its round trip; the earliest instant would be refused."""
    bench = await open_bench()
    await bench.poll()
    entry = await slow_order(bench, before=after_sending, after=0.4 - after_sending)
    await bench.desk.cancel(entry.id)
    await bench.poll(seconds=115)
    while True:
        wait = await bench.desk.run_schedule()
        if puts(bench):
            break
        bench.clock.advance(wait)
        assert bench.clock.now() < entry.record.bought.latest + 121
    assert not dropped(bench)
    await bench.desk.follow_once()
    assert (bench.entry(entry.id).record.order.status, puts(bench)) == (Status.CANCELED, 1)


async def slow_order(bench: Bench, *, before: float, after: float) -> Entry:
    """Order, with so many seconds before the service buys, and so many until its answer is there."""
    purchase = bench.desk._client.purchase

    async def slow(request: OrderRequest) -> Placed:
        sent_at = bench.clock.now()
        bench.clock.advance(before)
        placed = await purchase(request)
        return replace(placed, sent_at=sent_at, answered_at=bench.clock.advance(after))

    bench.desk._client.purchase = slow  # type: ignore[method-assign]
    return await bench.order()


async def test_a_window_that_opens_late_is_tried_every_second(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    detail = {"detail": "You can cancel the phone number 2 minutes after you bought it."}
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=400, body=detail, times=3))
    await bench.poll(minutes=2)
    for _ in range(3):
        await bench.desk.run_schedule()
        assert bench.entry(entry.id).intent is CancelIntent.ARMED
        assert await bench.desk.run_schedule() == 1
        bench.clock.advance(1)
    await bench.desk.run_schedule()
    await bench.poll()
    assert (bench.entry(entry.id).record.order.status, puts(bench)) == (Status.CANCELED, 4)


async def test_an_uncertain_opening_is_tried_step_by_step(
    bench: Bench,
) -> None:
    bench.clock.advance(100)
    order = bench.sandbox.buy(Purchase()).id.hex
    bench.clock.advance(10)
    await bench.poll()  # bought within the last 110 s
    bench.clock.advance(11)
    await bench.poll()
    result = await bench.desk.cancel(order)
    assert result.outcome is CommandOutcome.REFUSED
    assert result.cancellation is not None
    assert result.cancellation.is_armed
    assert result.cancellation.send_at is not None
    assert 25 < result.cancellation.send_at - bench.clock.now() < 30
    while bench.entry(order).is_open:
        await bench.poll(seconds=min(5.0, await bench.desk.run_schedule()))
        assert bench.clock.now() < bench.sandbox.order(order).bought_at + 150
    assert bench.entry(order).record.order.status is Status.CANCELED
    assert puts(bench) <= 12


async def test_after_a_long_stop_the_list_comes_before_an_armed_cancel(bench: Bench) -> None:
    coded, silent = await bench.order(), await bench.order()
    for entry in (coded, silent):
        await bench.desk.cancel(entry.id)
    await bench.poll(seconds=5)
    bench.clock.advance(minutes=10)  # the process was stopped
    bench.sandbox.deliver(coded.id, "79373")
    await bench.desk.run_schedule()
    assert puts(bench) == 1
    assert bench.entry(silent.id).cancel is CancelStep.REQUESTED
    await bench.desk.follow_once()
    assert bench.codes_told == ["79373"]
    await bench.desk.run_schedule()
    assert puts(bench) == 1
    assert bench.entry(silent.id).record.order.status is Status.CANCELED


async def test_after_a_long_stop_the_list_comes_before_auto_cancel(auto: Bench) -> None:
    entry = await auto.order()
    await auto.poll(seconds=5)
    auto.clock.advance(minutes=14)
    auto.sandbox.deliver(entry.id, "79373")
    await auto.desk.run_schedule()
    assert (puts(auto), autos(auto)) == (0, 0)


async def test_after_a_long_stop_a_failing_list_holds_nothing_up(auto: Bench) -> None:
    entry = await auto.order()
    await auto.poll(seconds=5)
    auto.clock.advance(minutes=14)
    lists = auto.sandbox.count("GET", "/api/v1/numbers/")
    auto.sandbox.faults.add(Fault(path="/api/v1/numbers/", method="GET", action="answer", status=400, times=None))
    await auto.desk.run_schedule()
    assert auto.sandbox.count("GET", "/api/v1/numbers/") == lists + 1
    assert auto.sandbox.order(entry.id).status == "canceled"


async def test_an_order_that_left_the_list_is_looked_up_first(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.clock.advance(minutes=2)
    bench.sandbox.faults.add(Fault(path="/api/v1/numbers/", method="GET", action="answer", status=200, body=[]))
    await bench.desk.poll_once()
    assert await bench.desk.run_schedule() > 0
    assert puts(bench) == 0
    await bench.desk.follow_once()
    await bench.desk.run_schedule()
    assert puts(bench) == 1


async def test_an_order_that_cannot_be_looked_up_is_cancelled_at_the_last_chance(
    bench: Bench,
) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    bench.clock.advance(minutes=14)
    bench.sandbox.faults.add(Fault(path="/api/v1/numbers/", method="GET", action="answer", status=200, body=[]))
    await bench.desk.poll_once()
    for wait in (30.0, 15.0):
        assert await bench.desk.run_schedule() == wait
        assert puts(bench) == 0
        bench.clock.advance(wait)
    await bench.desk._scheduler.send_due()
    assert puts(bench) == 1
    assert bench.sandbox.order(entry.id).status == "canceled"


async def test_two_polls_never_overlap(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(path="/api/v1/numbers/", method="GET", action="delay", seconds=0.2))
    await asyncio.gather(bench.desk.poll_once(), bench.desk.poll_once())
    assert bench.sandbox.count("GET", "/api/v1/numbers/") == 3


async def test_kept_at_the_last_moment_is_not_cancelled(auto: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await auto.order(), await auto.order()
    await auto.poll(minutes=14)
    begun, let_go, run = asyncio.Event(), asyncio.Event(), auto.desk._journal.run

    async def held(work: Callable[..., object], *given: object) -> object:
        if work is Journal.write:
            begun.set()
            await let_go.wait()
        return await run(work, *given)

    monkeypatch.setattr(auto.desk._journal, "run", held)
    following = asyncio.create_task(auto.desk.run_schedule())
    await begun.wait()
    keeping = asyncio.create_task(auto.desk.keep(second.id))
    await asyncio.sleep(0)  # it waits for its turn, before the second cancel does
    let_go.set()
    assert (await keeping).outcome is CommandOutcome.KEPT
    await following
    assert puts(auto) == 1
    assert auto.entry(first.id).cancel is CancelStep.REQUESTED
    assert (auto.entry(second.id).intent, auto.entry(second.id).cancel) == (CancelIntent.KEPT, CancelStep.NONE)
