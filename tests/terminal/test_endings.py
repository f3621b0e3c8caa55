"""How it ends, whoever ends it: with its status, at once, and with the terminal as it was."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from tests.terminal.conftest import KEY, Home, OpenTerminal, Service
from tests.terminal.terminal import CTRL_C, is_restored


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_in_order(
    open_terminal: OpenTerminal, service: Service, number: signal.Signals, status: int
) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.signal(number)
    assert terminal.wait_for_exit() == status
    assert is_restored(terminal.raw)


def test_ctrl_c_quits(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.send(CTRL_C)
    assert terminal.wait_for_exit() == 0
    assert is_restored(terminal.raw)


_BROKEN = """
import importlib.abc, sys

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "numdeck.ui.app":
            sys.meta_path.remove(self)
            from numdeck.ui.panes.status import StatusLine
            StatusLine.show = show

def show(self, state, now):
    secret = "k3y-of-the-account"
    if state.link.fresh_at is not None:
        raise RuntimeError("it broke \\x1b]0;evil\\x07" if secret else "")

sys.meta_path.insert(0, Finder())
"""
"""Makes drawing the status line fail once an answer has come."""


def test_a_fault_of_ours_ends_it_with_a_sentence_and_tells_no_secret(
    open_terminal: OpenTerminal, service: Service, home: Home, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_BROKEN)
    terminal = open_terminal(service=service, more={"PYTHONPATH": str(tmp_path)})
    assert terminal.wait_for_exit() == 1
    assert is_restored(terminal.raw)
    assert b"ended because of an internal error" in terminal.raw
    assert b"Traceback" not in terminal.raw
    log = (home.state / "numdeck.log").read_text()
    assert "it broke ^[]0;evil^G" in log
    assert "\x1b" not in log
    assert KEY.encode() not in terminal.raw
    assert KEY not in log


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time of another process is read from /proc")
@pytest.mark.parametrize("ignores_hangup", [False, True], ids=["hangup", "nohup"])
def test_a_terminal_that_is_gone_ends_it_without_spinning(
    open_terminal: OpenTerminal, service: Service, *, ignores_hangup: bool
) -> None:
    before = processor_seconds_of_the_reaped()
    terminal = open_terminal(service=service, ignores_hangup=ignores_hangup)
    terminal.wait_for("● live")
    until_then = processor_seconds(terminal.process.pid)
    terminal.hang_up()
    assert terminal.wait_for_exit() == 129
    assert processor_seconds_of_the_reaped() - before - until_then < 2.0


def test_with_the_service_gone_it_still_ends_at_once(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    service.server.stop()
    terminal.send("r")
    terminal.wait_for("▲ offline")
    terminal.send("q")
    assert terminal.wait_for_exit() == 0
    assert is_restored(terminal.raw)


def processor_seconds(pid: int) -> float:
    """Processor time that a running process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # its ticks are hundredths of a second, whatever the kernel


def processor_seconds_of_the_reaped() -> float:
    """Processor time of all processes that this one has started and that have ended, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
