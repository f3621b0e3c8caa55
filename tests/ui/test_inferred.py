"""What was only inferred is shown as such, and an unknown purchase that is the operator's to decide says so."""

from __future__ import annotations

from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import TELEGRAM, Bench
from tests.ui.support import operator_at


async def test_the_details_say_that_an_order_was_inferred(bench: Bench) -> None:
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    await bench.desk.order(TELEGRAM)
    async with operator_at(bench) as operator:
        await operator.poll(seconds=5)
        await operator.press("enter")
        assert "inferred (the answer was lost)" in operator.screen
        assert "answer was lost" in operator.screen


async def test_a_search_that_has_ended_leaves_the_choice_to_the_operator(bench: Bench) -> None:
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    await bench.desk.order(TELEGRAM)
    bench.sandbox.buy(Purchase(service_code="wa", country_code="667"))
    async with operator_at(bench) as operator:
        await operator.poll(seconds=5)
        assert "looking…" in operator.screen
        for _ in range(4):
            await operator.poll(seconds=35)
        assert "choose…" in operator.screen
        assert "The search has ended" in operator.screen
        await operator.press("enter")
        assert "only you can say" in operator.screen
        await operator.press("down")
        assert "Against it: another price." in operator.screen
