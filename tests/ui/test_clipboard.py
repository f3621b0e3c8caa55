"""Copying: which way is tried where, and what is said of it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from numdeck.ui.clipboard import Clipboard, Copier, Multiplexers, Outcome, TmuxOptions, Way, run_tmux, ways_to_copy
from numdeck.ui.terminal import Terminal
from tests.support import Bench
from tests.ui.support import Wire, operator_at
from tests.ui.test_codes import clipboard

NOWHERE = Multiplexers()
TMUX = Multiplexers(in_tmux=True)
NESTED = Multiplexers(in_tmux=True, in_another=True)


@pytest.mark.parametrize(
    ("around", "set_clipboard", "allow_passthrough", "ways"),
    [
        (NOWHERE, None, "", [Way.RAW]),
        (TMUX, None, "", [Way.RAW]),  # it does not answer
        (TMUX, "on", "off", [Way.RAW]),
        (TMUX, "on", "on", [Way.RAW]),
        (TMUX, "external", "off", [Way.CLIPBOARD, Way.BUFFER]),
        (TMUX, "external", "0", [Way.CLIPBOARD, Way.BUFFER]),
        (TMUX, "external", "1", [Way.CLIPBOARD, Way.PASSTHROUGH]),
        (TMUX, "external", "all", [Way.CLIPBOARD, Way.PASSTHROUGH]),
        (TMUX, "external", "", [Way.CLIPBOARD, Way.PASSTHROUGH]),  # before 3.3
        (TMUX, "off", "off", [Way.BUFFER]),
        (TMUX, "off", "on", [Way.PASSTHROUGH]),
        (NESTED, "on", "on", [Way.CLIPBOARD, Way.BUFFER]),
        (NESTED, "external", "on", [Way.CLIPBOARD, Way.BUFFER]),
        (NESTED, "off", "on", [Way.BUFFER]),
    ],
)
def test_ways_to_copy(around: Multiplexers, set_clipboard: str | None, allow_passthrough: str, ways: list[Way]) -> None:
    options = None if set_clipboard is None else TmuxOptions(set_clipboard, allow_passthrough)
    assert list(ways_to_copy(around, options)) == ways


@pytest.mark.parametrize(
    ("environment", "around"),
    [
        ({}, Multiplexers()),
        ({"TERM": "xterm-256color"}, Multiplexers()),
        ({"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "tmux-256color"}, Multiplexers(in_tmux=True)),
        ({"TERM": "screen-256color"}, Multiplexers(is_remote=True)),
        ({"TERM": "tmux-256color", "TMUX": ""}, Multiplexers(is_remote=True)),
        ({"TERM": "screen", "STY": "1.tty"}, Multiplexers(in_another=True, is_remote=True)),
        ({"ZELLIJ": "0", "TMUX": "x", "TERM": "tmux"}, Multiplexers(in_tmux=True, in_another=True)),
    ],
)
def test_what_the_environment_tells(environment: dict[str, str], around: Multiplexers) -> None:
    assert Multiplexers.read(environment) == around


@pytest.mark.parametrize(
    ("setting", "around", "outcome", "sent"),
    [
        ("auto", NOWHERE, Outcome.SENT, "raw"),
        ("auto", Multiplexers(is_remote=True), Outcome.DOUBTFUL, "raw"),
        ("auto", Multiplexers(in_another=True), Outcome.DOUBTFUL, "raw"),
        ("auto", TMUX, None, ""),
        ("raw", TMUX, Outcome.SENT, "raw"),
        ("tmux", TMUX, Outcome.SENT, "wrapped"),
        ("off", TMUX, Outcome.OFF, ""),
    ],
)
def test_what_is_copied_without_asking(
    setting: Clipboard, around: Multiplexers, outcome: Outcome | None, sent: str
) -> None:
    wire = Wire()
    assert Copier(Terminal(wire, notification="off"), setting, around).copy_at_once("79373") is outcome
    assert way_of("79373", wire) == sent


def way_of(text: str, wire: Wire) -> str:
    """How a text was sent to the terminal."""
    raw = clipboard(text)
    escaped = raw.replace("\x1b", "\x1b\x1b")
    forms = {"": "", raw: "raw", f"\x1bPtmux;{escaped}\x1b\\": "wrapped"}
    return forms["".join(wire.sent)]


class FakeTmux:
    """Stands in for tmux on the path: answers as it is told, and keeps what is loaded into its buffer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "tmux"

    def behaves(self, options: str = "external/0", on_load: str = "cat > $here/buffer") -> None:
        self.script.write_text(
            f"""#!/bin/sh
here={self.folder}
echo "$@" >> $here/calls
case "$*" in
  display-message*) echo {options};;
  load-buffer*) {on_load};;
esac
"""
        )
        self.script.chmod(0o755)

    @property
    def buffer(self) -> str:
        path = self.folder / "buffer"
        return path.read_text() if path.exists() else ""

    @property
    def calls(self) -> str:
        return (self.folder / "calls").read_text()


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTmux:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    fake = FakeTmux(folder)
    fake.behaves()
    return fake


TOO_OLD = 'case "$*" in *-w*) exit 1;; *) cat > $here/buffer;; esac'


@pytest.mark.parametrize(
    ("options", "on_load", "outcome", "sent", "buffer"),
    [
        ("external/0", "cat > $here/buffer", Outcome.IN_BOTH, "", "79373"),
        ("on/0", "exit 1", Outcome.SENT, "raw", ""),
        ("off/0", "cat > $here/buffer", Outcome.IN_BUFFER, "", "79373"),
        ("off/1", "exit 1", Outcome.SENT, "wrapped", ""),
        ("external/0", "exit 1", Outcome.DROPPED, "", ""),
        ("external/1", "exit 1", Outcome.SENT, "wrapped", ""),
        ("external/0", TOO_OLD, Outcome.IN_BUFFER, "", "79373"),
        ("", "exit 1", Outcome.DOUBTFUL, "raw", ""),
        ("$(yes | head -c 100000)", "exit 1", Outcome.DOUBTFUL, "raw", ""),
    ],
)
async def test_copying_in_tmux(
    tmux: FakeTmux, options: str, on_load: str, outcome: Outcome, sent: str, buffer: str
) -> None:
    tmux.behaves(options, on_load)
    wire = Wire()
    assert await Copier(Terminal(wire, notification="off"), "auto", TMUX).copy("79373") is outcome
    assert way_of("79373", wire) == sent
    assert tmux.buffer == buffer
    assert "79373" not in tmux.calls  # everybody may read a list of processes


async def test_without_tmux_on_the_path_it_is_sent_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    wire = Wire()
    assert await Copier(Terminal(wire, notification="off"), "auto", TMUX).copy("79373") is Outcome.DOUBTFUL
    assert way_of("79373", wire) == "raw"


async def test_tmux_is_asked_once_and_again_after_what_did_not_work(tmux: FakeTmux) -> None:
    tmux.behaves("off/0", "exit 1")
    copier = Copier(Terminal(Wire(), notification="off"), "auto", TMUX)
    assert await copier.copy("1") is Outcome.DROPPED
    tmux.behaves()  # as its operator was told
    for _ in range(3):
        assert await copier.copy("2") is Outcome.IN_BOTH
    assert tmux.calls.count("display-message") == 2


async def test_texts_are_copied_in_the_order_in_which_they_were_asked_for(tmux: FakeTmux) -> None:
    copier = Copier(Terminal(Wire(), notification="off"), "auto", TMUX)
    tmux.behaves(on_load='read text; [ "$text" = 1 ] && sleep 0.3; echo $text > $here/buffer')
    await asyncio.gather(copier.copy("1\n"), copier.copy("2\n"))
    assert tmux.buffer == "2\n"


async def test_a_tmux_that_hangs_is_ended(tmux: FakeTmux, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numdeck.ui.clipboard._PATIENCE", 0.2)
    tmux.behaves(on_load="echo $$ > $here/pid; exec sleep 60")
    assert await run_tmux("load-buffer", "-w", "-", text="1") is None
    pid = int((tmux.folder / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)  # not even a zombie is left


async def test_the_screen_says_what_came_of_it(bench: Bench, tmux: FakeTmux) -> None:
    entry = await bench.order()
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    tmux.behaves(on_load="exit 1")
    async with operator_at(bench, multiplexers=TMUX) as operator:
        await operator.press("c")
        assert "Not copied: tmux drops it. Run: tmux set -s set-clipboard on" in operator.screen
        assert bench.entry(entry.id).record.unseen
        tmux.behaves()
        await operator.press("c")
        assert "sent to the terminal's clipboard, and put into tmux's buffer" in operator.screen
        assert tmux.buffer == "79373"
        assert not bench.entry(entry.id).record.unseen
        await operator.press("Y")
        assert tmux.buffer == entry.record.order.phone_number
