"""Every way in which an order can leave the list ends in the right row, with exactly one alert for each code."""

from __future__ import annotations

from pathlib import Path

import pytest

from numdeck.desk.state import Phase
from numdeck.model.order import Status
from numdeck.model.request import Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.settings import Quirks
from tests.support import Bench, OpenBench


async def test_a_code_takes_the_order_off_the_list_and_onto_the_desk(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    after = bench.entry(entry.id)
    assert after.phase is Phase.ENDED
    assert [code.text for code in after.record.codes] == ["79373"]
    assert [code.text for code in after.record.unseen] == ["79373"]
    assert after.record.ended_at == bench.clock.now()
    for _ in range(5):
        await bench.poll(seconds=5)
    assert bench.codes_told == ["79373"]


async def test_a_code_may_come_through_calculation(bench: Bench) -> None:
    entry = await bench.order()
    bench.sandbox.deliver(entry.id, "1234", calculation_seconds=20)
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).record.order.status is Status.CALCULATION
    await bench.poll(seconds=10)
    await bench.poll(seconds=30)
    assert bench.entry(entry.id).record.order.status is Status.SUCCESS
    assert bench.codes_told == ["1234"]


@pytest.mark.parametrize("status", ["canceled", "refund", "not_sms_code"])
async def test_an_end_elsewhere_is_found_without_an_alert(bench: Bench, status: str) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.finish(entry.id, status)
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).record.order.status == status
    assert bench.codes_told == []


@pytest.mark.parametrize("status", ["success", "canceled", "refund", "not_sms_code"])
async def test_detail_lags_behind_the_list_and_the_history_behind_both(open_bench: OpenBench, status: str) -> None:
    bench = await open_bench(quirks=Quirks(list_lag=8, detail_lag=6, history_lag=25))
    await bench.poll()
    entry = await bench.order()
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).is_open, "not in the list yet"
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.LISTED
    if status == "success":
        bench.sandbox.deliver(entry.id, "79373")
    else:
        bench.sandbox.finish(entry.id, status)
    await bench.poll(seconds=2)
    assert bench.entry(entry.id).phase is Phase.FOLLOWING, "the detail still says waiting"
    assert not bench.codes_told
    for _ in range(14):
        await bench.poll(seconds=5)
    after = bench.entry(entry.id)
    assert after.record.order.status == status
    assert bench.codes_told == (["79373"] if status == "success" else [])
    assert after.record.order.expenses is not None, "which only the history tells"


async def test_detail_missing_the_history_tells_the_end(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(missing=frozenset({"detail"})))
    await bench.poll()
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "555")
    await bench.poll(seconds=5)
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.ENDED
    assert bench.codes_told == ["555"]


async def test_many_that_vanish_at_once_are_settled_by_one_history_request(bench: Bench) -> None:
    entries = [await bench.order() for _ in range(6)]
    await bench.poll(seconds=5)
    for number, entry in enumerate(entries):
        bench.sandbox.deliver(entry.id, str(number))
    before = bench.sandbox.count("GET", "*/history/")
    details = bench.sandbox.count("GET", "/api/v1/numbers/*") - bench.sandbox.count("GET", "*/history/")
    await bench.poll(seconds=5)
    assert bench.sandbox.count("GET", "*/history/") == before + 1
    listed_again = 1
    after = bench.sandbox.count("GET", "/api/v1/numbers/*") - bench.sandbox.count("GET", "*/history/")
    assert after - details <= listed_again
    assert sorted(bench.codes_told) == ["0", "1", "2", "3", "4", "5"]


async def test_an_order_that_flickers_out_of_one_poll_stays_on_the_desk(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.faults.add(Fault(method="GET", path="/api/v1/numbers/", action="answer", status=200, body="[]"))
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.FOLLOWING
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.LISTED


async def test_a_list_asked_for_before_the_purchase_says_nothing_about_it(bench: Bench) -> None:
    """The answer to the purchase may overtake an older list."""
    entry = await bench.order()
    stale = bench.desk.state.entries[entry.id].last_seen_active_at - 1
    from numdeck.desk.reconcile import Seen, reconcile_list
    from numdeck.model.order import Listing

    listing = Listing(orders=(), sent_at=stale, answered_at=bench.clock.now())
    assert reconcile_list(bench.desk.state.entries, Seen(listing)) == []


async def test_an_unreadable_list_entry_lets_nothing_vanish(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.faults.add(
        Fault(method="GET", path="/api/v1/numbers/", action="answer", status=200, body='[{"id": null}]')
    )
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.LISTED
    assert bench.desk.state.unreadable == 1


async def test_a_rental_tells_each_of_its_codes_once(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK))
    await bench.poll(seconds=5)
    for code in ("111", "222", "222"):
        bench.sandbox.deliver(order.id, code)
        await bench.poll(seconds=5)
        await bench.poll(seconds=5)
    assert bench.codes_told == ["111", "222", "222"]


async def test_codes_that_were_there_at_the_first_start_are_no_news(open_bench: OpenBench) -> None:
    bench = await open_bench(history=10, waiting=None)
    await bench.poll()
    assert any(entry.record.codes for entry in bench.desk.state.entries.values())
    assert bench.codes_told == []


async def test_a_code_that_came_while_nobody_was_there_is_told_at_the_next_start(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    entry = await first.order()
    await first.desk.close()
    first.sandbox.deliver(entry.id, "4711")
    second = await open_bench(journal=path, sandbox=first.sandbox)
    assert second.entry(entry.id).record.request == first.entry(entry.id).record.request
    await second.poll(minutes=1)
    assert second.codes_told == ["4711"]
