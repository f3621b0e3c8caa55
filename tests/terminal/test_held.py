"""The journal is held by another process when numdeck is started, or its disk takes nothing."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from numdeck.journal.files import account_file
from numdeck.journal.journal import Journal
from tests.terminal.conftest import KEY, Home, OpenTerminal, Service
from tests.terminal.terminal import CTRL_C

Hold = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Another numdeck that is opening the file."""
    path.parent.mkdir(parents=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def busy_database(path: Path) -> Iterator[None]:
    """Another program that writes to the file."""
    Journal.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield


held = pytest.mark.parametrize("hold", [lock_file, busy_database])


def journal_of(home: Home, service: Service) -> Path:
    return account_file(home.state, service.server.base_url, KEY)


@held
def test_ctrl_c_ends_the_waiting(open_terminal: OpenTerminal, service: Service, home: Home, hold: Hold) -> None:
    with hold(journal_of(home, service)):
        terminal = open_terminal(service=service)
        terminal.wait_for("another process holds")
        terminal.send(CTRL_C)
        assert terminal.wait_for_exit() == 130
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize(("hold", "columns", "rows"), [(lock_file, 80, 24), (busy_database, 60, 20)])
def test_it_goes_on_without_and_saves_when_the_other_has_let_go(
    open_terminal: OpenTerminal, service: Service, home: Home, hold: Hold, columns: int, rows: int
) -> None:
    with hold(journal_of(home, service)):
        terminal = open_terminal(service=service, columns=columns, rows=rows)
        terminal.wait_for("▲ NOT SAVING")
        terminal.wait_for(lambda: "wait for that process, or end it." in " ".join(terminal.text.split()))
        terminal.wait_for(lambda: journal_of(home, service).name in "".join(terminal.text.split()))
        terminal.send("n")
        terminal.wait_for("Order a number")
        terminal.send("tg\r667\r\r")
        terminal.wait_for("[enter/esc]")
        terminal.send("\r")
        terminal.wait_for(lambda: "Not sent, because it could not be" in " ".join(terminal.text.split()))
        terminal.wait_for(lambda: "wait for that process, or end it." in " ".join(terminal.text.split()))
        assert service.sandbox.count("POST") == 0
    terminal.send("\x1b")
    terminal.wait_until_gone("▲ NOT SAVING", timeout=30.0)
    terminal.wait_for("saved again")
    terminal.send("q")
    assert terminal.wait_for_exit() == 0
