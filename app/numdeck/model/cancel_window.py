"""When an order may be cancelled, and what the service's refusals say about that.

Source: "Cancellation Rules by Provider" (2 to 15 minutes after purchase, no SMS received, never a rental). No answer
says when a number was bought, so the purchase instant is an `Interval`, and the window forbids only what is certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from numdeck.model.clock import CLOCK_SLACK
from numdeck.model.duration import Seconds
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status


@dataclass(frozen=True, slots=True)
class CancelWindow:
    """When a purchase may be cancelled, in seconds after it; both ends belong to the window."""

    opens_after: Seconds = 120.0
    closes_after: Seconds = 900.0

    def __post_init__(self) -> None:
        """Raise ValueError for a window that is empty."""
        if self.closes_after <= self.opens_after:
            raise ValueError("closes_after must be later than opens_after")


class CancelReason(StrEnum):
    """Why an order may or may not be cancelled."""

    OPEN = "open"
    PERHAPS_OPEN = "perhaps open"
    TOO_SOON = "too soon"
    TOO_LATE = "too late"
    CODE_RECEIVED = "code received"
    RENTAL = "rental"
    NOT_OFFERED = "not offered"
    NO_NUMBER = "no number yet"
    ENDED = "ended"

    @property
    def is_allowed(self) -> bool:
        """Whether the order may be cancelled, for all that is known."""
        return self is CancelReason.OPEN or self is CancelReason.PERHAPS_OPEN


SURE_WITHIN: Final = 5.0
"""An instant that is known to so many seconds counts as known: a purchase takes its round trip."""


@dataclass(frozen=True, slots=True)
class CancelRule:
    """The answer for one moment; `changes_at` is when time alone changes it, in epoch seconds, None for never.

    `opens` and `closes` are when the window does so, as exactly as the purchase is known; None where no time matters.
    """

    reason: CancelReason
    changes_at: float | None = None
    opens: Interval | None = None
    closes: Interval | None = None

    @property
    def allowed(self) -> bool:
        """Whether the cancel button is enabled."""
        return self.reason.is_allowed

    @property
    def opens_surely(self) -> bool:
        """Whether it is known when the window opens, to a few seconds."""
        return self.opens is None or self.opens.latest - self.opens.earliest <= SURE_WITHIN


def cancel_rule(order: Order, bought: Interval, window: CancelWindow, now: float) -> CancelRule:
    """Tell whether `order`, bought within `bought`, may be cancelled at `now` (epoch seconds)."""
    fixed = _fixed_reason(order)
    if fixed is not None:
        return CancelRule(fixed)
    if bought.earliest > now + CLOCK_SLACK:
        # Bought in the future: it was written down by a clock that was wrong, and so is not known.
        return CancelRule(CancelReason.PERHAPS_OPEN if order.can_cancel else CancelReason.NOT_OFFERED)
    opens, closes = bought.later(window.opens_after), bought.later(window.closes_after)
    reason, changes_at = _reason_of_time(order, opens, closes, now)
    return CancelRule(reason, changes_at, opens, closes)


def _reason_of_time(order: Order, opens: Interval, closes: Interval, now: float) -> tuple[CancelReason, float | None]:
    """What the window says at `now`, and until when."""
    if now < opens.earliest:
        return CancelReason.TOO_SOON, opens.earliest
    if now > closes.latest:
        return CancelReason.TOO_LATE, None
    if not order.can_cancel:
        return CancelReason.NOT_OFFERED, None
    if now < opens.latest:
        return CancelReason.PERHAPS_OPEN, opens.latest
    if now <= closes.earliest:
        return CancelReason.OPEN, closes.earliest
    return CancelReason.PERHAPS_OPEN, closes.latest


def _fixed_reason(order: Order) -> CancelReason | None:
    """What forbids it whatever the time is."""
    if order.codes or order.status is Status.SUCCESS:
        return CancelReason.CODE_RECEIVED
    if order.is_rental:
        return CancelReason.RENTAL
    if order.status.is_final or order.status is Status.CALCULATION:
        return CancelReason.ENDED
    if order.status is Status.NEW:
        return CancelReason.NO_NUMBER
    return None


def learn_too_soon(bought: Interval, window: CancelWindow, sent_at: float) -> Interval:
    """Tighten by the server's "too soon": at the earliest it was asked, less than `opens_after` had passed."""
    if bought.earliest > sent_at:
        bought = Interval.up_to(sent_at)  # it was not bought after this: a wrong clock wrote that down
    return bought.not_before(sent_at - window.opens_after)


def learn_too_late(bought: Interval, window: CancelWindow, answered_at: float) -> Interval:
    """Tighten by the server's "too late": at the latest it was asked, more than `closes_after` had passed."""
    return bought.not_after(math.nextafter(answered_at - window.closes_after, -math.inf))
