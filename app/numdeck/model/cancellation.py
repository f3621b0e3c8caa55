"""May this order be cancelled, and if not, why and when? Promise: what is unknown forbids nothing.

Source: "Cancellation Rules by Provider" (2 to 15 minutes after purchase, no SMS received, never a rental). No answer
tells when a number was bought, so the purchase instant is a `Interval`, and the window forbids only what is certain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from numdeck.model.clock import CLOCK_SLACK
from numdeck.model.duration import Seconds, show_left, show_until
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin


@dataclass(frozen=True, slots=True)
class CancelWindow:
    """When a purchase may be cancelled, in seconds after it; both ends belong to the window."""

    opens_after: Seconds = 120.0
    closes_after: Seconds = 900.0

    def __post_init__(self) -> None:
        """Raise ValueError for a window that is empty."""
        if self.closes_after <= self.opens_after:
            raise ValueError("closes_after must be later than opens_after")


class CancelReason(Enum):
    """Why an order may or may not be cancelled."""

    OPEN = "open"
    PERHAPS_OPEN = "perhaps open"
    TOO_SOON = "too soon"
    TOO_LATE = "closed"
    CODE_RECEIVED = "code received"
    RENTAL = "rental"
    NOT_OFFERED = "not offered"
    NO_NUMBER = "no number yet"
    ENDED = "ended"


SURE_WITHIN: Final = 5.0
"""An instant that is known to so many seconds counts as known: a purchase takes its round trip."""

_ALLOWED = frozenset({CancelReason.OPEN, CancelReason.PERHAPS_OPEN})


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
        return self.reason in _ALLOWED

    @property
    def opens_surely(self) -> bool:
        """Whether it is known when the window opens, to a few seconds."""
        return self.opens is None or self.opens.latest - self.opens.earliest <= SURE_WITHIN

    def text(self, now: float) -> str:
        """Say it in a table cell: `opens in 0:48`, `12 min left`, `≈ perhaps open`, `closed`, `rental`.

        `opens ≥0:48` where it may open later.
        """
        match self.reason:
            case CancelReason.TOO_SOON if self.opens_surely:
                return f"opens in {show_until(self._left(now))}"
            case CancelReason.TOO_SOON:
                return f"opens ≥{show_until(self._left(now))}"
            case CancelReason.OPEN:
                return f"{show_left(self._left(now))} left"
            case CancelReason.PERHAPS_OPEN:
                return "≈ perhaps open"
            case _:
                return str(self.reason.value)

    def sentence(self, now: float) -> str:
        """Say it in a sentence, for the order pane and for a key that was pressed in vain."""
        match self.reason:
            case CancelReason.TOO_SOON:
                opens = f"the window opens in {show_until(self._left(now))}"
                if self.opens is not None and not self.opens_surely:
                    opens += f" at the earliest, in {show_until(self.opens.latest - now)} at the latest"
                return f"Too soon to cancel: {opens}."
            case CancelReason.OPEN:
                return f"Can be cancelled for {show_left(self._left(now))} more."
            case CancelReason.PERHAPS_OPEN:
                return "Can be tried (≈): when the number was bought is not known exactly, the service decides."
            case CancelReason.TOO_LATE:
                return "Too late to cancel: the window has closed."
            case CancelReason.CODE_RECEIVED:
                return "Cannot be cancelled: a code was received."
            case CancelReason.RENTAL:
                return "Rentals cannot be cancelled."
            case CancelReason.NOT_OFFERED:
                return "The service does not offer to cancel this order."
            case CancelReason.NO_NUMBER:
                return "Cannot be cancelled yet: the number is still being assigned."
            case CancelReason.ENDED:
                return "The order has ended."

    def explanation(self) -> str:
        """Say why or why not in a sentence that time does not change; the countdown stands in `text`."""
        match self.reason:
            case CancelReason.TOO_SOON:
                return "Too soon to cancel: the window has not opened yet."
            case CancelReason.OPEN:
                return "Can be cancelled until the window closes."
            case _:
                return self.sentence(0.0)

    def _left(self, now: float) -> float:
        return 0.0 if self.changes_at is None else self.changes_at - now


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


class CancelIntent(StrEnum):
    """What is to become of an order.

    `NONE`: nobody said; it is cancelled by itself where the settings say so. `ARMED`: it is cancelled as soon as the
    window allows. `KEPT`: it is left alone.
    """

    NONE = "none"
    ARMED = "armed"
    KEPT = "kept"


class CancelStep(StrEnum):
    """How far a cancellation has come. Only the order's own status says that it is done."""

    NONE = "none"
    SENDING = "sending"
    UNSURE = "unsure"
    REQUESTED = "requested"

    @property
    def is_under_way(self) -> bool:
        """Whether a request was sent whose effect is not confirmed."""
        return self in {CancelStep.SENDING, CancelStep.UNSURE, CancelStep.REQUESTED}


class IntentStep(Enum):
    """What a plan calls for at one moment."""

    WAIT = "wait"
    SEND = "send"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class PendingCancels:
    """How many orders numdeck is going to cancel without another key press, by what makes it do so."""

    armed: int = 0
    automatic: int = 0


_MAY_YET_BE_ALLOWED: Final = frozenset({CancelReason.TOO_SOON, CancelReason.NO_NUMBER, CancelReason.NOT_OFFERED})


LAST_CHANCE: Final = 15.0
"""What has to be sent before the window closes is sent at the latest so many seconds before it may do so."""

LOOKED_WITHIN: Final = 10.0
"""The active list must have been asked within so many seconds before a plan cancels anything: a code may have come."""

_SHORTEST_STEP: Final = 1.0
_STEPS_TO_CERTAINTY: Final = 4
_AGAIN: Final = (1.0, 1.0, 1.0, 2.0, 3.0, 5.0, 10.0)


def again_after(tries: int) -> float:
    """How long to wait until a cancellation is sent again that did not get through `tries` times, in seconds."""
    return _AGAIN[min(tries, len(_AGAIN)) - 1]


def armed_send_at(rule: CancelRule) -> float | None:
    """When an armed cancellation is sent, epoch seconds; None if no time is to be waited for.

    When the window has certainly opened, so that the first request succeeds. Where that may be long after it opened,
    sooner: a part of the way there. The service's "too soon" tightens the bounds, so that the next try comes a part of
    what is then left later. In any case before the window may close.
    """
    if rule.opens is None or rule.closes is None:
        return None
    opens, width = rule.opens, rule.opens.latest - rule.opens.earliest
    if opens.is_open:
        return None
    step = width if rule.opens_surely else max(_SHORTEST_STEP, width / _STEPS_TO_CERTAINTY)
    return min(opens.earliest + step, max(opens.earliest, rule.closes.earliest - LAST_CHANCE))


def is_last_chance(rule: CancelRule, now: float) -> bool:
    """Whether the window may close so soon that a plan cannot wait any longer."""
    return rule.closes is not None and not rule.closes.is_open and now >= rule.closes.earliest - LAST_CHANCE


def is_recent_look(asked_at: float, now: float) -> bool:
    """Whether a list that was asked for at `asked_at` is recent enough at `now` for a plan to cancel, in seconds.

    It is not after a long stop: the process was suspended, or the machine slept. A list that could not be had is no
    reason to let a window close: the service itself refuses to cancel an order with a code.
    """
    return now - asked_at <= LOOKED_WITHIN


def auto_cancel_at(record: OrderRecord, after: float | None) -> float | None:
    """When an order is cancelled by itself unless a code comes, epoch seconds; None for never.

    `after` is how long after the purchase, in seconds, None where it is not wanted. Reckoned from the earliest possible
    purchase, so that it is never later than set. What somebody else bought is theirs, and what was only inferred to be
    ours may be.
    """
    is_ours = record.origin is Origin.HERE and not record.is_inferred
    if after is None or not is_ours or record.order.is_rental or record.codes or record.is_ended:
        return None
    return record.bought.earliest + after


def pending_cancels(orders: Iterable[tuple[CancelIntent, CancelRule, float | None]]) -> PendingCancels:
    """Count the cancels to come, given for each open order its plan, its rule, and `auto_cancel_at`."""
    intents = [
        intent
        for intent, rule, auto_at in orders
        if (intent is CancelIntent.ARMED or (intent is CancelIntent.NONE and auto_at is not None))
        and (rule.allowed or rule.reason in _MAY_YET_BE_ALLOWED)
    ]
    return PendingCancels(armed=intents.count(CancelIntent.ARMED), automatic=intents.count(CancelIntent.NONE))


def intent_step(intent: CancelIntent, rule: CancelRule, auto_at: float | None, now: float) -> IntentStep:
    """Tell what a plan calls for at `now`, epoch seconds, under `rule`; `auto_at` is as `auto_cancel_at` tells it."""
    match intent:
        case CancelIntent.ARMED if rule.allowed:
            send_at = armed_send_at(rule)
            return IntentStep.SEND if send_at is None or now >= send_at else IntentStep.WAIT
        case CancelIntent.ARMED if rule.reason not in _MAY_YET_BE_ALLOWED:
            return IntentStep.GIVE_UP
        case CancelIntent.NONE if auto_at is not None and now >= auto_at and rule.allowed:
            return IntentStep.SEND
        case _:
            return IntentStep.WAIT


def intent_due_at(intent: CancelIntent, rule: CancelRule, auto_at: float | None, now: float) -> float | None:
    """When time alone makes a plan call for something, epoch seconds; `now` if it does already, None for never."""
    if intent_step(intent, rule, auto_at, now) is not IntentStep.WAIT:
        return now
    opens_at = rule.changes_at if rule.reason is CancelReason.TOO_SOON else None
    if intent is CancelIntent.ARMED:
        return armed_send_at(rule) if rule.allowed or opens_at else None
    if intent is CancelIntent.KEPT or auto_at is None:
        return None
    due_at = max(auto_at, opens_at or auto_at)
    return due_at if due_at > now else None


def auto_words(auto_at: float | None) -> str:
    """Say that an order will be cancelled by itself; nothing if it will not."""
    return "" if auto_at is None else "Without a code it is cancelled automatically."


def armed_words(rule: CancelRule, now: float) -> str:
    """Say of an armed order when it is cancelled: in so long; again, where that did not get through; or not when."""
    if not (rule.allowed or rule.reason is CancelReason.TOO_SOON):
        return "armed"
    send_at = armed_send_at(rule)
    if send_at is None or send_at <= now:
        return "armed, again…"
    return f"armed {'' if rule.opens_surely else '≈'}{show_until(send_at - now)}"


ARMED_SAYS: Final = "Armed: "
"""What `armed_sentence` begins with."""


def armed_sentence(rule: CancelRule, now: float) -> str:
    """Say what arming does, and when."""
    send_at = armed_send_at(rule)
    if send_at is None:
        return f"{ARMED_SAYS}it will be cancelled when the window opens."
    if send_at <= now:
        return f"{ARMED_SAYS}it is tried again at once."
    left = show_until(send_at - now)
    if rule.opens_surely or rule.opens is None:
        return f"{ARMED_SAYS}it will be cancelled in {left}, when the window opens."
    latest = show_until(rule.opens.latest - now)
    return f"{ARMED_SAYS}it is tried in {left}, and again until the window opens, in {latest} at the latest."
