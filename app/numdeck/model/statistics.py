"""What a history came to: how often a code came, what it cost, and how long it took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import Final

from numdeck.model.codes import Sight
from numdeck.model.interval import Interval
from numdeck.model.order import money_back, money_charged
from numdeck.model.record import OrderRecord

KNOWN_WITHIN: Final = 60.0
"""A wait counts only if its beginning and its end are each known within so many seconds."""

ENOUGH: Final = 20
"""Of fewer orders no share and no time is worth telling."""

_Z: Final = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution: intervals hold 95 % of the time."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long an order waited for its first code, in seconds, and whether that came.

    Without a code it is how long the order was watched: a code may have come later, had it not been cancelled.
    """

    seconds: float
    got_code: bool


@dataclass(slots=True)
class Summary:
    """The sums over some orders. Money in USD; `unpriced` orders, whose price is not known, are in no sum of money."""

    orders: int = 0
    with_code: int = 0
    charged: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    unpriced: int = 0
    waits: list[Wait] = field(default_factory=list)

    def add(self, record: OrderRecord) -> None:
        """Count an order."""
        self.orders += 1
        self.with_code += bool(record.codes)
        charged, back = money_charged(record.order), money_back(record.order)
        if charged is None or back is None:
            self.unpriced += 1
        else:
            self.charged += charged
            self.refunded += back
        wait = wait_of(record)
        if wait is not None:
            self.waits.append(wait)

    @property
    def success_rate(self) -> float | None:
        """The share of orders that got a code; None of no orders."""
        return self.with_code / self.orders if self.orders else None

    @property
    def cost_per_code(self) -> Decimal | None:
        """What was charged and not refunded, for each order that got a code; None without any."""
        return (self.charged - self.refunded) / self.with_code if self.with_code else None


def summarise(
    records: Iterable[OrderRecord], group: Callable[[OrderRecord], str]
) -> tuple[Summary, dict[str, Summary]]:
    """Sum up orders, all of them and by group."""
    total, groups = Summary(), dict[str, Summary]()
    for record in records:
        total.add(record)
        groups.setdefault(group(record), Summary()).add(record)
    return total, groups


def wait_of(record: OrderRecord) -> Wait | None:
    """How long an order waited for its first code; None where that is not known.

    Rentals do not count: they wait for whoever uses them. Nor does an order whose purchase, code or end was seen late.
    """
    if record.order.is_rental or not _is_known(record.bought):
        return None
    end = record.codes[0].received if record.codes else record.ended
    if end is None or not _is_known(end) or (record.codes and record.codes[0].sight is Sight.PAST):
        return None
    return Wait(max(0.0, _middle(end) - _middle(record.bought)), bool(record.codes))


def _is_known(interval: Interval) -> bool:
    return interval.latest - interval.earliest <= KNOWN_WITHIN


def _middle(interval: Interval) -> float:
    return (interval.earliest + interval.latest) / 2


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The Wilson score interval of a share: where the true one lies, 95 times of 100. (0, 1) without trials."""
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z / trials
    middle = (share + square / 2) / (1 + square)
    half = _Z * math.sqrt((share * (1 - share) + square / 4) / trials) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


Curve = Sequence[tuple[float, float]]
"""Steps of (seconds, share that still waits from then on), by time; before the first step everybody waits."""


def survival(waits: Sequence[Wait]) -> Curve:
    """Estimate what share of orders still waits for its first code after each time (Kaplan and Meier, 1958).

    Who was given up counts as waiting until then, and no longer. This takes for granted that those given up would have
    done as well as the rest: if orders are cancelled because their code is late anyway, the curve is too optimistic.
    """
    left = Counter(wait.seconds for wait in waits)
    came = Counter(wait.seconds for wait in waits if wait.got_code)
    times = sorted(left)
    waiting = [len(waits) - gone for gone in accumulate((left[time] for time in times), initial=0)]
    shares = accumulate(
        (1 - came[time] / at_risk for time, at_risk in zip(times, waiting, strict=False)), lambda a, b: a * b
    )
    return [(time, share) for time, share in zip(times, shares, strict=True) if came[time]]


def share_waiting(curve: Curve, seconds: float) -> float:
    """The share of orders that still waits so many seconds after the purchase."""
    return next((share for time, share in reversed(curve) if time <= seconds), 1.0)


def share_later(curve: Curve, seconds: float) -> float | None:
    """The share of those that still wait then that gets a code later; None if nobody waits any more."""
    waiting = share_waiting(curve, seconds)
    return (waiting - curve[-1][1]) / waiting if curve and waiting > 0 else None


def percentile(curve: Curve, share: float) -> float | None:
    """When this share of all orders has its code, in seconds; None if that many never get one.

    Where the curve has a step of exactly this share, it is the middle of the step, as usual for a median.
    """
    left = 1 - share
    for index, (time, waiting) in enumerate(curve):
        if math.isclose(waiting, left) and index + 1 < len(curve):
            return (time + curve[index + 1][0]) / 2
        if waiting < left or math.isclose(waiting, left):
            return time
    return None
