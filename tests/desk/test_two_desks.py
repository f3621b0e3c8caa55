"""Two numdecks on one account and one journal: what one of them did and settled counts for both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.api.client import Placed
from numdeck.journal.errors import JournalUnwritable
from numdeck.journal.journal import Journal
from numdeck.journal.processes import this_process
from numdeck.model.record import Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from tests.support import TELEGRAM, Bench, OpenBench

OpenOther = Callable[[Sandbox], Awaitable[Bench]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
async def one(open_bench: OpenBench, path: Path) -> Bench:
    bench = await open_bench(journal=path)
    await bench.poll()
    await bench.inform()
    return bench


@pytest.fixture
def open_other(open_bench: OpenBench, path: Path) -> OpenOther:
    async def open_on(sandbox: Sandbox) -> Bench:
        bench = await open_bench(journal=path, sandbox=sandbox)
        await bench.desk.learn_names()
        return bench

    return open_on


def journaled(path: Path, attempt_id: str) -> Attempt:
    journal = Journal.open(path)
    try:
        (attempt,) = (each for each in journal.attempts([attempt_id]) if each.id == attempt_id)
        return attempt
    finally:
        journal.close()


async def search_to_the_end(bench: Bench) -> None:
    for _ in range(6):
        await bench.poll(seconds=35)


def hold_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Keep the answer to a purchase on its way: the first event says that it was bought, the second lets it arrive."""
    bought, answer, purchase = asyncio.Event(), asyncio.Event(), bench.desk._client.purchase

    async def answered_late(request: OrderRequest) -> Placed:
        placed = await purchase(request)
        bought.set()
        await answer.wait()
        return placed

    monkeypatch.setattr(bench.desk._client, "purchase", answered_late)
    return bought, answer


async def test_what_the_other_one_is_sending_is_left_to_it(
    one: Bench, open_other: OpenOther, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought_by_now, answer = hold_answer(one, monkeypatch)
    ordering = asyncio.create_task(one.desk.order(TELEGRAM))
    await bought_by_now.wait()
    other = await open_other(one.sandbox)
    await other.poll(seconds=5)
    (sending,) = other.desk.state.attempts.values()
    assert sending.state is AttemptState.SENDING
    bought = one.sandbox.charges[-1].order_id.hex
    assert other.entry(bought).record.origin is Origin.ELSEWHERE, "not claimed while its answer is on the way"
    answer.set()
    attempt = await ordering
    await search_to_the_end(other)
    assert not other.desk.state.attempts
    assert journaled(path, attempt.id).state is AttemptState.PLACED
    assert not [sentence for sentence in other.told if "not placed" in sentence]
    record = other.entry(bought).record
    assert (record.origin, record.request, record.is_inferred) == (Origin.HERE, TELEGRAM, False)
    assert record.bought == one.entry(bought).record.bought


async def test_what_one_has_settled_is_settled_for_the_other(one: Bench, open_other: OpenOther, path: Path) -> None:
    one.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await one.desk.order(TELEGRAM)
    other = await open_other(one.sandbox)
    assert list(other.desk.state.attempts) == [attempt.id]
    await one.poll(seconds=5)
    bought = one.sandbox.charges[-1].order_id.hex
    assert journaled(path, attempt.id).order_id == bought
    await search_to_the_end(other)
    assert not other.desk.state.attempts
    assert journaled(path, attempt.id).order_id == bought
    assert any("another numdeck" in sentence for sentence in other.told)
    assert not [sentence for sentence in other.told if "not placed" in sentence]
    assert other.entry(bought).record.request == TELEGRAM


async def test_the_operators_word_at_one_is_not_taken_back_at_the_other(
    one: Bench, open_other: OpenOther, path: Path
) -> None:
    one.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    attempt = await one.desk.order(TELEGRAM)
    other = await open_other(one.sandbox)
    await one.desk.resolve_by_hand(attempt.id, None)
    theirs = other.sandbox.buy(Purchase(service_code="tg", country_code="667")).id.hex
    await other.poll(seconds=5)
    await other.desk.resolve_by_hand(attempt.id, theirs)
    assert not other.desk.state.attempts
    assert journaled(path, attempt.id).state is AttemptState.NOT_PLACED
    assert other.entry(theirs).record.origin is Origin.ELSEWHERE


async def test_an_order_that_the_other_one_bought_is_shown_as_bought_here(
    one: Bench, open_other: OpenOther, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await open_other(one.sandbox)
    await other.poll(seconds=5)
    bought, answer = hold_answer(one, monkeypatch)
    ordering = asyncio.create_task(one.desk.order(TELEGRAM))
    await bought.wait()
    await other.poll(seconds=5)  # as a stranger's: nobody has said yet whose it is
    answer.set()
    attempt = await ordering
    assert attempt.order_id is not None
    assert other.entry(attempt.order_id).record.origin is Origin.ELSEWHERE
    await other.poll(seconds=5)
    record = other.entry(attempt.order_id).record
    assert (record.origin, record.request) == (Origin.HERE, TELEGRAM)
    assert record.bought == one.entry(attempt.order_id).record.bought


async def test_two_answers_are_lost_and_one_order_came_of_them(one: Bench, open_other: OpenOther) -> None:
    other = await open_other(one.sandbox)
    await other.inform()
    await other.poll(seconds=5)
    one.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    nothing = await one.desk.order(TELEGRAM)
    other.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    something = await other.desk.order(replace(TELEGRAM, need_fraud_score=True))
    for bench in (one, other, one, other):
        await bench.poll(seconds=4)
        assert set(bench.desk.state.attempts) == {nothing.id, something.id}, "it agrees with both: nobody is to guess"
        (entry,) = bench.desk.state.entries.values()
        assert entry.record.origin is Origin.ELSEWHERE


@pytest.mark.parametrize("sender", ["", "0-dead", "999999999-dead", "nonsense"])
async def test_what_a_process_was_sending_that_has_ended_is_unknown_at_once(
    open_bench: OpenBench, path: Path, sender: str
) -> None:
    bench = await open_bench()
    sent = Attempt(id="a", request=TELEGRAM, sent_at=bench.clock.now(), sender=sender)
    journal = Journal.open(path)
    journal.write(attempts=[sent])
    journal.close()
    second = await open_bench(journal=path, sandbox=bench.sandbox)
    assert second.desk.state.attempts["a"].state is AttemptState.UNKNOWN


async def test_a_sender_that_takes_too_long_is_waited_for_no_longer(one: Bench, open_other: OpenOther) -> None:
    sent = Attempt(id="a", request=TELEGRAM, sent_at=one.clock.now(), sender=this_process())
    await one.desk._journal.run(Journal.write, [], [sent])
    other = await open_other(one.sandbox)
    await other.poll(seconds=60)
    states = [other.desk.state.attempts["a"].state]
    await other.poll(seconds=61)
    states.append(other.desk.state.attempts["a"].state)
    assert states == [AttemptState.SENDING, AttemptState.UNKNOWN]


async def test_a_journal_that_cannot_be_read_proves_nothing(
    open_bench: OpenBench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await open_bench(journal=path)
    await bench.poll()
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)

    def fail(*_args: object) -> list[object]:
        raise JournalUnwritable("journal.sqlite3", "the disk is on fire", "put it out")

    for method in ("write", "seen_since", "attempts"):
        monkeypatch.setattr(Journal, method, fail)
    await search_to_the_end(bench)
    assert list(bench.desk.state.attempts) == [attempt.id]
    monkeypatch.undo()
    await bench.poll(seconds=5)
    assert not bench.desk.state.attempts
    assert bench.entry(bench.sandbox.charges[-1].order_id.hex).record.request == TELEGRAM


async def test_a_journal_that_cannot_be_written_hides_no_candidate(
    open_bench: OpenBench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await open_bench(journal=path)
    await bench.poll()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    attempt = await bench.desk.order(TELEGRAM)

    def fail(*_args: object) -> None:
        raise JournalUnwritable("journal.sqlite3", "the disk is full", "make room")

    monkeypatch.setattr(Journal, "write", fail)
    await search_to_the_end(bench)
    assert len(await bench.desk.candidates(attempt.id)) == 1
    assert list(bench.desk.state.attempts) == [attempt.id]
