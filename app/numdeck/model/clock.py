"""When a clock is wrong: what an operator has to know of it."""

from __future__ import annotations

from typing import Final

from numdeck.model.duration import show_coarse

CLOCK_SLACK: Final = 60.0
"""Clocks that differ by less than this, in seconds, agree: answers take their time, and dates have whole seconds."""


def clock_trouble(*, skew: float | None, drift: float) -> str:
    """One sentence when a clock is wrong, else empty.

    `skew` is by how much the service's clock is ahead of ours (None when it never told), `drift` by how much this
    machine's was moved while numdeck ran; seconds.
    """
    if abs(drift) > CLOCK_SLACK:
        way = "forward" if drift > 0 else "back"
        return (
            f"This machine's clock was moved {way} by {show_coarse(abs(drift))}: "
            "numdeck goes on as before, and shows the new time after its next start."
        )
    if skew is not None and abs(skew) > CLOCK_SLACK:
        way = "behind" if skew > 0 else "ahead of"
        return f"This machine's clock is {show_coarse(abs(skew))} {way} the service's: times shown here may be wrong."
    return ""
