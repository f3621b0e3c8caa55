"""Orders that the history has in `calculation` before anybody here saw them: shown there, followed to their end."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from numdeck.desk.lookups import HISTORY_AGAIN, HISTORY_EVERY
from numdeck.desk.state import Phase
from numdeck.journal.journal import Journal
from numdeck.model.history_query import HistoryQuery
from numdeck.model.order import Status, wire_id
from numdeck.model.record import OrderRecord
from numdeck.model.request import AttemptState
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import TELEGRAM, Bench, OpenBench
from tests.ui.support import operator_at

HISTORY = "*/history/"


async def in_the_history(bench: Bench) -> list[OrderRecord]:
    return await bench.desk._journal.run(Journal.history_page, HistoryQuery(), 0, 50)


async def calculated_elsewhere(open_bench: OpenBench, journal: Path | None = None) -> tuple[Bench, str]:
    """A desk that opens when an order of somebody else's is in calculation already."""
    bench = await open_bench(journal=journal)
    order = bench.sandbox.buy(Purchase())
    bench.sandbox.deliver(order.id, "79373", calculation_seconds=3600)
    await bench.poll()
    return bench, order.id.hex


async def test_it_stands_in_the_history_and_not_on_the_desk(open_bench: OpenBench) -> None:
    bench, order_id = await calculated_elsewhere(open_bench)
    (record,) = await in_the_history(bench)
    assert (record.id, record.order.status, record.ended_at) == (order_id, Status.CALCULATION, None)
    assert [code.text for code in record.codes] == ["79373"]
    assert not bench.desk.state.entries
    assert bench.codes_told == [], "it came before anybody here looked"
    await bench.desk.count_money()
    assert bench.desk.state.today.orders == 0, "nobody knows when it was bought"
    async with operator_at(bench) as operator:
        await operator.press("tab")
        assert "History 1" in operator.screen
        assert "calcula" in operator.line("not yet")
        assert "Nothing has ended yet" not in operator.screen


async def test_it_is_looked_at_until_it_has_its_end(open_bench: OpenBench) -> None:
    bench, order_id = await calculated_elsewhere(open_bench)
    bench.sandbox.finish(order_id, "refund")
    await bench.poll(seconds=HISTORY_AGAIN)
    (record,) = await in_the_history(bench)
    assert (record.order.status, record.ended_at) == (Status.REFUND, bench.clock.now())
    assert record.is_ended
    await bench.desk.count_money()
    assert bench.desk.state.today.orders == 0, "nobody knows when it was bought"


async def test_many_that_stay_cost_no_more_than_a_history_now_and_then(open_bench: OpenBench) -> None:
    bench = await open_bench(balance=Decimal(1000))
    for _ in range(30):
        bench.sandbox.deliver(bench.sandbox.buy(Purchase()).id, "1", calculation_seconds=10**6)
    await bench.poll()
    assert len(await in_the_history(bench)) == 30
    before, asked = bench.sandbox.count("GET", HISTORY), bench.sandbox.count()
    for _ in range(360):
        await bench.poll(seconds=10)
    histories = bench.sandbox.count("GET", HISTORY) - before
    assert histories <= 3600 / HISTORY_EVERY + 4
    assert bench.sandbox.count() - asked == 360 + histories, "a poll each, and no detail"


async def test_a_code_that_comes_to_it_is_told_and_brings_it_onto_the_desk(open_bench: OpenBench) -> None:
    bench = await open_bench()
    order = bench.sandbox.buy(Purchase())
    bench.sandbox.finish(order.id, "calculation")
    await bench.poll()
    body = {"id": str(order.id), "status": "success", "provider": "virtual", "history_sms_code": ["4711"]}
    bench.sandbox.faults.add(Fault(path=HISTORY, action="answer", status=200, body=[body]))
    await bench.poll(seconds=HISTORY_AGAIN)
    assert bench.codes_told == ["4711"]
    entry = bench.entry(order.id.hex)
    assert (entry.phase, len(entry.record.unseen)) == (Phase.ENDED, 1)


async def test_a_code_that_comes_during_calculation_has_it_followed_on_the_desk(open_bench: OpenBench) -> None:
    bench = await open_bench()
    order = bench.sandbox.buy(Purchase())
    bench.sandbox.finish(order.id, "calculation")
    await bench.poll()
    body = {"id": str(order.id), "status": "calculation", "provider": "virtual", "history_sms_code": ["4711"]}
    bench.sandbox.faults.add(Fault(path=HISTORY, action="answer", status=200, body=[body]))
    await bench.poll(seconds=HISTORY_AGAIN)
    assert (bench.codes_told, bench.entry(order.id.hex).phase) == (["4711"], Phase.FOLLOWING)
    bench.sandbox.finish(order.id, "success")
    await bench.poll(seconds=30)
    assert bench.entry(order.id.hex).record.order.status is Status.SUCCESS
    assert bench.codes_told == ["4711"]


async def test_after_a_restart_it_is_in_the_history_still_and_costs_no_detail(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first, order_id = await calculated_elsewhere(open_bench, journal=path)
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    assert [record.id for record in await in_the_history(second)] == [order_id]
    assert not second.desk.state.entries
    await second.poll(seconds=5)
    assert second.sandbox.count("GET", f"*/{wire_id(order_id)}/") == 0
    second.sandbox.finish(order_id, "success")
    await second.poll(seconds=HISTORY_AGAIN)
    (record,) = await in_the_history(second)
    assert record.order.status is Status.SUCCESS


async def test_one_that_is_listed_again_is_alive_and_leaves_the_history(open_bench: OpenBench) -> None:
    bench, order_id = await calculated_elsewhere(open_bench)
    body = {"id": order_id, "status": "waiting", "provider": "virtual", "phone_number": "+15550000001"}
    bench.sandbox.faults.add(Fault(path="/api/v1/numbers/", action="answer", status=200, body=[body]))
    await bench.poll(seconds=5)
    assert bench.entry(order_id).phase is Phase.LISTED
    assert await in_the_history(bench) == []


async def test_a_lost_purchase_may_be_in_calculation_already(bench: Bench) -> None:
    """It was once said to be not placed, as neither the list nor the history seemed to have it."""
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)
    assert attempt.state is AttemptState.UNKNOWN
    order = bench.sandbox.book.orders()[-1]
    bench.sandbox.deliver(order.id, "79373", calculation_seconds=3600)
    for _ in range(30):
        await bench.poll(seconds=5)
    assert not bench.desk.state.attempts
    entry = bench.entry(order.id.hex)
    assert (entry.phase, entry.record.request) == (Phase.FOLLOWING, TELEGRAM)
    assert bench.codes_told == ["79373"]
    bench.sandbox.finish(order.id, "success")
    await bench.poll(minutes=2)
    assert bench.entry(order.id.hex).record.order.status is Status.SUCCESS


async def test_the_code_of_a_lost_purchase_is_told_though_its_end_came_before_it_was_known_to_be_ours(
    bench: Bench,
) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)  # without a price nothing is claimed
    order = bench.sandbox.book.orders()[-1]
    bench.sandbox.deliver(order.id, "79373", calculation_seconds=40)
    for _ in range(30):
        await bench.poll(seconds=5)
    assert bench.codes_told == []
    await bench.desk.resolve_by_hand(attempt.id, order.id.hex)
    assert bench.codes_told == ["79373"]
    assert not bench.entry(order.id.hex).is_open
