"""Faults on the way: what a network or an ailing server does to a request, before or after it took effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with the requests it matches.

    `before` the service sees the request, or `after` it took effect and before its answer is sent:
    `answer` sends `status`, `body` and `headers` in place of the service's answer, `cut` closes the connection without
    a byte, `delay` holds the request or the answer back for `seconds` (real ones), and `truncate` (after only) closes
    the connection in the middle of the body. Raises ValueError for a truncation before there is an answer.
    """

    method: str = "*"
    """The request's method, or `*`."""
    path: str = "*"
    """A shell pattern for the whole path; `*` goes across slashes."""
    when: Literal["before", "after"] = "before"
    action: Literal["answer", "cut", "delay", "truncate"] = "answer"
    times: int | None = 1
    """How many requests it strikes; None: all, until the queue is cleared."""
    status: int = 503
    body: object = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"
    """Text is sent as HTML, bytes as they are, anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.action == "truncate" and self.when == "before":
            raise ValueError("an answer can be truncated only after the request took effect")

    def strikes(self, method: str, path: str) -> bool:
        """Tell whether a request is one of those that go wrong."""
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


class FaultQueue:
    """The faults to come, in the order in which they were added. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Let a fault strike its next requests."""
        with self._lock:
            self._faults.append((fault, fault.times))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault that strikes a request and use up one of its times, or None."""
        with self._lock:
            for index, (fault, left) in enumerate(self._faults):
                if fault.strikes(method, path):
                    if left is not None and left <= 1:
                        del self._faults[index]
                    elif left is not None:
                        self._faults[index] = (fault, left - 1)
                    return fault
        return None

    def __len__(self) -> int:
        with self._lock:
            return len(self._faults)
