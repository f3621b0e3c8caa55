"""Periodic jobs: woken at once, not too often, and never ended by a fault."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest

from numdeck.desk.watch import Watch

FOREVER = 3600.0


@contextlib.asynccontextmanager
async def running(watch: Watch) -> AsyncIterator[None]:
    """Run a watch for as long as the block takes."""
    task = asyncio.create_task(watch.run())
    try:
        async with asyncio.timeout(10):
            yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class Work:
    """Counts its runs; each announces itself."""

    def __init__(self, wait: float = FOREVER) -> None:
        self.wait = wait
        self.runs = 0
        self.has_run = asyncio.Event()
        self.error: Exception | None = None

    async def once(self) -> float:
        self.runs += 1
        self.has_run.set()
        if self.error is not None:
            raise self.error
        return self.wait

    async def next_run(self) -> None:
        self.has_run.clear()
        await self.has_run.wait()


async def test_a_job_runs_at_once_and_again_when_its_time_has_come() -> None:
    work, watch = Work(wait=0.0), Watch(lambda: None)
    watch.add("work", work.once)
    async with running(watch):
        await work.next_run()
        await work.next_run()
    assert work.runs >= 2


async def test_a_job_is_woken_before_its_time() -> None:
    work, watch = Work(), Watch(lambda: None)
    job = watch.add("work", work.once)
    async with running(watch):
        await work.next_run()
        assert work.runs == 1
        job.wake()
        job.wake()
        await work.next_run()
    assert work.runs == 2


async def test_a_job_that_is_woken_while_it_runs_runs_once_more() -> None:
    watch = Watch(lambda: None)
    runs = 0
    done = asyncio.Event()

    async def once() -> float:
        nonlocal runs
        runs += 1
        if runs == 1:
            job.wake()
        else:
            done.set()
        return FOREVER

    job = watch.add("work", once)
    async with running(watch):
        await done.wait()
    assert runs == 2


async def test_a_job_pauses_between_two_runs_however_often_it_is_woken() -> None:
    work, watch = Work(), Watch(lambda: None)
    job = watch.add("work", work.once, at_least=FOREVER)
    async with running(watch):
        await work.next_run()
        job.wake()
        for _ in range(10):
            await asyncio.sleep(0)
    assert work.runs == 1


async def test_a_fault_is_reported_and_ends_neither_its_job_nor_the_others(caplog: pytest.LogCaptureFixture) -> None:
    faults: list[str] = []
    work, other, watch = Work(), Work(), Watch(lambda: faults.append("fault"))
    work.error = RuntimeError("ours")
    job, another = watch.add("work", work.once), watch.add("other", other.once)
    async with running(watch):
        with caplog.at_level(logging.ERROR):
            await work.next_run()
            while not faults:  # noqa: ASYNC110 - it comes within the same turn of the loop
                await asyncio.sleep(0)
        work.error = None
        job.wake()
        await work.next_run()
        another.wake()
        await other.next_run()
    assert faults == ["fault"]
    assert "'work' failed" in caplog.text
