"""What fails keeps nothing else from being looked up: not a code, not the end of another order."""

from __future__ import annotations

import asyncio

from numdeck.desk.lookups import HISTORY_AGAIN
from numdeck.desk.state import Phase
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import CancelStep
from numdeck.model.order import Status, wire_id
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.settings import Quirks
from tests.support import Bench, OpenBench, until

HISTORY = "*/history/"
ACTIVE = "/api/v1/numbers/"


async def polls_until_told(bench: Bench, codes: int = 1, most: int = 60) -> int:
    """How many polls, five seconds apart, it takes until so many codes were told."""
    for count in range(most):
        if len(bench.codes_told) >= codes:
            return count
        await bench.poll(seconds=5)
    return most


async def test_many_vanish_while_the_history_fails(bench: Bench) -> None:
    entries = [await bench.order() for _ in range(5)]
    await bench.poll(seconds=5)
    bench.sandbox.faults.add(Fault(path=HISTORY, action="answer", status=404, times=None))
    asked = bench.sandbox.count("GET", HISTORY)
    for number, entry in enumerate(entries):
        bench.sandbox.deliver(entry.id, f"100{number}")
    assert await polls_until_told(bench, codes=5) <= 1
    for _ in range(20):
        await bench.poll(seconds=1)
    assert bench.sandbox.count("GET", HISTORY) - asked <= 1 + 25 / HISTORY_AGAIN


async def test_one_detail_fails(bench: Bench) -> None:
    ailing, well = await bench.order(), await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.faults.add(Fault(path=f"*/{wire_id(ailing.id)}/", action="answer", status=500, times=None))
    bench.sandbox.deliver(ailing.id, "1111")
    bench.sandbox.deliver(well.id, "2222")
    await bench.poll(seconds=5)
    assert bench.codes_told == ["2222"]


async def test_the_history_is_slow(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "79373")
    bench.sandbox.faults.add(Fault(path=HISTORY, action="delay", seconds=1.0))
    bench.clock.advance(minutes=10)
    await bench.desk.poll_once()
    asked = bench.sandbox.count("GET", HISTORY)
    looking = asyncio.create_task(bench.desk.follow_once())
    await until(lambda: bench.sandbox.count("GET", HISTORY) > asked)
    assert bench.codes_told == ["79373"]
    await looking


async def test_each_list_has_an_entry_that_cannot_be_read(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "79373")
    unreadable = Fault(path=ACTIVE, action="answer", status=200, body=[{"id": None}], times=None)
    bench.sandbox.faults.add(unreadable)
    assert await polls_until_told(bench) <= 1


async def test_what_is_missing_from_an_unreadable_list_is_not_looked_up_for_ever(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.faults.add(Fault(path=ACTIVE, action="answer", status=200, body=[{"id": None}]))
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).next_lookup_at is not None
    await bench.poll(seconds=5)
    assert (bench.entry(entry.id).phase, bench.entry(entry.id).next_lookup_at) == (Phase.LISTED, None)


async def test_an_order_that_could_not_be_read_at_first_may_be_older_than_the_list_before(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase())
    bench.sandbox.faults.add(Fault(path=ACTIVE, action="answer", status=200, body=[{"id": None}]))
    await bench.poll(minutes=9)
    await bench.poll(seconds=5)
    entry = bench.entry(order.id.hex)
    assert entry.record.bought.is_open
    assert bench.desk.cancellation(entry).reason is CancelReason.PERHAPS_OPEN


async def test_an_order_bought_elsewhere_vanishes_before_it_has_a_number(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase())
    without_number = {"id": order.id.hex, "status": "waiting", "provider": "virtual", "phone_number": None}
    bench.sandbox.faults.add(Fault(path=ACTIVE, action="answer", status=200, body=[without_number]))
    await bench.poll(seconds=5)
    assert bench.entry(order.id.hex).phase is Phase.ASSIGNING
    bench.sandbox.deliver(order.id, "4321")
    assert await polls_until_told(bench) <= 1


async def test_a_cancel_that_did_not_arrive_leaves_a_vanished_order_looked_up(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(detail_lag=20))
    await bench.poll()
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(Fault(method="PUT", action="cut", times=None))
    await bench.desk.cancel(entry.id)
    bench.sandbox.deliver(entry.id, "8888")
    await bench.poll(seconds=5)
    assert (bench.entry(entry.id).phase, bench.entry(entry.id).cancel) == (Phase.FOLLOWING, CancelStep.NONE)
    assert await polls_until_told(bench) <= 6


async def test_a_purchase_without_number_and_detail_costs_a_request_a_minute(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(assigning_seconds=7200, missing=frozenset({"detail"})))
    await bench.poll()
    await bench.order()
    asked = bench.sandbox.count("GET", HISTORY)
    for _ in range(360):
        await bench.poll(seconds=10)
    assert bench.sandbox.count("GET", HISTORY) - asked <= 70


async def test_an_end_told_meanwhile_and_taken_note_of_does_not_come_back(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "9999")
    bench.clock.advance(5)
    await bench.desk.poll_once()
    bench.sandbox.faults.add(Fault(path=f"*/{wire_id(entry.id)}/", when="after", action="delay", seconds=0.5))
    looking = asyncio.create_task(bench.desk.follow_once())
    await until(lambda: bench.sandbox.count("GET", f"*/{wire_id(entry.id)}/") > 0)
    ended = {"id": entry.id, "status": "success", "history_sms_code": ["9999"]}  # a list may tell an end as well
    bench.sandbox.faults.add(Fault(path=ACTIVE, action="answer", status=200, body=[ended]))
    await bench.desk.poll_once()
    await bench.see(entry.id)
    await looking
    assert entry.id not in bench.desk.state.entries
    assert bench.codes_told == ["9999"]


async def test_an_end_by_an_unknown_status_is_an_end_when_the_history_has_it(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.finish(entry.id, "refund")
    odd = {"id": entry.id, "status": "expired", "provider": "virtual"}
    bench.sandbox.faults.add(Fault(path=f"*/{wire_id(entry.id)}/", action="answer", status=200, body=odd, times=None))
    bench.sandbox.faults.add(Fault(path=HISTORY, action="answer", status=200, body=[odd], times=None))
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.FOLLOWING, "the detail may mean anything by it"
    await bench.poll(minutes=5)
    await bench.poll(seconds=1)
    after = bench.entry(entry.id)
    assert (after.phase, after.record.order.status) == (Phase.ENDED, Status.ENDED)
    assert after.record.order.status_label == "expired"
    assert not after.record.order.status.is_refunded
