"""Cancelling an order: whether and when it can be cancelled, what was decided about it, and what came of it.

`cancellation_of` puts together all that is known into one `Cancellation`; nothing else decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from numdeck.model.cancel_window import SURE_WITHIN, CancelReason, CancelRule, CancelWindow, cancel_rule
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin


class CancelIntent(StrEnum):
    """What is to become of an order.

    `NONE`: nothing was decided; it is cancelled automatically if the settings say so. `ARMED`: it is cancelled as soon
    as the window allows. `KEPT`: it is left alone.
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
        return self is not CancelStep.NONE


class FailureKind(StrEnum):
    """How a request to cancel came to nothing."""

    REFUSED = "refused"
    FAILED = "failed"
    """It got no usable answer, and was certainly not applied or is being looked into."""
    LOST = "lost"
    """It did not arrive."""
    IGNORED = "ignored"
    """The service accepted it, and did not cancel the order."""


@dataclass(frozen=True, slots=True)
class CancelFailure:
    """Why the last request to cancel an order came to nothing.

    `reason` is why the service refused it, `said` the service's answer, or what went wrong on the way to it.
    """

    kind: FailureKind
    reason: CancelReason | None = None
    said: str = ""


class IntentStep(StrEnum):
    """What the intent calls for at one moment."""

    WAIT = "wait"
    SEND = "send"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class PendingCancels:
    """How many orders numdeck will cancel without another key press, by what makes it do so."""

    armed: int = 0
    automatic: int = 0


_MAY_YET_BE_ALLOWED: Final = frozenset({CancelReason.TOO_SOON, CancelReason.NO_NUMBER, CancelReason.NOT_OFFERED})


LAST_CHANCE: Final = 15.0
"""What has to be sent before the window closes is sent at the latest so many seconds before it may do so."""

LOOKED_WITHIN: Final = 10.0
"""The active list must have been asked within so many seconds before anything is cancelled without a key press:
a code may have come."""

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


def is_recent_look(asked_at: float, now: float) -> bool:
    """Whether a list that was asked for at `asked_at` is recent enough at `now` to cancel without a key press.

    It is not after a long stop: the process was suspended, or the machine slept. A list that could not be had is no
    reason to let a window close: the service itself refuses to cancel an order with a code.
    """
    return now - asked_at <= LOOKED_WITHIN


def auto_cancel_at(record: OrderRecord, after: float | None) -> float | None:
    """When an order is cancelled automatically unless a code comes, epoch seconds; None for never.

    `after` is how long after the purchase, in seconds, None for never. It counts from the earliest possible purchase,
    so that it is never later than set. Orders bought elsewhere are left alone, and so are those that were only inferred
    to be ours.
    """
    is_ours = record.origin is Origin.HERE and not record.is_inferred
    if after is None or not is_ours or record.order.is_rental or record.codes or record.is_ended:
        return None
    return max(0.0, record.bought.earliest + after)


def intent_step(intent: CancelIntent, rule: CancelRule, auto_at: float | None, now: float) -> IntentStep:
    """Tell what the intent calls for at `now`, epoch seconds, under `rule`; for `auto_at` see `auto_cancel_at`."""
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
    """When time alone makes the intent call for something, epoch seconds; `now` if it does already, None for never."""
    if intent_step(intent, rule, auto_at, now) is not IntentStep.WAIT:
        return now
    opens_at = rule.changes_at if rule.reason is CancelReason.TOO_SOON else None
    if intent is CancelIntent.ARMED:
        return armed_send_at(rule) if rule.allowed or opens_at else None
    if intent is CancelIntent.KEPT or auto_at is None:
        return None
    due_at = max(auto_at, opens_at or auto_at)
    return due_at if due_at > now else None


class CancelOutcome(StrEnum):
    """How a cancellation stands, as far as the order itself tells."""

    PENDING = "pending"
    MONEY_BACK = "money back"
    CODE_FIRST = "code first"
    ENDED = "ended"
    """The order ended in another way: neither by the cancellation nor by a code."""


def cancel_outcome(order: Order) -> CancelOutcome:
    """Tell what came of a cancellation. Only the service's own word for the order counts as done."""
    if order.status.is_refunded:
        return CancelOutcome.MONEY_BACK
    if order.codes or order.status is Status.SUCCESS:
        return CancelOutcome.CODE_FIRST
    return CancelOutcome.ENDED if order.status.is_final else CancelOutcome.PENDING


class CancelPress(StrEnum):
    """What a press on the cancel key does: ask and then send, arm, disarm, or only say why not."""

    ASK = "ask"
    ARM = "arm"
    DISARM = "disarm"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Everything about cancelling one order at one moment, as plain data. Instants are epoch seconds.

    `reason` says why it may or may not be cancelled, `changes_at` when time alone changes that. `opens_at` and
    `opens_by` are the earliest and the latest instant at which its window opens; None if unknown, or if time does not
    matter. `send_at` is when an armed order is cancelled, `automatic_at` when any other is without a key press.
    `due` is what the intent calls for now, `due_at` when time alone makes it call for something. `last_chance_at` is
    when the window may close so soon that nothing can be waited for any longer.
    """

    is_open: bool
    reason: CancelReason
    press: CancelPress
    intent: CancelIntent = CancelIntent.NONE
    step: CancelStep = CancelStep.NONE
    changes_at: float | None = None
    opens_at: float | None = None
    opens_by: float | None = None
    send_at: float | None = None
    automatic_at: float | None = None
    due: IntentStep = IntentStep.WAIT
    due_at: float | None = None
    last_chance_at: float | None = None

    @property
    def allowed(self) -> bool:
        """Whether the order may be cancelled now, for all that is known."""
        return self.reason.is_allowed

    @property
    def is_certain(self) -> bool:
        """Whether the service agrees for certain; else the purchase is not known exactly enough."""
        return self.reason is not CancelReason.PERHAPS_OPEN

    @property
    def opens_surely(self) -> bool:
        """Whether it is known when the window opens, to a few seconds."""
        if self.opens_by is None:
            return True
        return self.opens_at is not None and self.opens_by - self.opens_at <= SURE_WITHIN

    @property
    def is_armed(self) -> bool:
        """Whether it is to be cancelled as soon as possible."""
        return self.intent is CancelIntent.ARMED

    @property
    def is_kept(self) -> bool:
        """Whether the operator wants to keep it."""
        return self.intent is CancelIntent.KEPT

    @property
    def is_under_way(self) -> bool:
        """Whether a request was sent whose effect is not confirmed."""
        return self.step.is_under_way

    @property
    def is_awaited(self) -> bool:
        """Whether the operator waits for it to be cancelled."""
        return self.is_open and (self.is_armed or self.is_under_way)

    @property
    def is_pending(self) -> bool:
        """Whether numdeck will send the request without another key press, if nothing comes in between."""
        may_come = self.allowed or self.reason in _MAY_YET_BE_ALLOWED
        return self.is_open and not self.is_under_way and may_come and (self.is_armed or self.automatic_at is not None)


def cancellation_of(
    record: OrderRecord,
    intent: CancelIntent,
    step: CancelStep,
    *,
    window: CancelWindow,
    automatic_after: float | None,
    now: float,
) -> Cancellation:
    """Put together what is known of cancelling an order at `now`, epoch seconds.

    `automatic_after` is the age at which an order without a code is cancelled automatically, in seconds.
    """
    rule = cancel_rule(record.order, record.bought, window, now)
    is_waiting = not (record.is_ended or step.is_under_way)
    is_free = is_waiting and intent is CancelIntent.NONE
    automatic_at = auto_cancel_at(record, automatic_after) if is_free else None
    may_be_sent = is_waiting and (rule.allowed or rule.reason is CancelReason.TOO_SOON)
    closes_at = None if rule.closes is None or rule.closes.is_open else rule.closes.earliest
    return Cancellation(
        is_open=not record.is_ended,
        reason=rule.reason,
        press=_press(rule, intent, step),
        intent=intent,
        step=step,
        changes_at=rule.changes_at,
        opens_at=None if rule.opens is None or rule.opens.is_open else rule.opens.earliest,
        opens_by=None if rule.opens is None else rule.opens.latest,
        send_at=armed_send_at(rule) if may_be_sent and intent is CancelIntent.ARMED else None,
        automatic_at=automatic_at,
        due=intent_step(intent, rule, automatic_at, now) if is_waiting else IntentStep.WAIT,
        due_at=intent_due_at(intent, rule, automatic_at, now) if is_waiting else None,
        last_chance_at=None if closes_at is None else closes_at - LAST_CHANCE,
    )


def _press(rule: CancelRule, intent: CancelIntent, step: CancelStep) -> CancelPress:
    if step.is_under_way:
        return CancelPress.REFUSE
    if intent is CancelIntent.ARMED:
        return CancelPress.DISARM
    if rule.reason is CancelReason.TOO_SOON:
        return CancelPress.ARM
    return CancelPress.ASK if rule.allowed else CancelPress.REFUSE


def pending_cancels(cancellations: Iterable[Cancellation]) -> PendingCancels:
    """Count the cancels that are still to come."""
    pending = [each.is_armed for each in cancellations if each.is_pending]
    return PendingCancels(armed=sum(pending), automatic=len(pending) - sum(pending))
