"""Others buy while an answer is lost: what is theirs is not claimed, and what is only inferred is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.desk.settings import DeskSettings
from numdeck.journal.journal import Journal
from numdeck.model.record import Origin
from numdeck.model.request import Attempt, Period, Provider
from numdeck.model.resolve import Ground, Weight
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import TELEGRAM, Bench, OpenBench

TWIN = Purchase(service_code="tg", country_code="667")
NEVER_ARRIVES = Fault(method="POST", when="before", action="cut")
ANSWER_IS_LOST = Fault(method="POST", when="after", action="cut")


async def lose(bench: Bench, fault: Fault) -> Attempt:
    await bench.inform()
    bench.sandbox.faults.add(fault)
    return await bench.desk.order(TELEGRAM)


async def search_to_the_end(bench: Bench) -> None:
    for _ in range(4):
        await bench.poll(seconds=35)


def puts(bench: Bench) -> int:
    return bench.sandbox.count("PUT", "*")


@pytest.mark.parametrize(
    "purchase",
    [
        replace(TWIN, country_code="16"),
        replace(TWIN, provider=Provider.RESIDENTIAL),
        replace(TWIN, provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK),
    ],
    ids=["another country", "another type", "a rental"],
)
async def test_what_cannot_be_ours_is_nobodys_candidate(bench: Bench, purchase: Purchase) -> None:
    attempt = await lose(bench, NEVER_ARRIVES)
    theirs = bench.sandbox.buy(purchase).id.hex
    await bench.poll(seconds=5)
    assert await bench.desk.candidates(attempt.id) == []
    await search_to_the_end(bench)
    assert not bench.desk.state.attempts
    assert any("not placed" in sentence for sentence in bench.told)
    assert bench.entry(theirs).record.origin is Origin.ELSEWHERE


@pytest.mark.parametrize(
    ("purchase", "ground"),
    [
        (replace(TWIN, service_code="wa"), Ground.PRICE),
        (replace(TWIN, markup_percent=50), Ground.PRICE),
        (replace(TWIN, country_code="36"), Ground.REGION),
    ],
    ids=["another service", "another markup", "a neighbour with the same calling code"],
)
async def test_what_speaks_against_an_order_is_said_and_the_operator_decides(
    bench: Bench, purchase: Purchase, ground: Ground
) -> None:
    attempt = await lose(bench, NEVER_ARRIVES)
    theirs = bench.sandbox.buy(purchase).id.hex
    await bench.poll(seconds=5)
    (candidate,) = await bench.desk.candidates(attempt.id)
    assert candidate.record.id == theirs
    assert ground in candidate.verdict.grounds(Weight.AGAINST)
    await search_to_the_end(bench)
    await search_to_the_end(bench)
    assert bench.entry(theirs).record.origin is Origin.ELSEWHERE
    assert list(bench.desk.state.attempts) == [attempt.id], "it is not said to be not placed either"
    assert sum("may be what came of" in sentence for sentence in bench.told) == 1


async def test_without_a_price_and_names_nothing_is_claimed(bench: Bench) -> None:
    bench.sandbox.faults.add(ANSWER_IS_LOST)
    attempt = await bench.desk.order(TELEGRAM)
    await bench.poll(seconds=5)
    await search_to_the_end(bench)
    (candidate,) = await bench.desk.candidates(attempt.id)
    assert candidate.verdict.grounds(Weight.FOR) == (Ground.TIME, Ground.PROVIDER)
    assert bench.entry(candidate.record.id).record.origin is Origin.ELSEWHERE


async def test_a_search_that_has_ended_costs_nothing_and_claims_nothing_later(bench: Bench) -> None:
    attempt = await lose(bench, NEVER_ARRIVES)
    bench.sandbox.buy(replace(TWIN, service_code="wa"))
    await bench.poll(seconds=5)
    await search_to_the_end(bench)
    assert bench.desk.state.attempts[attempt.id].searched_at is not None
    reads = bench.sandbox.count("GET", "*/history/")
    bench.sandbox.buy(TWIN)
    for _ in range(10):
        await bench.poll(seconds=25)
    assert bench.sandbox.count("GET", "*/history/") == reads, "looked at as often as on any other day"
    assert len(await bench.desk.candidates(attempt.id)) == 1
    second = await lose(bench, ANSWER_IS_LOST)
    await bench.poll(seconds=5)
    assert list(bench.desk.state.attempts) == [attempt.id], f"{second.id} is settled all the same"


async def test_what_is_ruled_out_after_the_search_leaves_nothing_placed(bench: Bench) -> None:
    first = await lose(bench, NEVER_ARRIVES)
    theirs = bench.sandbox.buy(replace(TWIN, service_code="wa")).id.hex
    await search_to_the_end(bench)
    assert list(bench.desk.state.attempts) == [first.id]
    other = replace(TELEGRAM, service_code="wa")
    bench.sandbox.faults.add(NEVER_ARRIVES)
    record = bench.entry(theirs).record
    await bench.desk._journal.run(
        Journal.write, [replace(record, origin=Origin.HERE, request=other)]
    )  # by another numdeck
    await bench.poll(seconds=5)
    assert not bench.desk.state.attempts


@pytest.mark.parametrize("restarts", [False, True], ids=["watched", "restarted"])
async def test_auto_cancel_leaves_alone_what_was_only_inferred(
    open_bench: OpenBench, tmp_path: Path, restarts: bool
) -> None:
    settings = DeskSettings(auto_cancel_after=130.0)
    journal = tmp_path / "journal.sqlite3"
    bench = await open_bench(journal=journal, desk_settings=settings)
    await bench.poll()
    await lose(bench, NEVER_ARRIVES)
    theirs = bench.sandbox.buy(TWIN).id.hex
    await bench.poll(seconds=5)
    if restarts:
        await bench.desk.close()
        bench = await open_bench(journal=journal, sandbox=bench.sandbox, desk_settings=settings)
        await bench.poll()
    record = bench.entry(theirs).record
    assert (record.origin, record.is_inferred) == (Origin.HERE, True), "nothing tells it from what was asked for"
    for _ in range(6):
        await bench.poll(seconds=100)
        await bench.desk.run_schedule()
    assert bench.desk.cancellation(bench.entry(theirs)).automatic_at is None
    assert puts(bench) == 0
    await bench.desk.cancel(theirs)
    assert puts(bench) == 1


async def test_an_inferred_order_that_was_armed_is_cancelled(open_bench: OpenBench) -> None:
    bench = await open_bench(desk_settings=DeskSettings(auto_cancel_after=130.0))
    await bench.poll()
    await lose(bench, ANSWER_IS_LOST)
    await bench.poll(seconds=5)
    (entry,) = bench.desk.state.entries.values()
    await bench.desk.cancel(entry.id)
    await bench.poll(seconds=125)
    await bench.desk.run_schedule()
    assert puts(bench) == 1


async def test_the_operators_word_is_a_press(open_bench: OpenBench) -> None:
    bench = await open_bench(desk_settings=DeskSettings(auto_cancel_after=130.0))
    await bench.poll()
    bench.sandbox.faults.add(ANSWER_IS_LOST)
    attempt = await bench.desk.order(TELEGRAM)
    await bench.poll(seconds=5)
    (candidate,) = await bench.desk.candidates(attempt.id)
    await bench.desk.resolve_by_hand(attempt.id, candidate.record.id)
    assert not bench.entry(candidate.record.id).record.is_inferred
    await bench.poll(seconds=140)
    await bench.desk.run_schedule()
    assert puts(bench) == 1


async def test_what_was_asked_for_survives_a_restart(open_bench: OpenBench, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    sent = await lose(first, ANSWER_IS_LOST)
    assert sent.asked_price == first.sandbox.charges[-1].amount
    theirs = first.sandbox.buy(replace(TWIN, service_code="wa")).id.hex
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    await second.desk.learn_names()
    await second.poll(seconds=5)
    assert not second.desk.state.attempts
    assert second.entry(first.sandbox.charges[0].order_id.hex).record.is_inferred
    assert second.entry(theirs).record.origin is Origin.ELSEWHERE
