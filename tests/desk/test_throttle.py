"""A service that asks for a pause: a 429 holds the kind of request it was about, a 5xx nothing for long."""

from __future__ import annotations

import pytest

from numdeck.desk.events import CommandOutcome
from numdeck.desk.port import DeskError, ErrorKind
from numdeck.model.cancellation import CancelStep
from numdeck.model.link import LONGEST_RETRY
from numdeck.model.order import Status
from numdeck.sandbox.faults import Fault
from numdeck.ui.panes.status import link_text
from tests.support import TELEGRAM, Bench, OpenBench

ACTIVE = "/api/v1/numbers/"
HOUR = {"Retry-After": "3600"}


def throttled(method: str, *, path: str = "*", seconds: int = 3600, times: int | None = 1) -> Fault:
    words = {"detail": f"Request was throttled. Expected available in {seconds} seconds."}
    return Fault(method=method, path=path, action="answer", status=429, body=words, times=times)


def unavailable(method: str = "*", status: int = 503) -> Fault:
    return Fault(method=method, action="answer", status=status, headers=HOUR)


def words(bench: Bench) -> str:
    return link_text(bench.desk.state.link, bench.clock.now())


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_a_service_that_is_unavailable_for_an_hour_is_asked_again_soon(bench: Bench, status: int) -> None:
    entry = await bench.order()
    bench.sandbox.faults.add(unavailable(status=status))
    wait = await bench.desk.poll_once()
    assert "service fault" in words(bench)
    assert wait <= LONGEST_RETRY
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=wait)
    assert words(bench).startswith("live")
    assert bench.codes_told == ["79373"]


async def test_a_service_that_stays_unavailable_is_asked_no_less_often_than_every_half_minute(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(action="answer", status=503, headers=HOUR, times=None))
    asked = bench.sandbox.count("GET", ACTIVE)
    for _ in range(20):
        wait = await bench.desk.poll_once()
        assert 0 < wait <= LONGEST_RETRY
        bench.clock.advance(wait)
    assert bench.sandbox.count("GET", ACTIVE) - asked == 20


async def test_what_is_followed_is_looked_up_as_soon_as_the_service_may_be_back(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(seconds=5)
    bench.sandbox.deliver(entry.id, "79373")
    bench.clock.advance(5)
    await bench.desk.poll_once()
    bench.sandbox.faults.add(unavailable("GET"))
    assert await bench.desk.follow_once() <= LONGEST_RETRY
    bench.clock.advance(LONGEST_RETRY)
    await bench.desk.follow_once()
    assert bench.codes_told == ["79373"]


async def test_a_cancellation_goes_out_while_the_service_is_unavailable(bench: Bench) -> None:
    by_hand, armed = await bench.order(), await bench.order()
    await bench.desk.cancel(armed.id)
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(unavailable("GET"))
    await bench.desk.poll_once()
    assert await bench.cancel(by_hand.id) is CommandOutcome.REQUESTED
    await bench.desk.run_schedule()
    assert bench.sandbox.count("PUT") == 2
    bench.clock.advance(LONGEST_RETRY)
    await bench.poll()
    assert {bench.entry(one.id).record.order.status for one in (by_hand, armed)} == {Status.CANCELED}


async def test_an_order_is_not_sent_to_a_service_that_is_unavailable(bench: Bench) -> None:
    """It would most likely come to nothing, or to a purchase that nobody knows of."""
    bench.sandbox.faults.add(unavailable())
    await bench.desk.poll_once()
    with pytest.raises(DeskError) as caught:
        await bench.desk.order(TELEGRAM)
    assert not caught.value.maybe_applied
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= LONGEST_RETRY
    assert not bench.desk.state.attempts
    assert bench.sandbox.count("POST") == 0
    await bench.poll(seconds=LONGEST_RETRY)
    await bench.order()


async def test_refresh_asks_a_service_that_is_unavailable_at_once(bench: Bench) -> None:
    bench.sandbox.faults.add(unavailable())
    await bench.desk.poll_once()
    assert await bench.desk.refresh() == 0
    await bench.poll()
    assert words(bench).startswith("live")


async def test_refresh_does_not_override_a_throttle(bench: Bench) -> None:
    bench.sandbox.faults.add(throttled("GET", seconds=50))
    bench.sandbox.faults.add(unavailable())
    assert await bench.desk.poll_once() == 50
    asked = bench.sandbox.count()
    for _ in range(5):
        assert await bench.desk.refresh() == 50
        assert await bench.desk.poll_once() == 50
    assert bench.sandbox.count() == asked
    assert words(bench).startswith("throttled")


async def test_refresh_while_throttled_does_not_slow_the_polls_down(bench: Bench) -> None:
    await bench.order()
    bench.sandbox.faults.add(throttled("GET", seconds=50))
    for _ in range(5):
        await bench.desk.poll_once()
    bench.clock.advance(50)
    assert await bench.desk.poll_once() == 5 * 2 * 0.8


async def test_a_throttle_of_purchases_leaves_polls_and_cancellations_alone(open_bench: OpenBench) -> None:
    bench = await open_bench(purchases_per_minute=1)
    await bench.poll()
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(throttled("POST"))
    with pytest.raises(DeskError) as caught:
        await bench.desk.order(TELEGRAM)
    assert caught.value.kind is ErrorKind.THROTTLED
    assert await bench.desk.poll_once() == 5
    assert words(bench).startswith("live")
    assert await bench.cancel(entry.id) is CommandOutcome.REQUESTED
    bench.clock.advance(minutes=59)
    with pytest.raises(DeskError) as caught:
        await bench.desk.order(TELEGRAM)
    assert caught.value.kind is ErrorKind.THROTTLED
    assert bench.sandbox.count("POST") == 2


async def test_a_throttle_of_reads_leaves_cancellations_and_purchases_alone(bench: Bench) -> None:
    entry = await bench.order()
    await bench.desk.cancel(entry.id)
    await bench.poll(minutes=1)
    bench.sandbox.faults.add(throttled("GET", times=None))
    await bench.desk.poll_once()
    bench.clock.advance(minutes=2)
    await bench.desk.run_schedule()
    assert bench.entry(entry.id).cancel is CancelStep.REQUESTED
    await bench.order()


async def test_a_throttle_of_prices_or_balance_does_not_blind_the_watch(bench: Bench) -> None:
    bench.sandbox.faults.add(throttled("GET", path="*/balance/"))
    await bench.desk.count_money()
    assert await bench.desk.poll_once() == 15
    assert words(bench).startswith("live")


async def test_a_throttle_of_cancellations_holds_only_them(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    bench.sandbox.faults.add(throttled("PUT", seconds=40))
    for _ in range(2):
        result = await bench.desk.cancel(entry.id)
        assert (result.outcome, "wait 40 s" in result.said) == (CommandOutcome.FAILED, True)
    assert bench.sandbox.count("PUT") == 1
    assert await bench.desk.poll_once() == 5
    bench.clock.advance(40)
    assert await bench.cancel(entry.id) is CommandOutcome.REQUESTED


async def test_a_service_that_counts_all_requests_together_is_asked_once_for_each_kind(bench: Bench) -> None:
    entry = await bench.order()
    await bench.poll(minutes=3)
    before = bench.sandbox.count()
    bench.sandbox.faults.add(throttled("*", times=None))
    for _ in range(5):
        await bench.desk.poll_once()
        await bench.desk.follow_once()
        await bench.desk.count_money()
        await bench.desk.cancel(entry.id)
        with pytest.raises(DeskError, match="requests"):
            await bench.desk.order(TELEGRAM)
        bench.clock.advance(60)
    assert bench.sandbox.count() - before == 4
