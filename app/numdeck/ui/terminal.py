"""What a terminal can do beyond drawing: clipboard, bell, window title, desktop notifications.

Textual has no API for titles and notifications, so this one module writes to its driver, whose queue keeps the
sequences from cutting into a frame. Every text has to be clean already; what would end a sequence is refused anyway.
"""

from __future__ import annotations

import base64
from typing import Literal, Protocol

Notification = Literal["off", "osc9", "osc777"]

_ESC = "\x1b"
_BEL = "\x07"
_ST = "\x1b\\"


class Output(Protocol):
    """Where sequences go: the driver of a running app."""

    def write_beside(self, data: str) -> None:
        """Write to the terminal what is no drawing."""
        ...


class Terminal:
    """The terminal's own services; does nothing without an output (headless)."""

    def __init__(self, output: Output | None, *, notification: Notification) -> None:
        self._output = output
        self._notification = notification

    def copy(self, text: str, *, through_tmux: bool = False) -> None:
        """Send text to the terminal's clipboard (OSC 52), wrapped for tmux if so wished. Nobody acknowledges it."""
        payload = base64.b64encode(text.encode()).decode("ascii")
        sequence = f"{_ESC}]52;c;{payload}{_BEL}"
        self._write(_through_tmux(sequence) if through_tmux else sequence)

    def bell(self) -> None:
        """Ring the bell."""
        self._write(_BEL)

    def title(self, text: str) -> None:
        """Set the window title."""
        self._write(f"{_ESC}]2;{_harmless(text)}{_BEL}")

    def keep_title(self) -> None:
        """Save the present window title in the terminal."""
        self._write(f"{_ESC}[22;2t")

    def restore_title(self) -> None:
        """Restore the window title that was saved."""
        self._write(f"{_ESC}[23;2t")

    def notify(self, title: str, text: str) -> None:
        """Send a desktop notification, if one was chosen."""
        match self._notification:
            case "osc9":
                self._write(f"{_ESC}]9;{_harmless(f'{title}: {text}')}{_BEL}")
            case "osc777":
                self._write(f"{_ESC}]777;notify;{_harmless(title).replace(';', ',')};{_harmless(text)}{_BEL}")
            case _:
                pass

    def _write(self, sequence: str) -> None:
        if self._output is not None:
            self._output.write_beside(sequence)


def _through_tmux(sequence: str) -> str:
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC + _ESC)}{_ST}"


def _harmless(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
