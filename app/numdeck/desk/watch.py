"""The desk's periodic jobs: each runs again after the time it returned, or as soon as it is woken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger(__name__)

AFTER_A_FAULT: Final = 5.0
"""How long a job pauses after an exception, in seconds."""


class Job:
    """One job: `once` does the work and returns how long to wait until the next run, in seconds.

    However often it is woken, it pauses for `at_least` seconds between two runs.
    """

    def __init__(self, name: str, once: Callable[[], Awaitable[float]], *, at_least: float = 0.0) -> None:
        self.name = name
        self._once = once
        self._at_least = at_least
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Run again now; while it runs, once more right afterwards."""
        self._woken.set()

    async def run(self, on_fault: Callable[[], object]) -> None:
        """Run until cancelled. An exception is logged and reported to `on_fault`, and the job goes on."""
        while True:
            self._woken.clear()
            try:
                wait = await self._once()
            except Exception:
                log.exception("the job %r failed", self.name)
                on_fault()
                wait = AFTER_A_FAULT
            await asyncio.sleep(self._at_least)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, wait - self._at_least)):
                    await self._woken.wait()


class Watch:
    """Runs jobs side by side. A fault in one must not end the watch: codes go on arriving."""

    def __init__(self, on_fault: Callable[[], object]) -> None:
        self._on_fault = on_fault
        self._jobs: list[Job] = []

    def add(self, name: str, once: Callable[[], Awaitable[float]], *, at_least: float = 0.0) -> Job:
        """Add a job that starts with `run`; see `Job`."""
        job = Job(name, once, at_least=at_least)
        self._jobs.append(job)
        return job

    async def run(self) -> None:
        """Run all jobs until cancelled."""
        async with asyncio.TaskGroup() as group:
            for job in self._jobs:
                group.create_task(job.run(self._on_fault), name=job.name)
