"""How often the follower looks in vain before it does something else."""

from __future__ import annotations

from numdeck.desk.state import Phase
from numdeck.model.cancellation import CancelFailure, CancelStep, FailureKind
from numdeck.model.order import wire_id
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.settings import Quirks
from tests.support import Bench, OpenBench

HISTORY = "*/history/"


def lookup_count(bench: Bench, order_id: str) -> int:
    """How often the detail of an order was asked for."""
    return bench.sandbox.count("GET", f"*/{wire_id(order_id)}/")


async def test_a_purchase_without_detail_is_looked_for_in_the_history_after_five_looks(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(assigning_seconds=7200, missing=frozenset({"detail"})))
    await bench.poll()
    entry = await bench.order()
    assert bench.entry(entry.id).phase is Phase.ASSIGNING
    asked = bench.sandbox.count("GET", HISTORY)
    while bench.sandbox.count("GET", HISTORY) == asked:
        assert lookup_count(bench, entry.id) <= 5
        await bench.poll(seconds=1)
    assert lookup_count(bench, entry.id) == 6


async def test_a_vanished_order_without_detail_is_looked_for_in_the_history_at_once(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(missing=frozenset({"detail"})))
    await bench.poll()
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "79373")
    asked = bench.sandbox.count("GET", HISTORY)
    await bench.poll(seconds=5)
    assert (lookup_count(bench, entry.id), bench.sandbox.count("GET", HISTORY) - asked) == (1, 1)


async def test_a_cancel_that_was_taken_and_not_done_can_be_pressed_again_after_seven_looks(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    taken = {"detail": "Cancel processed"}
    bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=200, body=taken))
    await bench.desk.cancel(entry.id)
    asked = lookup_count(bench, entry.id)
    while bench.entry(entry.id).cancel is CancelStep.REQUESTED:
        assert lookup_count(bench, entry.id) - asked <= 6
        await bench.poll(seconds=1)
    assert lookup_count(bench, entry.id) - asked == 7
    assert bench.entry(entry.id).cancel is CancelStep.NONE
    assert bench.entry(entry.id).failure == CancelFailure(FailureKind.IGNORED)
