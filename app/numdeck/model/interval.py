"""An instant that is known only between two bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """The instant lies in [earliest, latest], epoch seconds; −inf when nothing is known of the beginning."""

    earliest: float
    latest: float

    def __post_init__(self) -> None:
        if not self.earliest <= self.latest:
            raise ValueError(f"an interval ends before it begins: {self.earliest} > {self.latest}")

    @classmethod
    def up_to(cls, latest: float) -> Interval:
        """Any instant up to `latest`: an order that was there when we first looked."""
        return cls(-math.inf, latest)

    @property
    def is_open(self) -> bool:
        """Whether nothing is known of the beginning."""
        return math.isinf(self.earliest)

    def not_before(self, instant: float) -> Interval:
        """Tighten: the instant lies at or after `instant`. What was thought of the end gives way if it contradicts."""
        earliest = max(self.earliest, instant)
        return Interval(earliest, max(self.latest, earliest))

    def not_after(self, instant: float) -> Interval:
        """Tighten: the instant lies at or before `instant`. What was thought of the beginning gives way."""
        latest = min(self.latest, instant)
        return Interval(min(self.earliest, latest), latest)

    def later(self, seconds: float) -> Interval:
        """What happens so long after it."""
        return Interval(self.earliest + seconds, self.latest + seconds)

    def widened(self, seconds: float) -> Interval:
        """Doubt it: each end may be wrong by so much."""
        return Interval(self.earliest - seconds, self.latest + seconds)

    def intersect(self, other: Interval) -> Interval:
        """What both say; where they contradict, the narrower of the two, as it was the better observation."""
        earliest, latest = max(self.earliest, other.earliest), min(self.latest, other.latest)
        if earliest <= latest:
            return Interval(earliest, latest)
        return min(self, other, key=lambda interval: interval.latest - interval.earliest)
