"""Cancel means cancel: when it is sent, what is claimed before it is confirmed, and what refusals teach."""

from __future__ import annotations

import asyncio

from numdeck.desk.events import CommandOutcome
from numdeck.desk.state import Phase
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep, FailureKind
from numdeck.model.order import Status, wire_id
from numdeck.model.request import Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import Bench, until


def puts(bench: Bench) -> int:
    return bench.sandbox.count("PUT", "*/cancel/")


async def test_a_cancel_is_requested_and_then_confirmed(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=2, seconds=1)
    assert await bench.cancel(entry.id) is CommandOutcome.REQUESTED
    assert bench.entry(entry.id).cancel is CancelStep.REQUESTED
    assert bench.entry(entry.id).record.order.status is Status.WAITING
    await bench.poll(seconds=1)
    after = bench.entry(entry.id)
    assert (after.phase, after.record.order.status) == (Phase.ENDED, Status.CANCELED)
    assert bench.sandbox.refunds[-1].order_id.hex == entry.id
    assert puts(bench) == 1


async def test_too_soon_from_the_server_tightens_the_interval(bench: Bench) -> None:
    """Bought elsewhere between two polls: the earliest instant would allow it, the server says no."""
    bench.clock.advance(minutes=3)
    order = bench.sandbox.buy(Purchase())
    await bench.poll(seconds=1)
    entry = next(iter(bench.desk.state.entries.values()))
    assert bench.desk.cancellation(entry).reason is CancelReason.PERHAPS_OPEN
    result = await bench.desk.cancel(entry.id)
    assert (result.outcome, result.reason) == (CommandOutcome.REFUSED, CancelReason.TOO_SOON)
    assert "2 minutes" in result.said
    after = bench.entry(entry.id)
    assert after.record.bought.earliest == bench.clock.now() - 120
    assert result.cancellation == bench.desk.cancellation(after)
    assert after.intent is CancelIntent.ARMED, "as where the rule itself says that it is too soon"
    assert order.id.hex == entry.id


async def test_too_late_from_the_server_closes_the_window(bench: Bench) -> None:
    bench.sandbox.buy(Purchase())
    await bench.poll(seconds=1)
    (entry,) = bench.desk.state.entries.values()
    detail = {"detail": "You can cancel the phone number 20 minutes after you bought it."}
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=400, body=detail))
    bench.clock.advance(minutes=4)
    await bench.desk.cancel(entry.id)
    bench.clock.advance(seconds=1)
    assert bench.desk.cancellation(bench.entry(entry.id)).reason is CancelReason.TOO_LATE


async def test_already_received_looks_the_code_up(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.deliver(entry.id, "79373")
    result = await bench.desk.cancel(entry.id)
    assert (result.outcome, result.reason) == (CommandOutcome.REFUSED, CancelReason.CODE_RECEIVED)
    await bench.desk.follow_once()
    assert bench.codes_told == ["79373"]


async def test_a_lost_answer_is_resolved_by_looking_up_the_order(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(Fault(method="PUT", when="after", action="cut", times=None))
    await bench.desk.cancel(entry.id)
    await bench.poll(seconds=1)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED


async def test_a_lost_request_can_be_repeated(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="cut", times=None))
    await bench.desk.cancel(entry.id)
    await bench.poll(seconds=1)
    after = bench.entry(entry.id)
    assert (after.phase, after.cancel) == (Phase.LISTED, CancelStep.NONE)
    assert bench.desk.cancellation(after).allowed
    bench.sandbox.faults.clear()
    assert await bench.cancel(entry.id) is CommandOutcome.REQUESTED


async def test_a_lookup_that_began_before_the_request_proves_nothing(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(Fault(path="/api/v1/numbers/", action="answer", status=200, body=[]))
    await bench.poll(seconds=0)
    detail = f"*/{wire_id(entry.id)}/"
    bench.sandbox.faults.add(Fault(method="GET", path=detail, when="after", action="delay", seconds=0.5))
    bench.clock.advance(1)
    lookup_count = bench.sandbox.count("GET", detail)
    looking = asyncio.create_task(bench.desk.follow_once())
    await until(lambda: bench.sandbox.count("GET", detail) > lookup_count)
    bench.sandbox.faults.add(Fault(method="PUT", when="after", action="cut"))
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="cut", times=None))
    await bench.desk.cancel(entry.id)
    assert bench.entry(entry.id).cancel is CancelStep.UNSURE
    await looking
    assert bench.entry(entry.id).cancel is CancelStep.UNSURE
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).record.order.status is Status.CANCELED


async def test_rentals_are_never_sent(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK))
    await bench.poll(minutes=3)
    result = await bench.desk.cancel(order.id.hex)
    assert result.outcome is CommandOutcome.NOT_ALLOWED
    assert result.cancellation is not None
    assert result.cancellation.reason is CancelReason.RENTAL
    assert puts(bench) == 0


async def test_an_ignored_request_can_be_repeated(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(Fault(method="PUT", action="answer", status=200, body={"detail": "Cancel processed"}))
    await bench.desk.cancel(entry.id)
    assert bench.entry(entry.id).cancel is CancelStep.REQUESTED
    for _ in range(10):
        await bench.poll(seconds=30)
    after = bench.entry(entry.id)
    assert (after.cancel, after.record.order.status) == (CancelStep.NONE, Status.WAITING)
    assert after.failure == CancelFailure(FailureKind.IGNORED)
