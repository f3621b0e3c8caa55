"""Which process sends a purchase: a second numdeck on the same journal has to know whether it still runs."""

from __future__ import annotations

import os
import secrets
from typing import Final

_TOKEN: Final = secrets.token_hex(4)


def this_process() -> str:
    """Return a name for this process; one that got the same number later has another."""
    return f"{os.getpid()}-{_TOKEN}"


def is_running(name: str) -> bool:
    """Tell whether the process with this name runs, on this machine; a number may be another process's by now."""
    if name == this_process():
        return True
    number, _, _ = name.partition("-")
    if not (number.isascii() and number.isdigit()) or int(number) in {0, os.getpid()}:
        return False
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
