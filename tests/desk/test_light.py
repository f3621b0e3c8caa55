"""However many numbers are active, a poll is one request."""

from __future__ import annotations

from tests.support import OpenBench


async def test_a_poll_of_two_hundred_numbers_is_one_request(open_bench: OpenBench) -> None:
    bench = await open_bench(waiting=200)
    await bench.poll()
    assert len(bench.desk.state.entries) == 200
    before = bench.sandbox.count()
    for _ in range(5):
        await bench.poll(seconds=5)
    assert bench.sandbox.count() - before == 5
