"""Ending with the terminal: signals, and a terminal that is gone without one.

Textual leaves the terminal in its own mode when SIGTERM or SIGHUP come, and goes on for ever on a terminal that has
vanished when SIGHUP is ignored, as under nohup.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import Final

HANGUP: Final = 128 + signal.SIGHUP
_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY_MS: Final = 1000
_GRACE_SECONDS: Final = 3.0
_GRACE_SECONDS_FOR_A_SIGNAL: Final = 10.0


class HangupWatcher:
    """Calls `end(exit status)` on the event loop when the program has to end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, end: Callable[[int], None]) -> None:
        self._loop = loop
        self._end = end
        self._done = threading.Event()

    def hold(self) -> None:
        """Begin to watch signals and terminal."""
        for number in _SIGNALS:
            self._loop.add_signal_handler(number, self._end_for_signal, 128 + number)
        if sys.stdin is not None and sys.stdin.isatty():
            threading.Thread(target=self._watch, args=(sys.stdin.fileno(),), name="hangup", daemon=True).start()

    def let_go(self) -> None:
        """The program has ended in order."""
        self._done.set()

    def _end_for_signal(self, status: int) -> None:
        self._end(status)
        self._end_at_last(status, _GRACE_SECONDS_FOR_A_SIGNAL)

    def _end_at_last(self, status: int, seconds: float) -> None:
        """End after so many seconds, if the program has not ended in order: nobody may ever read what it writes."""

        def wait() -> None:
            if not self._done.wait(seconds):
                os._exit(status)  # the journal is on disk already

        threading.Thread(target=wait, name="end-at-last", daemon=True).start()

    def _watch(self, terminal: int) -> None:
        poll = select.poll()
        poll.register(terminal, 0)  # a hang-up and an error are always told
        while not self._done.is_set():
            if poll.poll(_LOOK_EVERY_MS):
                break
        if self._done.is_set():
            return
        self._loop.call_soon_threadsafe(self._end, HANGUP)
        self._end_at_last(HANGUP, _GRACE_SECONDS)
