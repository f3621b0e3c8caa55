"""Faults by name, for a person who wants to see what a client makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from numdeck.sandbox.faults import Fault

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
"""What `--fault NAME` lets happen; a preset without a method strikes whatever comes first."""


def read_fault(text: str) -> Fault:
    """Read `NAME`, `NAME:TIMES` or `NAME:all`; without a number it strikes once.

    Raises ValueError with one sentence for a name or a number that there is not.
    """
    name, _, times = text.partition(":")
    if name not in PRESETS:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(PRESETS)}")
    if times == "all":
        return replace(PRESETS[name], times=None)
    if times and not (times.isascii() and times.isdigit() and int(times)):
        raise ValueError(f"{times!r} is no number of times; write {name}:3, or {name}:all")
    return replace(PRESETS[name], times=int(times) if times else 1)
