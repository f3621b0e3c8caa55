"""kill -9 around a purchase: what was charged is on the desk of the next start, and nothing is bought twice."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing

from numdeck.sandbox.faults import Fault
from tests.terminal.conftest import Home, OpenTerminal, Service
from tests.terminal.terminal import ENTER, Terminal

KILLS = int(os.environ.get("NUMDECK_TEST_KILLS", "3"))
"""Set the environment for a long soak."""

QUESTION = "ntg" + ENTER + "667" + ENTER + ENTER


def asked(open_terminal: OpenTerminal, service: Service) -> Terminal:
    """A numdeck that asks whether to order."""
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.send(QUESTION)
    terminal.wait_for_line("Order virtual MIN_15", "tg", "667", "for $")
    return terminal


def kill(terminal: Terminal) -> None:
    terminal.process.kill()
    terminal.process.wait()


def attempts(home: Home) -> list[tuple[str, str | None]]:
    (path,) = home.state.glob("journal-*.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT state, order_id FROM attempts").fetchall()


def test_charged_and_not_answered_is_found_at_the_next_start(
    open_terminal: OpenTerminal, service: Service, home: Home
) -> None:
    terminal = asked(open_terminal, service)
    service.sandbox.faults.add(Fault(method="POST", when="after", action="delay", seconds=60))
    terminal.send(ENTER)
    terminal.wait_for(lambda: service.sandbox.charges)
    kill(terminal)
    assert attempts(home) == [("sending", None)]
    again = open_terminal(service=service)
    again.wait_for("Active 1")
    again.wait_until_gone("purchase unknown")
    assert attempts(home) == [("placed", service.sandbox.charges[0].order_id.hex)]
    again.wait_for_line("Telegram", "USA", "···")
    assert service.sandbox.count("POST") == 1


def test_killed_at_any_moment_of_a_purchase(open_terminal: OpenTerminal, service: Service, home: Home) -> None:
    moments = random.Random(7)
    for _ in range(KILLS):
        terminal = asked(open_terminal, service)
        service.sandbox.faults.clear()
        service.sandbox.faults.add(Fault(method="POST", when="before", action="delay", seconds=0.1))
        service.sandbox.faults.add(Fault(method="POST", when="after", action="delay", seconds=0.1))
        terminal.send(ENTER)
        time.sleep(moments.uniform(0.0, 0.3))
        kill(terminal)
        attempts(home)
    time.sleep(0.2)  # what is on its way arrives
    charged = [charge.order_id.hex for charge in service.sandbox.charges]
    again = open_terminal(service=service)
    again.wait_for(f"Active {len(charged)}")
    assert service.sandbox.count("POST") <= KILLS
    claimed = Counter(order_id for _, order_id in attempts(home) if order_id is not None)
    assert set(claimed) <= set(charged)
    assert all(count == 1 for count in claimed.values())
    unsettled = sum(state in {"sending", "unknown"} for state, _ in attempts(home))
    assert len(charged) - len(claimed) <= unsettled
