"""Internal errors of background work: written to the log, and said on the screen."""

from __future__ import annotations

import logging

from textual.worker import Worker, WorkerState

log = logging.getLogger(__name__)


def failure(event: Worker.StateChanged) -> str:
    """A sentence about a worker that failed, whose error goes to the log; empty if it did not fail.

    Textual tells the state of a worker only to the widget that started it.
    """
    if event.state is not WorkerState.ERROR:
        return ""
    log.error("%s failed", event.worker.description, exc_info=event.worker.error)
    return f"An internal error was written to the log ({event.worker.description}): look at what came of it."
