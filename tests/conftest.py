"""A desk on a sandbox, over real HTTP, on one clock that only the test moves."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.api.client import NumbersClient
from numdeck.api.session import Timeouts
from numdeck.clock import ServiceClock
from numdeck.desk.desk import Desk
from numdeck.desk.settings import DeskSettings
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.names import NamesFile
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, SandboxSettings
from tests.support import Bench, DeskClock, OpenBench


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def open_bench(clock: ManualClock) -> AsyncIterator[OpenBench]:
    """Open desks, each on a sandbox that is empty and silent unless told otherwise; give `sandbox` to reopen one.

    `clock_ahead` is by how much the machine's clock is ahead of the sandbox's, in seconds.
    """
    async with AsyncExitStack() as stack:

        async def open_one(
            *,
            journal: Path | None = None,
            opened: AsyncJournal | None = None,
            sandbox: Sandbox | None = None,
            desk_settings: DeskSettings | None = None,
            names_file: NamesFile | None = None,
            clock_ahead: float = 0.0,
            **sandbox_settings: object,
        ) -> Bench:
            plain = SandboxSettings(history=0, waiting=0, is_silent=True, reads_per_minute=10_000)
            world = sandbox or Sandbox(replace(plain, **sandbox_settings), clock=clock)  # type: ignore[arg-type]
            server = stack.enter_context(SandboxServer(world))
            desk_clock = ServiceClock(DeskClock(clock, ahead=clock_ahead))
            timeouts = Timeouts(connect=20.0, read=20.0, write=20.0, pool=20.0)  # a loaded machine needs some of them
            client = NumbersClient(server.base_url, SANDBOX_KEY, desk_clock, timeouts=timeouts)
            kept = opened or await (AsyncJournal.open(journal) if journal else AsyncJournal.in_memory())
            desk = await Desk.open(client, kept, desk_clock, desk_settings or DeskSettings(), names_file=names_file)
            stack.push_async_callback(desk.close)
            bench = Bench(desk, world, clock)
            desk.listen(bench.events.append)
            return bench

        yield open_one


@pytest.fixture
async def bench(open_bench: OpenBench) -> Bench:
    """A desk on an empty, silent sandbox, after its first poll."""
    opened = await open_bench()
    await opened.poll()
    return opened


def pytest_collection_finish() -> None:
    """Keep what stays until the end out of the garbage collector's way: it took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: who waits for a terminal or a server leaves its processor to another."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded: what was run, not only that it passed."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(str(value))
