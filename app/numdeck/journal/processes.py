"""Other processes on the same journal: waiting for one that holds it, and whether the sender of a purchase runs."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from numdeck.journal.errors import JournalUnwritable

SAID_AFTER: Final = 1.0
"""A wait is announced after this long, in seconds."""

AT_THE_START: Final = 5.0
"""How long a start waits before it continues without the journal, in seconds."""

_STEP: Final = 0.05

Say = Callable[[str], object]


class OpeningCancelled(Exception):  # noqa: N818 - nothing went wrong
    """The opening was cancelled: nobody waits for the journal any more."""


class Patience:
    """How long to wait for another process that holds the journal.

    `seconds` is the limit for one opening. `say` is called once, on the waiting thread, with a sentence that announces
    the wait. `cancel` may be called from any thread. Tests replace `now` and `pause`.
    """

    def __init__(
        self,
        seconds: float = AT_THE_START,
        say: Say | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._seconds = seconds
        self._say = say
        self._cancelled = threading.Event()
        self._now = now
        self._pause = pause or self._cancelled.wait
        self._began_at: float | None = None

    def cancel(self) -> None:
        """Stop waiting."""
        self._cancelled.set()

    def attempts(self, holding: Path) -> Iterator[None]:
        """Yield once per attempt until the limit, with pauses between.

        `holding` is the file that the other process holds. Raises JournalUnwritable at the limit, and OpeningCancelled.
        """
        if self._began_at is None:
            self._began_at = self._now()
        while True:
            yield
            waited = self._now() - self._began_at
            if self._cancelled.is_set():
                raise OpeningCancelled
            if waited >= self._seconds:
                raise JournalUnwritable(holding, "another process holds it", "wait for that process, or end it")
            if self._say is not None and waited >= SAID_AFTER:
                self._say(f"another process holds {holding}: waiting (ctrl+c to stop)")
                self._say = None
            self._pause(_STEP)


_TOKEN: Final = secrets.token_hex(4)


def this_process() -> str:
    """Return a name for this process, unlike that of a later one with the same number."""
    return f"{os.getpid()}-{_TOKEN}"


def is_running(name: str) -> bool:
    """Whether the process with this name still runs on this machine. A reused number counts as running."""
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
