"""Measure numdeck at rest: `python tests/bench/idle.py [SECONDS] [--bytes FILE]`.

The dashboard runs in a real pseudo terminal of 120x40 with 24-bit colours, against a silent sandbox in a process of its
own: first with 20 numbers of all ages (bytes written, processor time, first paint, memory), then with 200 (how long a
key takes to show). Targets at rest with 20 numbers: 300 B/s, 1 % of a core. Linux, for its /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.files import account_file
from numdeck.journal.journal import Journal
from numdeck.model.record import OrderRecord
from numdeck.sandbox.clock import ManualClock, SandboxClock
from numdeck.sandbox.past import remembered
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, SandboxSettings
from tests.terminal.terminal import Terminal

OLDEST = 13.5 * 60.0
"""Age of the oldest number in seconds: young enough not to end while it is measured, which would be no rest."""
SETTLE = 8.0
"""Seconds until the first polls, the names and the history are through."""
FRAME = b"\x1b[?2026h"
KEYS = 60
QUIET = 0.05
"""Seconds without a byte after which a key's effect counts as drawn."""


class ShiftedClock(ManualClock):
    """Time that a loop of purchases moves, then real time."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self._real: SandboxClock | None = None

    def run(self) -> None:
        """Go over to real time."""
        self._real = SandboxClock()

    def now(self) -> float:
        return self._real.now() if self._real else super().now()

    def client_seconds(self) -> float:
        return self.now()


def serve(pipe: Connection, numbers: int) -> None:
    """Serve numbers bought at even intervals from new to almost over, until the other end is closed."""
    clock = ShiftedClock(time.time() - OLDEST)
    settings = SandboxSettings(waiting=0, is_silent=True, reads_per_minute=100_000)
    sandbox = Sandbox(settings, clock=clock)
    sandbox.set_balance("10000")
    services, countries = list(sandbox.catalogue.services), list(sandbox.catalogue.countries)
    for index in range(numbers):
        clock.advance(OLDEST / (numbers + 1))
        service, country = services[index % 9], countries[index * 7 % 20]
        sandbox.set_stock(9, service_code=service, country_code=country)
        sandbox.buy(Purchase(service_code=service, country_code=country))
    clock.run()
    with SandboxServer(sandbox) as server:
        pipe.send((server.base_url, remembered(sandbox)))
        try:
            pipe.recv()
        except EOFError:
            return


@contextmanager
def dashboard(numbers: int) -> Iterator[tuple[Terminal, float]]:
    """Run numdeck on so many numbers; gives its terminal and the seconds until the first frame with rows."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    service = context.Process(target=serve, args=(theirs, numbers), daemon=True)
    service.start()
    theirs.close()
    base_url, records = ours.recv()
    with tempfile.TemporaryDirectory() as home:
        state = Path(home) / "state"
        asyncio.run(remember(account_file(state, base_url, SANDBOX_KEY), records))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "NUMDECK_STATE_DIR": str(state),
            "NUMDECK_BASE_URL": base_url,
            "NUMDECK_API_KEY": SANDBOX_KEY,
        }
        begun = time.monotonic()
        with Terminal(environment=environment) as terminal:
            terminal.wait_for("─ Active")
            painted = time.monotonic() - begun
            terminal.wait_for(f"Active {numbers}")
            read_for(terminal, SETTLE)
            yield terminal, painted
            terminal.send("q")
            terminal.wait_for_exit()
    ours.close()
    service.join()


async def remember(path: Path, records: list[OrderRecord]) -> None:
    """Write the journal of somebody who was there when the numbers were bought."""
    path.parent.mkdir(parents=True)
    journal = await AsyncJournal.open(path)
    await journal.run(Journal.write, records)
    await journal.close()


def read_for(terminal: Terminal, seconds: float) -> None:
    """Take what is written within so many seconds."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        terminal.read(left)


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def key_latencies(terminal: Terminal) -> list[float]:
    """Seconds from a key to the first byte of what it draws, moving down and up."""
    took = []
    for index in range(KEYS):
        while terminal.read(QUIET):
            pass
        begun = time.monotonic()
        terminal.send("j" if index < KEYS / 2 else "k")
        if terminal.read(2.0):
            took.append(time.monotonic() - begun)
    return took


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("seconds", nargs="?", type=float, default=60.0)
    arguments.add_argument("--bytes", type=Path, help="write what the terminal got at rest into this file")
    options = arguments.parse_args()

    with dashboard(20) as (terminal, painted):
        pid = terminal.process.pid
        processor, written = processor_seconds(pid), len(terminal.raw)
        begun = time.monotonic()
        read_for(terminal, options.seconds)
        lasted = time.monotonic() - begun
        rest = bytes(terminal.raw[written:])
        share = (processor_seconds(pid) - processor) / lasted
        memory = resident_mib(pid)
    if options.bytes:
        options.bytes.write_bytes(rest)
    with dashboard(200) as (terminal, _):
        took = sorted(key_latencies(terminal))

    p50, p95 = statistics.median(took) * 1000, took[int(len(took) * 0.95)] * 1000
    sys.stdout.write(
        f"first paint      {painted * 1000:8.0f} ms\n"
        f"at rest, 20      {len(rest) / lasted:8.0f} B/s   (target 300)   {rest.count(FRAME) / lasted:.1f} frames/s\n"
        f"processor        {share:8.1%}       (target 1 %)\n"
        f"memory           {memory:8.0f} MiB\n"
        f"key, 200         {p50:8.1f} ms p50   {p95:.1f} ms p95\n"
    )


if __name__ == "__main__":
    main()
