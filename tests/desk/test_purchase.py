"""One press, one order: what is sent, what is kept, and what is said when the answer is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from numdeck.desk.port import DeskError, ErrorKind
from numdeck.desk.settings import DeskSettings
from numdeck.desk.state import Phase
from numdeck.journal.errors import JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.model.record import Origin
from numdeck.model.request import AttemptState, OrderRequest, Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import Quirks
from tests.support import TELEGRAM, Bench, OpenBench


def posts(bench: Bench) -> int:
    return bench.sandbox.count("POST", "/api/v1/numbers/")


async def test_an_order_is_placed_and_remembered_with_its_request(bench: Bench) -> None:
    entry = await bench.order()
    record = entry.record
    assert (record.origin, record.request) == (Origin.HERE, TELEGRAM)
    assert record.bought.earliest <= bench.clock.now() <= record.bought.latest
    assert bench.sandbox.charges[-1].amount == record.order.price
    assert bench.desk.state.favourites.last == TELEGRAM


async def test_two_presses_at_once_send_one(bench: Bench) -> None:
    results = await asyncio.gather(bench.desk.order(TELEGRAM), bench.desk.order(TELEGRAM), return_exceptions=True)
    assert sum(isinstance(result, DeskError) and result.kind is ErrorKind.NOT_SENT for result in results) == 1
    assert posts(bench) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="POST", when="after", action="cut"),
        Fault(method="POST", when="before", action="cut"),
        Fault(method="POST", when="after", action="truncate"),
        Fault(method="POST", when="after", action="answer", status=502, body="<html>bad gateway</html>"),
        Fault(method="POST", when="after", action="answer", status=200, body="nonsense"),
    ],
    ids=["cut after", "cut before", "truncated", "502", "unreadable"],
)
async def test_a_lost_answer_is_an_unknown_purchase_that_is_settled_by_looking(bench: Bench, fault: Fault) -> None:
    await bench.inform()
    bench.sandbox.faults.add(fault)
    attempt = await bench.desk.order(TELEGRAM)
    assert attempt.state is AttemptState.UNKNOWN
    assert list(bench.desk.state.attempts) == [attempt.id]
    charged = len(bench.sandbox.charges)
    await bench.poll(seconds=5)
    if charged:
        (entry,) = bench.desk.state.entries.values()
        assert (entry.record.origin, entry.record.request) == (Origin.HERE, TELEGRAM)
        assert not bench.desk.state.attempts
    else:
        assert list(bench.desk.state.attempts) == [attempt.id]
        await bench.poll(seconds=60)
        assert list(bench.desk.state.attempts) == [attempt.id], "it may have ended since, and not be in the history yet"
        await bench.poll(seconds=60)
        assert not bench.desk.state.attempts
        assert any("not placed" in sentence for sentence in bench.told)
    assert posts(bench) == 1


async def test_an_unknown_purchase_that_has_ended_already_is_found_in_the_history(bench: Bench) -> None:
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    await bench.desk.order(TELEGRAM)
    bench.sandbox.deliver(bench.sandbox.charges[-1].order_id, "79373")
    await bench.poll(seconds=25)
    assert bench.codes_told == ["79373"]
    assert not bench.desk.state.attempts


async def test_a_strangers_order_is_not_taken_for_ours_that_has_ended_meanwhile(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)
    ours = bench.sandbox.charges[-1].order_id
    bench.sandbox.deliver(ours, "79373")
    bench.sandbox.buy(Purchase())
    bench.clock.advance(5)
    await bench.desk.poll_once()
    assert list(bench.desk.state.attempts) == [attempt.id], "the list shows one that fits, and the history another"
    await bench.desk.follow_once()
    assert {each.record.id for each in await bench.desk.candidates(attempt.id)} >= {ours.hex}
    assert list(bench.desk.state.attempts) == [attempt.id], "which of them it was is for the operator to say"


async def test_an_order_that_has_just_ended_and_is_not_in_the_history_yet_is_not_taken_for_absent(
    open_bench: OpenBench,
) -> None:
    bench = await open_bench(quirks=Quirks(history_lag=30))
    await bench.poll()
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    await bench.desk.order(TELEGRAM)
    bench.clock.advance(300)
    bench.sandbox.deliver(bench.sandbox.charges[-1].order_id, "79373")
    await bench.poll()
    assert len(bench.desk.state.attempts) == 1
    await bench.poll(seconds=31)
    assert bench.codes_told == ["79373"]
    assert not bench.desk.state.attempts


async def test_list_and_history_that_come_at_once_settle_it_once(bench: Bench) -> None:
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    await bench.desk.order(TELEGRAM)
    bench.clock.advance(5)
    await asyncio.gather(bench.desk.poll_once(), bench.desk.follow_once())
    await asyncio.gather(bench.desk.poll_once(), bench.desk.follow_once())
    assert not bench.desk.state.attempts
    assert sum("was placed" in sentence for sentence in bench.told) == 1


async def test_two_orders_that_fit_are_left_to_the_operator(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    await bench.desk.order(TELEGRAM)
    bench.sandbox.buy(Purchase())
    await bench.poll(seconds=5)
    assert len(bench.desk.state.entries) == 2
    assert len(bench.desk.state.attempts) == 1


async def test_an_unknown_purchase_survives_a_restart(open_bench: OpenBench, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    await first.inform()
    first.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    await first.desk.order(TELEGRAM)
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    await second.desk.learn_names()
    assert len(second.desk.state.attempts) == 1
    await second.poll(seconds=5)
    (entry,) = second.desk.state.entries.values()
    assert entry.record.request == TELEGRAM
    assert posts(second) == 1


THROTTLED = {"detail": "Request was throttled. Expected available in 50 seconds."}


def empty_purse(sandbox: Sandbox) -> None:
    sandbox.set_balance(Decimal(0))


def sell_out(sandbox: Sandbox) -> None:
    sandbox.set_stock(0, service_code="tg", country_code="667")


def throttle(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(method="POST", action="answer", status=429, body=THROTTLED))


@pytest.mark.parametrize(
    ("prepare", "kind"),
    [
        (empty_purse, ErrorKind.INSUFFICIENT_BALANCE),
        (sell_out, ErrorKind.OUT_OF_STOCK),
        (throttle, ErrorKind.THROTTLED),
    ],
)
async def test_a_refusal_is_told_and_nothing_stays_unknown(
    bench: Bench, prepare: Callable[[Sandbox], None], kind: ErrorKind
) -> None:
    prepare(bench.sandbox)
    with pytest.raises(DeskError) as caught:
        await bench.desk.order(TELEGRAM)
    assert (caught.value.kind, caught.value.maybe_applied) == (kind, False)
    assert not bench.desk.state.attempts
    assert not bench.sandbox.charges


async def test_a_bad_service_code_is_told(bench: Bench) -> None:
    with pytest.raises(DeskError, match="service_code") as caught:
        await bench.desk.order(OrderRequest(service_code="nosuch", country_code="667"))
    assert caught.value.kind is ErrorKind.REFUSED
    assert caught.value.fields


async def test_a_number_that_comes_later_is_waited_for(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(assigning_seconds=8))
    await bench.poll()
    entry = await bench.order()
    assert entry.phase is Phase.ASSIGNING
    await bench.poll(seconds=3)
    assert bench.entry(entry.id).phase is Phase.ASSIGNING
    await bench.poll(seconds=6)
    await bench.poll(seconds=5)
    assert bench.entry(entry.id).phase is Phase.LISTED
    assert bench.entry(entry.id).record.order.phone_number


async def test_a_rental_is_ordered_with_its_period(bench: Bench) -> None:
    request = OrderRequest(
        provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK, service_code="tg", country_code="667"
    )
    entry = await bench.order(request)
    assert entry.record.order.is_rental
    assert entry.record.order.expires_at is not None


async def test_the_operator_says_which_order_it_was(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)
    bench.sandbox.buy(Purchase())
    await bench.poll(seconds=5)
    candidates = {each.record.id for each in await bench.desk.candidates(attempt.id)}
    assert candidates == set(bench.desk.state.entries)
    ours = bench.sandbox.charges[0].order_id.hex
    await bench.desk.resolve_by_hand(attempt.id, ours)
    assert bench.entry(ours).record.request == TELEGRAM
    assert not bench.desk.state.attempts
    assert sum(entry.record.origin is Origin.HERE for entry in bench.desk.state.entries.values()) == 1


async def test_an_order_whose_code_was_told_is_not_told_again_when_it_turns_out_to_be_ours(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)
    bench.sandbox.buy(Purchase())
    await bench.poll(seconds=5)
    ours = bench.sandbox.charges[0].order_id.hex
    bench.sandbox.deliver(ours, "79373")
    await bench.poll(seconds=5)
    await bench.see(ours)
    assert ours not in bench.desk.state.entries
    await bench.desk.resolve_by_hand(attempt.id, ours)
    assert bench.codes_told == ["79373"]
    assert ours not in bench.desk.state.entries
    assert (await bench.desk._journal.run(Journal.find, [ours]))[ours].request == TELEGRAM
    assert any("in the history" in sentence for sentence in bench.told)


async def test_the_operator_says_that_nothing_came_of_it(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)
    await bench.desk.resolve_by_hand(attempt.id, None)
    assert not bench.desk.state.attempts
    assert posts(bench) == 1


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_args: object) -> None:
        raise JournalUnwritable("journal.sqlite3", "the disk is full", "make room")

    monkeypatch.setattr(Journal, "write", write)


async def test_what_cannot_be_remembered_is_not_ordered_and_the_watch_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await bench.order()
    fill_the_disk(monkeypatch)
    with pytest.raises(DeskError, match="disk is full"):
        await bench.desk.order(TELEGRAM)
    assert posts(bench) == 1
    assert "disk is full" in bench.desk.state.memory_trouble
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    assert bench.codes_told == ["79373"]
    monkeypatch.undo()
    await bench.poll(seconds=5)
    await bench.order()
    assert not bench.desk.state.memory_trouble
    journaled = await bench.desk._journal.run(Journal.find, [entry.id])
    assert [code.text for code in journaled[entry.id].codes] == ["79373"], "written as soon as there was room"


async def test_a_journal_that_fails_by_a_fault_of_ours_holds_back_no_code(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_args: object) -> None:
        raise sqlite3.IntegrityError("ours")

    entry = await bench.order()
    monkeypatch.setattr(Journal, "write", write)
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    assert bench.codes_told == ["79373"]
    assert "internal error" in bench.desk.state.memory_trouble


async def test_it_is_ordered_without_a_memory_if_the_operator_says_so(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await open_bench(desk_settings=DeskSettings(order_without_journal=True))
    await bench.poll()
    fill_the_disk(monkeypatch)
    await bench.order()
    assert posts(bench) == 1
