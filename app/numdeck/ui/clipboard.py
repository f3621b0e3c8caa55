"""Copying: by which way a text reaches the clipboard, and what can truthfully be said of it.

Nobody acknowledges OSC 52, so it is "sent", never "copied". tmux drops it with its defaults (`set-clipboard external`),
but takes a text into its own buffer, and sends it on to the terminal, when its own command asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from subprocess import DEVNULL, PIPE
from typing import Final, Literal, Self

from numdeck.ui.terminal import Terminal

Clipboard = Literal["auto", "raw", "tmux", "off"]

_PATIENCE: Final = 2.0
"""How long one command of tmux may take, in seconds."""

_LONGEST_ANSWER: Final = 200
_OPTIONS: Final = ("display-message", "-p", "#{set-clipboard}/#{allow-passthrough}")


class Way(Enum):
    """How a text is sent on its way."""

    RAW = "OSC 52 as it is"
    PASSTHROUGH = "OSC 52 wrapped, so that tmux hands it on"
    CLIPBOARD = "tmux load-buffer -w"
    BUFFER = "tmux load-buffer"


class Outcome(Enum):
    """What came of copying, as a sentence about `{what}`."""

    SENT = "{what} sent to the terminal's clipboard."
    DOUBTFUL = "{what} sent to the terminal's clipboard, unless tmux or screen on the way drops it."
    IN_BOTH = "{what} sent to the terminal's clipboard, and put into tmux's buffer."
    IN_BUFFER = "{what} put into tmux's buffer only. For the clipboard too: tmux set -s set-clipboard on"
    DROPPED = "Not copied: tmux drops it. Run: tmux set -s set-clipboard on"
    OFF = "Copying is switched off: set screen.clipboard in the settings."

    def sentence(self, what: str) -> str:
        """Say it of `what`."""
        return self.value.format(what=what)

    @property
    def is_success(self) -> bool:
        """Whether the text is where it can be pasted from, for all we know."""
        return self not in {Outcome.DROPPED, Outcome.OFF}


@dataclass(frozen=True, slots=True)
class Multiplexers:
    """What stands between the program and the terminal, as far as the environment tells."""

    in_tmux: bool = False
    """In a tmux that can be asked."""
    in_another: bool = False
    """In GNU screen or zellij, perhaps inside that tmux, perhaps around it."""
    is_remote: bool = False
    """In a tmux or screen that cannot be asked: at the other end of ssh."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read it from environment variables."""
        in_tmux = bool(environment.get("TMUX"))
        in_another = bool(environment.get("STY") or environment.get("ZELLIJ"))
        names = environment.get("TERM", "").startswith(("tmux", "screen"))
        return cls(in_tmux, in_another, is_remote=names and not in_tmux)


@dataclass(frozen=True, slots=True)
class TmuxOptions:
    """What tmux does with OSC 52, and whether it hands on what is wrapped for it."""

    set_clipboard: str
    allow_passthrough: str

    @property
    def hands_on(self) -> bool:
        """Whether it hands on what is wrapped; before version 3.3 there was no such option, and it always did."""
        return self.allow_passthrough in {"on", "1", "all", ""}


def ways_to_copy(around: Multiplexers, options: TmuxOptions | None) -> tuple[Way, ...]:
    """By which ways to try, one after the other until one works; `options` is None where tmux does not answer.

    None is left to try where nothing gets through. What is wrapped for tmux must not go to another multiplexer inside
    it, nor does what is not wrapped get through there for certain: tmux's own command does.
    """
    if not around.in_tmux or options is None:
        return (Way.RAW,)
    last = (Way.PASSTHROUGH,) if options.hands_on and not around.in_another else (Way.BUFFER,)
    match options.set_clipboard:
        case "on" if not around.in_another:
            return (Way.RAW,)
        case "off":
            return last  # not to set the clipboard is what the operator told tmux
        case _:
            return (Way.CLIPBOARD, *last)


class Copier:
    """Copies texts one after the other, in the order in which they were asked for."""

    def __init__(self, terminal: Terminal, setting: Clipboard, around: Multiplexers) -> None:
        self._terminal = terminal
        self._setting = setting
        self._around = around
        self._turn = asyncio.Lock()
        self._options: TmuxOptions | None = None

    def copy_at_once(self, text: str) -> Outcome | None:
        """Copy a text without asking anybody; None when tmux has to be asked, which takes a moment: see `copy`."""
        match self._setting:
            case "off":
                return Outcome.OFF
            case "raw" | "tmux":
                self._terminal.copy(text, through_tmux=self._setting == "tmux")
                return Outcome.SENT
            case "auto" if not self._around.in_tmux:
                self._terminal.copy(text)
                return self._raw_outcome()
            case _:
                return None

    async def copy(self, text: str) -> Outcome:
        """Copy a text inside tmux, by the first way that works."""
        async with self._turn:
            options = self._options or await _ask_tmux()
            outcome = await self._try_ways(ways_to_copy(self._around, options), text)
            if outcome is None:
                outcome = Outcome.DROPPED
            elif options is None:
                outcome = Outcome.DOUBTFUL
            is_well = outcome in {Outcome.SENT, Outcome.IN_BOTH}
            self._options = options if is_well else None  # the operator may change it now: ask again next time
            return outcome

    async def _try_ways(self, ways: Iterable[Way], text: str) -> Outcome | None:
        for way in ways:
            match way:
                case Way.RAW | Way.PASSTHROUGH:
                    self._terminal.copy(text, through_tmux=way is Way.PASSTHROUGH)
                    return Outcome.SENT
                case Way.CLIPBOARD if await run_tmux("load-buffer", "-w", "-", text=text) is not None:
                    return Outcome.IN_BOTH
                case Way.BUFFER if await run_tmux("load-buffer", "-", text=text) is not None:
                    return Outcome.IN_BUFFER
        return None

    def _raw_outcome(self) -> Outcome:
        is_doubtful = self._around.in_another or self._around.is_remote
        return Outcome.DOUBTFUL if is_doubtful else Outcome.SENT


async def _ask_tmux() -> TmuxOptions | None:
    answer = await run_tmux(*_OPTIONS)
    set_clipboard, slash, allow_passthrough = (answer or "").strip().partition("/")
    return TmuxOptions(set_clipboard, allow_passthrough) if slash else None


async def run_tmux(*arguments: str, text: str = "") -> str | None:
    """Run a command of tmux with `text` on its standard input, where no list of processes shows it.

    The result is what it printed; None when it failed, cannot be run or took too long. It is gone at the end.
    """
    try:
        process = await asyncio.create_subprocess_exec("tmux", *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return None
    stdin, stdout = process.stdin, process.stdout
    try:
        if stdin is None or stdout is None:
            return None  # they are pipes
        async with asyncio.timeout(_PATIENCE):
            stdin.write(text.encode())
            stdin.close()
            answer = await stdout.read(_LONGEST_ANSWER)
            status = await process.wait()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return None if status else answer.decode("ascii", "replace")
