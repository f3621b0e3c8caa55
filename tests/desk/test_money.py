"""The balance: kept with its age when the service is out of reach, and asked for no more often than it can change."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from numdeck.model.money import Balance
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from tests.support import Bench, OpenBench

BALANCE = "/api/v2/users/balance/"
OFFLINE = Fault(action="cut", times=None)
NOT_OFFERED = Fault(path=BALANCE, action="answer", status=404, times=None)
GARBLED = Fault(path=BALANCE, action="answer", status=200, body="a lot", times=None)


def balance_of(bench: Bench) -> Balance:
    balance = bench.desk.state.balance
    assert balance is not None
    return balance


def asked(bench: Bench) -> int:
    return bench.sandbox.count("GET", BALANCE)


def is_current(bench: Bench) -> bool:
    return balance_of(bench).is_current(bench.clock.now())


async def count(bench: Bench, *, seconds: float = 0.0, minutes: float = 0.0) -> None:
    """Let time pass and the desk poll, then count money as its loop would."""
    await bench.poll(seconds=seconds, minutes=minutes)
    await bench.desk.count_money()


@pytest.mark.parametrize("trouble", [OFFLINE, NOT_OFFERED, GARBLED], ids=["offline", "not offered", "garbled"])
async def test_the_last_balance_stays_and_says_that_it_is_old(bench: Bench, trouble: Fault) -> None:
    await bench.desk.count_money()
    assert (balance_of(bench).amount, is_current(bench)) == (Decimal("50.00"), True)
    told_at = bench.clock.now()
    bench.sandbox.faults.add(trouble)
    await count(bench, minutes=3)
    assert balance_of(bench) == Balance(Decimal("50.00"), told_at, is_doubtful=True)
    assert not is_current(bench)


async def test_a_connection_that_breaks_makes_it_doubtful_at_once_and_one_that_comes_back_has_it_asked(
    bench: Bench,
) -> None:
    await bench.desk.count_money()
    bench.sandbox.faults.add(OFFLINE)
    await bench.poll(seconds=5)
    assert not is_current(bench)
    bench.sandbox.faults.clear()
    before = asked(bench)
    await count(bench, seconds=5)
    assert (asked(bench) - before, is_current(bench)) == (1, True)


async def test_it_is_asked_for_once_a_minute_while_no_money_moves(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.count_money()
    before = asked(bench)
    bench.sandbox.deliver(entry.id, "79373")
    for _ in range(12):
        await count(bench, seconds=5)
    assert bench.codes_told == ["79373"]
    assert asked(bench) - before == 1


async def test_a_service_without_a_balance_is_asked_once_a_minute_too(bench: Bench) -> None:
    bench.sandbox.faults.add(NOT_OFFERED)
    await bench.desk.count_money()
    before = asked(bench)
    for _ in range(24):
        await count(bench, seconds=5)
    assert bench.desk.state.balance is None
    assert asked(bench) - before == 2


async def test_it_is_asked_for_after_money_moved_and_doubtful_until_then(bench: Bench) -> None:
    await bench.desk.count_money()
    entry = await bench.order()
    assert not is_current(bench), "what it was before the purchase is not what it is"
    await bench.desk.count_money()
    assert (balance_of(bench).amount, is_current(bench)) == (bench.sandbox.balance, True)
    bench.sandbox.buy(Purchase())
    await bench.poll(seconds=5)
    assert not is_current(bench), "bought elsewhere"
    await bench.desk.count_money()
    assert (balance_of(bench).amount, is_current(bench)) == (bench.sandbox.balance, True)
    bench.sandbox.finish(entry.id, "refund")
    await bench.poll(seconds=5)
    assert not is_current(bench), "money came back"
    await bench.desk.count_money()
    assert (balance_of(bench).amount, is_current(bench)) == (bench.sandbox.balance, True)


async def test_the_last_balance_is_there_after_a_restart_without_a_connection(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    await first.desk.count_money()
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    second.sandbox.faults.add(OFFLINE)
    await count(second, minutes=90)
    assert (balance_of(second).amount, is_current(second)) == (Decimal("50.00"), False)


async def test_a_balance_that_was_never_told_is_unknown(bench: Bench) -> None:
    bench.sandbox.faults.add(OFFLINE)
    await bench.desk.count_money()
    assert bench.desk.state.balance is None
