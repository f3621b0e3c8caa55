"""An instant that is known only between two bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An instant in [earliest, latest], epoch seconds; `earliest` is −inf if there is no lower bound."""

    earliest: float
    latest: float

    def __post_init__(self) -> None:
        if not self.earliest <= self.latest:
            raise ValueError(f"an interval ends before it begins: {self.earliest} > {self.latest}")

    @classmethod
    def up_to(cls, latest: float) -> Interval:
        """Any instant up to `latest`: for an order that was already there when numdeck first asked."""
        return cls(-math.inf, latest)

    @property
    def is_open(self) -> bool:
        """Whether there is no lower bound."""
        return math.isinf(self.earliest)

    def not_before(self, instant: float) -> Interval:
        """Raise the lower bound to `instant`; an upper bound that contradicts is raised with it."""
        earliest = max(self.earliest, instant)
        return Interval(earliest, max(self.latest, earliest))

    def not_after(self, instant: float) -> Interval:
        """Lower the upper bound to `instant`; a lower bound that contradicts is lowered with it."""
        latest = min(self.latest, instant)
        return Interval(min(self.earliest, latest), latest)

    def later(self, seconds: float) -> Interval:
        """Return the interval that begins and ends so many seconds later."""
        return Interval(self.earliest + seconds, self.latest + seconds)

    def widened(self, seconds: float) -> Interval:
        """Move both bounds apart, each by so many seconds."""
        return Interval(self.earliest - seconds, self.latest + seconds)

    def intersect(self, other: Interval) -> Interval:
        """Return what both have in common; if they contradict, the narrower one, as the better observation."""
        earliest, latest = max(self.earliest, other.earliest), min(self.latest, other.latest)
        if earliest <= latest:
            return Interval(earliest, latest)
        return min(self, other, key=lambda interval: interval.latest - interval.earliest)
