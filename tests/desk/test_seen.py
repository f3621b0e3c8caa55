"""A row with an unseen code stays; what the operator has seen is one fact, on the desk, in the history and on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from numdeck.journal.journal import Journal
from numdeck.model.codes import Sight
from numdeck.model.history_query import HistoryQuery
from numdeck.model.record import Origin
from numdeck.model.request import Period, Provider
from numdeck.sandbox.purchase import Purchase
from tests.support import Bench, OpenBench


async def codes_come(bench: Bench, *order_ids: str) -> None:
    for number, order_id in enumerate(order_ids, 1):
        bench.sandbox.deliver(order_id, str(number) * 4)
    await bench.poll(seconds=5)


async def test_a_number_bought_here_stays_on_the_desk_until_its_code_is_seen(bench: Bench) -> None:
    seen, unseen = await bench.order(), await bench.order()
    await codes_come(bench, seen.id, unseen.id)
    await bench.see(seen.id)
    assert set(bench.desk.state.entries) == {unseen.id}
    for _ in range(24):
        await bench.poll(minutes=60)
    assert set(bench.desk.state.entries) == {unseen.id}
    await bench.see(unseen.id)
    assert not bench.desk.state.entries


async def test_an_order_that_ended_without_a_code_leaves_after_ten_minutes(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.finish(entry.id, "refund")
    await bench.poll(seconds=5)
    await bench.poll(minutes=9)
    assert entry.id in bench.desk.state.entries
    await bench.poll(minutes=1)
    assert not bench.desk.state.entries


async def test_other_peoples_orders_leave_and_stay_marked_in_the_history(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase())
    await bench.poll(seconds=5)
    await codes_come(bench, order.id.hex)
    assert bench.entry(order.id.hex).record.origin is Origin.ELSEWHERE
    await bench.poll(minutes=11)
    assert not bench.desk.state.entries
    journal = bench.desk._journal
    assert await journal.run(Journal.unseen_places, HistoryQuery()) == [(0, order.id.hex)]
    record = (await journal.run(Journal.find, [order.id.hex]))[order.id.hex]
    await bench.desk.mark_seen(record.id, record.codes)
    assert await journal.run(Journal.unseen_places, HistoryQuery()) == []
    assert await journal.run(Journal.unseen_count) == 0


async def test_a_code_that_arrives_while_the_key_is_pressed_stays_unseen(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK))
    await bench.poll(seconds=5)
    bench.sandbox.deliver(order.id, "111")
    await bench.poll(seconds=5)
    shown = bench.entry(order.id.hex).record.codes
    bench.sandbox.deliver(order.id, "111")
    await bench.poll(seconds=5)
    await bench.desk.mark_seen(order.id.hex, shown, dismiss=True)
    codes = bench.entry(order.id.hex).record.codes
    assert [code.sight for code in codes] == [Sight.SEEN, Sight.UNSEEN]


async def test_a_row_whose_code_was_copied_stays_where_it_is_for_a_while(bench: Bench) -> None:
    entry = await bench.order()
    await codes_come(bench, entry.id)
    await bench.poll(minutes=30)
    await bench.desk.mark_seen(entry.id, bench.entry(entry.id).record.codes)
    await bench.poll(minutes=9)
    assert entry.id in bench.desk.state.entries, "the key pressed next is meant for this row"
    await bench.poll(minutes=1)
    assert entry.id not in bench.desk.state.entries


async def test_what_was_not_seen_is_there_after_a_restart_and_what_was_seen_is_not(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    seen, unseen = await first.order(), await first.order()
    stranger = first.sandbox.buy(Purchase()).id.hex
    await first.poll(seconds=5)
    await codes_come(first, seen.id, unseen.id, stranger)
    await first.see(seen.id)
    await first.poll(minutes=11)
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    assert set(second.desk.state.entries) == {unseen.id}, "the stranger's row had left"
    assert [code.text for code in second.entry(unseen.id).record.unseen] == ["2222"]
    assert {key for _, key in await second.desk._journal.run(Journal.unseen_places, HistoryQuery())} == {
        unseen.id,
        stranger,
    }


async def test_a_strangers_row_comes_back_after_a_quick_restart(open_bench: OpenBench, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    stranger = first.sandbox.buy(Purchase()).id.hex
    await first.poll(seconds=5)
    await codes_come(first, stranger)
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    await second.poll(minutes=1)
    assert stranger in second.desk.state.entries


async def test_a_second_desk_does_not_make_unseen_what_the_first_has_seen(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    entry = await first.order()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    await codes_come(first, entry.id)
    await second.poll()
    known = second.entry(entry.id).record
    await first.see(entry.id)
    await second.desk._journal.run(Journal.write, [replace(known, first_seen=known.first_seen + 1)])
    assert (await first.desk._journal.run(Journal.find, [entry.id]))[entry.id].unseen == ()
