"""An instant that is known only between two bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The instant lies in [earliest, latest], epoch seconds; −inf when nothing is known of the beginning."""

    earliest: float
    latest: float

    def __post_init__(self) -> None:
        if not self.earliest <= self.latest:
            raise ValueError(f"a span ends before it begins: {self.earliest} > {self.latest}")

    @classmethod
    def up_to(cls, latest: float) -> Span:
        """Any instant up to `latest`: an order that was there when we first looked."""
        return cls(-math.inf, latest)

    @property
    def is_open(self) -> bool:
        """Whether nothing is known of the beginning."""
        return math.isinf(self.earliest)

    def not_before(self, instant: float) -> Span:
        """Tighten: the instant lies at or after `instant`. What was thought of the end gives way if it contradicts."""
        earliest = max(self.earliest, instant)
        return Span(earliest, max(self.latest, earliest))

    def not_after(self, instant: float) -> Span:
        """Tighten: the instant lies at or before `instant`. What was thought of the beginning gives way."""
        latest = min(self.latest, instant)
        return Span(min(self.earliest, latest), latest)

    def later(self, seconds: float) -> Span:
        """What happens so long after it."""
        return Span(self.earliest + seconds, self.latest + seconds)

    def widened(self, seconds: float) -> Span:
        """Doubt it: each end may be wrong by so much."""
        return Span(self.earliest - seconds, self.latest + seconds)

    def intersect(self, other: Span) -> Span:
        """What both say; where they contradict, the narrower of the two, as it was the better observation."""
        earliest, latest = max(self.earliest, other.earliest), min(self.latest, other.latest)
        if earliest <= latest:
            return Span(earliest, latest)
        return min(self, other, key=lambda span: span.latest - span.earliest)
