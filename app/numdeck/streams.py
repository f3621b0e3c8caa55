"""The standard streams, where they are not what a program expects: closed from the start, or dead in the end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_STREAMS: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""In the order of their descriptors."""


def open_closed_streams() -> None:
    """Open the null device in the place of every standard stream that was closed (`numdeck <&-`).

    Otherwise the next file that is opened, the journal perhaps, would get its descriptor, and whatever is written to
    standard output or error. What is said on a standard error that was closed goes to standard output.
    """
    is_mute = sys.stderr is None
    for name, mode in _STREAMS:
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - as long as the program runs
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if is_mute:
        sys.stderr = sys.stdout


def let_go_of_a_dead_terminal() -> None:
    """Give up what could not be written: Python would try it again at its end, and exit with status 120 for it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say(sentence: str) -> None:
    """Tell the operator something while there is no screen."""
    sys.stderr.write(f"numdeck: {sentence}\n")
    sys.stderr.flush()
