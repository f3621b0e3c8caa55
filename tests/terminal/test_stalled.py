"""A terminal that nobody reads, as behind a closed lid or a dropped line, holds nothing up."""

from __future__ import annotations

import re
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

from tests.terminal.conftest import Home, OpenTerminal, Service
from tests.terminal.terminal import PATIENCE, Terminal
from tests.terminal.test_ordering import first_order


def unread(holds: Callable[[], object]) -> None:
    """Wait until something holds, and read nothing of the terminal meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def stall(terminal: Terminal) -> None:
    """Have more drawn than a pty holds and the program's own queue takes."""
    for _ in range(40):
        terminal.send("h")
        time.sleep(0.02)


def without_digits(terminal: Terminal) -> str:
    """The panes, but for what counts."""
    return re.sub(r"[<\d]+", "#", "\n".join(terminal.lines[1:-2]))


def saved_codes(home: Home) -> list[str]:
    (path,) = home.state.glob("journal-*.sqlite3")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM codes")]


def test_polls_codes_and_armed_cancels_go_on_and_the_screen_is_right_afterwards(
    open_terminal: OpenTerminal, service: Service, home: Home
) -> None:
    home.configure(opens_after="15s")
    terminal = first_order(open_terminal, service)
    with_code = str(service.sandbox.charges[-1].order_id)
    terminal.send("R")
    terminal.wait_for_line("Order virtual MIN_15", "for $")
    terminal.send("\r")
    terminal.wait_for("Active 2")
    to_cancel = str(service.sandbox.charges[-1].order_id)
    terminal.send("x")
    terminal.wait_for("armed")

    stall(terminal)
    polls = service.sandbox.count("GET")
    unread(lambda: service.sandbox.count("GET") >= polls + 3)
    service.sandbox.deliver(with_code, "482913")
    unread(lambda: "482913" in saved_codes(home))
    service.clock.advance(minutes=2)
    unread(lambda: service.sandbox.order(to_cancel).status == "canceled")
    assert [str(refund.order_id) for refund in service.sandbox.refunds] == [to_cancel]

    terminal.wait_for_line("482913", "Telegram")
    terminal.wait_for("Active 0")
    terminal.wait_for("Cancelled, $")
    assert b"482913" in terminal.raw[terminal.raw.rfind(b"\x1b]2;") :], "the title says it too"
    seen = without_digits(terminal)
    terminal.resize(100, 40)
    terminal.wait_until_gone("─ Latest")
    terminal.resize(120, 40)
    terminal.wait_for("─ Latest")
    terminal.wait_for(lambda: without_digits(terminal) == seen)
    terminal.send("q")
    assert terminal.wait_for_exit() == 0


def test_a_signal_ends_it_all_the_same(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    stall(terminal)
    terminal.signal(signal.SIGTERM)
    unread(lambda: terminal.process.poll() is not None)
    assert terminal.process.returncode == 128 + signal.SIGTERM
