"""A terminal as an operator has it: the program runs in a real pty, pyte keeps the screen, every byte is kept."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

import pyte

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 20.0
"""Seconds after which what was waited for will not come any more; a slow machine needs some of them."""

UP, DOWN, ENTER, ESCAPE, SPACE, TAB, CTRL_C, CTRL_O = "\x1b[A", "\x1b[B", "\r", "\x1b", " ", "\t", "\x03", "\x0f"

ALT_SCREEN_ON, ALT_SCREEN_OFF = b"\x1b[?1049h", b"\x1b[?1049l"
MOUSE_ON, MOUSE_OFF = b"\x1b[?1003h", b"\x1b[?1003l"
CURSOR_OFF, CURSOR_ON = b"\x1b[?25l", b"\x1b[?25h"
PASTE_ON, PASTE_OFF = b"\x1b[?2004h", b"\x1b[?2004l"

_SLICE: Final = 0.05
_MOUTHFUL: Final = 65536
_LONGEST_SEQUENCE: Final = 4096
_SYNC_QUERY: Final = b"\x1b[?2026$p"
_SYNC_ANSWER: Final = b"\x1b[?2026;2$y"
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"

# The terminal becomes the controlling one in the child, by its own hand: a preexec_fn would fork a process of many
# threads, which Python 3.12 warns of. SIGHUP stays ignored across exec, as under nohup; SIGINT would, too, where the
# tests run in the background.
_STUB: Final = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1] == "nohup" else signal.SIG_DFL)
os.execv(sys.argv[2], sys.argv[2:])
"""

SEQUENCE: Final = re.compile(
    rb"\x1b(?:"
    rb"\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS and their kin
    rb"|[ -/]+[0-~]"  # a two-part escape such as a character set
    rb"|[0-OQ-WYZ\\`-~]"  # a single escape
    rb")"
)
"""One whole escape sequence."""

_UNKNOWN_TO_PYTE: Final = re.compile(rb"\x1b(?:\[[<=>].*|\[.*[ -/][@-~]|\[\?[0-9;]*[^hl]|[P\]X^_].*)", re.DOTALL)


class Terminal:
    """Runs a program in a pty of its own. A context manager: what still runs at its end is killed."""

    def __init__(
        self,
        arguments: Sequence[str] = (),
        *,
        environment: Mapping[str, str],
        columns: int = 120,
        rows: int = 40,
        ignores_hangup: bool = False,
        shell: str = "",
    ) -> None:
        """Start `python -m numdeck` with these arguments, in this environment and no other.

        `shell` is how a shell runs it as `"$@"`, to begin in an odd way.
        """
        self.raw = bytearray()
        """Every byte that the program has written."""
        self._unread = b""
        self._lines: list[str] | None = None
        self._is_open = True
        self._is_mid_frame = False
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        self._set_size(columns, rows)
        program = [sys.executable, "-m", "numdeck", *arguments]
        if shell:
            program = ["/bin/sh", "-c", shell, "sh", *program]
        stub = [sys.executable, "-I", "-S", "-c", _STUB, "nohup" if ignores_hangup else "-"]
        try:
            self.process = subprocess.Popen(
                [*stub, *program],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                cwd=ROOT,
                env=dict(environment),
            )
        finally:
            os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # What the operator does

    def send(self, *keys: str | bytes) -> None:
        """Press keys, one write each."""
        for key in keys:
            os.write(self._master, key.encode() if isinstance(key, str) else key)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._screen.resize(rows, columns)
        self._lines = None
        self._set_size(columns, rows)

    def hang_up(self) -> None:
        """Take the terminal away, as a dropped connection does."""
        if self._is_open:
            self._is_open = False
            os.close(self._master)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self.process.send_signal(number)

    def close(self) -> None:
        """Kill what still runs, reap it, and give the pty back."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    # What the operator sees

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        if self._lines is None:
            self._lines = [line.rstrip() for line in self._screen.display]
        return self._lines

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    def line_with(self, *words: str) -> str:
        """The first line of the screen that has all these words; empty if there is none."""
        return next((line for line in self.lines if all(word in line for word in words)), "")

    @property
    def sequences(self) -> list[bytes]:
        """All escape sequences written so far, in order."""
        return SEQUENCE.findall(bytes(self.raw))

    # Waiting

    def wait_for(self, what: str | Callable[[], object], *, timeout: float = PATIENCE) -> None:
        """Read until a text stands on the screen, or something holds; fails with the screen as it is then.

        A frame counts when all of it has come: a terminal shows it no sooner.
        """
        holds = what if callable(what) else lambda: what in self.text
        deadline = monotonic() + timeout
        while self._is_mid_frame or not holds():
            if monotonic() > deadline or not self._is_open:
                wanted = what if isinstance(what, str) else "what was waited for"
                raise AssertionError(f"No {wanted!r} on the screen:\n{self.text}")
            self.read(_SLICE)

    def wait_for_line(self, *words: str, timeout: float = PATIENCE) -> str:
        """Read until one line has all these words, and return it."""
        try:
            self.wait_for(lambda: self.line_with(*words), timeout=timeout)
        except AssertionError:
            raise AssertionError(f"No line with {words} on the screen:\n{self.text}") from None
        return self.line_with(*words)

    def wait_until_gone(self, text: str, *, timeout: float = PATIENCE) -> None:
        """Read until a text stands on the screen no more."""
        try:
            self.wait_for(lambda: text not in self.text, timeout=timeout)
        except AssertionError:
            raise AssertionError(f"{text!r} still on the screen:\n{self.text}") from None

    def wait_for_exit(self, *, timeout: float = PATIENCE) -> int:
        """Read to the end, and return the exit status (below zero: killed by that signal)."""
        deadline = monotonic() + timeout
        while self.process.poll() is None:
            if monotonic() > deadline:
                raise AssertionError(f"Still running, with this on the screen:\n{self.text}")
            if not (self._is_open and self.read(_SLICE)):
                try:
                    self.process.wait(_SLICE)
                except subprocess.TimeoutExpired:
                    continue
        while self._is_open and self.read(0.0):
            pass
        return self.process.returncode

    def read(self, seconds: float) -> bool:
        """Take what the program writes within so many seconds onto the screen; False if it wrote nothing."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        data = b""
        try:
            while piece := os.read(self._master, _MOUTHFUL):
                data += piece
                if len(data) >= _MOUTHFUL or not select.select([self._master], [], [], 0.0)[0]:
                    break
        except OSError:  # EIO: nobody has the other end any more
            pass
        if not data:
            return False
        self.raw += data
        if _SYNC_QUERY in self._unread + data:
            os.write(self._master, _SYNC_ANSWER)
        self._draw(data)
        return True

    def _draw(self, data: bytes) -> None:
        """Hand whole sequences to pyte, without those that it would take for text."""
        data = self._unread + data
        end = _end_of_whole(data)
        self._lines = None
        self._unread = data[end:]
        whole = data[:end]
        if (begin := whole.rfind(_FRAME_BEGINS)) != (finish := whole.rfind(_FRAME_ENDS)):
            self._is_mid_frame = begin > finish
        self._stream.feed(SEQUENCE.sub(lambda m: b"" if _UNKNOWN_TO_PYTE.fullmatch(m[0]) else m[0], whole))

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _end_of_whole(data: bytes) -> int:
    """Where the sequence begins of which only a part has come."""
    at = data.find(b"\x1b")
    while at >= 0:
        found = SEQUENCE.match(data, at)
        if found is None and len(data) - at < _LONGEST_SEQUENCE:
            return at
        at = data.find(b"\x1b", found.end() if found else at + 1)
    return len(data)


def is_restored(raw: bytes | bytearray) -> bool:
    """Whether a program that wrote this has left the terminal as it found it."""
    pairs = ((ALT_SCREEN_ON, ALT_SCREEN_OFF), (MOUSE_ON, MOUSE_OFF), (CURSOR_OFF, CURSOR_ON), (PASTE_ON, PASTE_OFF))
    return all(0 <= raw.rfind(begin) < raw.rfind(end) for begin, end in pairs) and b"Traceback" not in raw
