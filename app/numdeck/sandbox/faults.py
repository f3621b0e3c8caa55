"""Faults: what a network or a failing server does to a request, before or after it took effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from threading import Lock
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failure of the requests that it matches.

    `before` the service sees the request, or `after` it took effect and before its answer is sent:
    `answer` sends `status`, `body` and `headers` in place of the service's answer, `cut` closes the connection without
    a byte, `delay` holds the request or the answer back for `seconds` (real ones), and `truncate` (after only) closes
    the connection in the middle of the body. Raises ValueError for a truncation before there is an answer.
    """

    method: str = "*"
    """The request's method, or `*`."""
    path: str = "*"
    """A shell pattern for the whole path; `*` matches slashes."""
    when: Literal["before", "after"] = "before"
    action: Literal["answer", "cut", "delay", "truncate"] = "answer"
    times: int | None = 1
    """How many requests fail; None: all, until the queue is cleared."""
    status: int = 503
    body: object = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"
    """Text is sent as HTML, bytes as they are, anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.action == "truncate" and self.when == "before":
            raise ValueError("an answer can be truncated only after the request took effect")

    def strikes(self, method: str, path: str) -> bool:
        """Whether a request matches."""
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


class FaultQueue:
    """The pending faults, in the order in which they were added. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Add a fault for the next requests that it matches."""
        with self._lock:
            self._faults.append((fault, fault.times))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault that matches a request, or None, and use up one of its times."""
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


_THROTTLED: Final = {"detail": "Request was throttled. Expected available in 20 seconds."}

PRESETS: Final[dict[str, Fault]] = {
    "lost-request": Fault(method="POST", when="before", action="cut"),
    "lost-answer": Fault(method="POST", when="after", action="cut"),
    "truncated-answer": Fault(method="POST", when="after", action="truncate"),
    "bad-gateway-after-purchase": Fault(method="POST", when="after", action="answer", status=502),
    "lost-cancel": Fault(method="PUT", when="before", action="cut"),
    "lost-cancel-answer": Fault(method="PUT", when="after", action="cut"),
    "throttled": Fault(action="answer", status=429, body=_THROTTLED, headers={"Retry-After": "20"}),
    "unavailable": Fault(action="answer", status=503, headers={"Retry-After": "15"}),
    "broken": Fault(action="answer", status=500),
    "nonsense": Fault(when="after", action="answer", status=200, body="<html>not what you asked for</html>"),
    "truncated": Fault(when="after", action="truncate"),
    "offline": Fault(action="cut"),
    "slow": Fault(action="delay", seconds=8.0),
    "redirect": Fault(action="answer", status=302, headers={"Location": "https://elsewhere.invalid/"}),
}
"""What `--fault NAME` does; a preset without a method applies to the next request of any kind."""


def read_fault(text: str) -> Fault:
    """Read `NAME`, `NAME:TIMES` or `NAME:all`; without a number it applies once.

    Raises ValueError with a sentence for an unknown name or an invalid number.
    """
    name, _, times = text.partition(":")
    if name not in PRESETS:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(PRESETS)}")
    if times == "all":
        return replace(PRESETS[name], times=None)
    if times and not (times.isascii() and times.isdigit() and int(times)):
        raise ValueError(f"{times!r} is no number of times; write {name}:3, or {name}:all")
    return replace(PRESETS[name], times=int(times) if times else 1)
