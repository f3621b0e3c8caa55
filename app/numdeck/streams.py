"""Standard streams that were closed before the start or died before the end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_STREAMS: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""Name and mode, in the order of the file descriptors."""


def open_closed_streams() -> None:
    """Open the null device in place of every closed standard stream (`numdeck <&-`).

    Otherwise the next file to be opened, such as the journal, would get the descriptor and all output to it. Messages
    for a closed standard error go to standard output.
    """
    is_mute = sys.stderr is None
    for name, mode in _STREAMS:
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - open until the program ends
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if is_mute:
        sys.stderr = sys.stdout


def let_go_of_a_dead_terminal() -> None:
    """Discard output that cannot be written. Python would try again at exit and end with status 120."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say(sentence: str) -> None:
    """Write a message to standard error, for when there is no screen."""
    sys.stderr.write(f"numdeck: {sentence}\n")
    sys.stderr.flush()
