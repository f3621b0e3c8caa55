"""Everything the screen says about cancelling: cell, button, details, question, and what a command did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from numdeck.desk.events import CancelDropped, CancelDue, CommandOutcome, CommandResult
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import (
    CancelIntent,
    Cancellation,
    CancelOutcome,
    CancelPress,
    CancelStep,
    FailureKind,
    PendingCancels,
    cancel_outcome,
)
from numdeck.model.duration import show_coarse, show_left, show_until
from numdeck.model.money import show_money
from numdeck.model.order import Order, Status, money_back
from numdeck.model.text import pluralize
from numdeck.ui.display import DisplayOptions, show_minute, show_number, show_when
from numdeck.ui.table import Cell, Role

AUTOMATIC_SOON: Final = 120.0
"""So many seconds before an order is cancelled automatically its row counts down to that."""

_WHY_NOT: Final = {
    CancelReason.TOO_LATE: "closed",
    CancelReason.CODE_RECEIVED: "code received",
    CancelReason.RENTAL: "rental",
    CancelReason.NOT_OFFERED: "not offered",
    CancelReason.NO_NUMBER: "no number yet",
    CancelReason.ENDED: "ended",
}

_SENTENCES: Final = {
    CancelReason.OPEN: "Can be cancelled.",
    CancelReason.PERHAPS_OPEN: "Purchase time unknown: the service may refuse.",
    CancelReason.TOO_SOON: "Too soon to cancel: the window has not opened yet.",
    CancelReason.TOO_LATE: "Too late to cancel: the window has closed.",
    CancelReason.CODE_RECEIVED: "Cannot be cancelled: a code was received.",
    CancelReason.RENTAL: "Rentals cannot be cancelled.",
    CancelReason.NOT_OFFERED: "The service does not offer to cancel this order.",
    CancelReason.NO_NUMBER: "Cannot be cancelled yet: the number is still being assigned.",
    CancelReason.ENDED: "The order has ended.",
}

_REFUSED: Final = {
    CancelReason.TOO_SOON: "Refused, too soon.",
    CancelReason.TOO_LATE: "Refused, too late.",
    CancelReason.CODE_RECEIVED: "Refused, a code was received.",
}

_STEPS: Final = {
    CancelStep.SENDING: "The cancel request is being sent.",
    CancelStep.UNSURE: "The cancel request got no answer; looking whether it arrived.",
    CancelStep.REQUESTED: "Requested; it counts as refunded when the service confirms it.",
}

_STEP_CELLS: Final = {
    CancelStep.SENDING: "cancelling…",
    CancelStep.UNSURE: "cancel unsure",
    CancelStep.REQUESTED: "requested…",
}

_AUTOMATIC: Final = "Without a code it is cancelled automatically."


def window_text(cancellation: Cancellation, now: float) -> str:
    """The window in a cell: `opens in 0:48`, `12 min left`, `≈ open`, `closed`; `opens ≥0:48` if it may open later."""
    left = 0.0 if cancellation.changes_at is None else cancellation.changes_at - now
    match cancellation.reason:
        case CancelReason.TOO_SOON:
            return f"opens {'in ' if cancellation.opens_surely else '≥'}{show_until(left)}"
        case CancelReason.OPEN:
            return f"{show_left(left)} left"
        case CancelReason.PERHAPS_OPEN:
            return "≈ open"
        case reason:
            return _WHY_NOT[reason]


def armed_text(cancellation: Cancellation, now: float) -> str:
    """When an armed order is cancelled: `armed 0:48`; `armed, again…` if a request did not get through."""
    send_at = cancellation.send_at
    if send_at is not None and send_at > now:
        return f"armed {'' if cancellation.opens_surely else '≈'}{show_until(send_at - now)}"
    return "armed, again…" if cancellation.allowed or cancellation.reason is CancelReason.TOO_SOON else "armed"


def cancel_cell(entry: Entry, cancellation: Cancellation, now: float) -> Cell | str:
    """How it stands with cancelling, or how the order ended."""
    order = entry.record.order
    if not cancellation.is_open:
        is_success = order.status is Status.SUCCESS
        return Cell("code received", Role.SUCCESS) if is_success else Cell(order.status.label, Role.WARNING)
    if cancellation.is_under_way:
        return Cell(_STEP_CELLS[cancellation.step], Role.WARNING)
    if cancellation.is_armed:
        return Cell(armed_text(cancellation, now), Role.WARNING)
    match entry.phase:
        case Phase.FOLLOWING if order.status is Status.CALCULATION:
            return Cell("calculating…", Role.WARNING)
        case Phase.FOLLOWING:
            return Cell("left list…", Role.WARNING)
        case Phase.ASSIGNING:
            return Cell("assigning…", Role.DIM)
    automatic_at = cancellation.automatic_at
    if automatic_at is not None and cancellation.allowed and automatic_at - now <= AUTOMATIC_SOON:
        return Cell(f"auto in {show_until(automatic_at - now)}", Role.WARNING)
    text = window_text(cancellation, now)
    return text if cancellation.allowed else Cell(text, Role.DIM)


@dataclass(frozen=True, slots=True)
class CancelButtonState:
    """What the Cancel button says, and whether it can be pressed."""

    label: str
    enabled: bool


def cancel_button_state(cancellation: Cancellation, now: float, *, read_only: bool) -> CancelButtonState:
    """What the Cancel button of an order looks like."""
    if read_only:
        return CancelButtonState("Cancel: read-only", False)
    if cancellation.press is CancelPress.ASK:
        return CancelButtonState("Cancel order" if cancellation.is_certain else "Cancel order ≈", True)
    if cancellation.is_under_way:
        return CancelButtonState("Cancel requested…", False)
    if cancellation.is_armed:
        return CancelButtonState(f"Cancel: {armed_text(cancellation, now)}", False)
    return CancelButtonState(f"Cancel: {window_text(cancellation, now) if cancellation.is_open else 'ended'}", False)


def cancel_details(entry: Entry, cancellation: Cancellation, display: DisplayOptions, now: float) -> str:
    """How it stands with cancelling, in sentences that do not count down."""
    failure = failure_sentence(entry)
    last_try = f"Last try: {failure}" if failure else ""
    sentences = (_standing(cancellation, display), last_try, _without_a_press(cancellation, display, now))
    return " ".join(filter(None, sentences))


def _standing(cancellation: Cancellation, display: DisplayOptions) -> str:
    if cancellation.is_under_way:
        return _STEPS[cancellation.step]
    if cancellation.is_armed and cancellation.reason in {CancelReason.TOO_SOON, CancelReason.PERHAPS_OPEN}:
        return "Armed: sent when the window opens. Press again to disarm."
    if cancellation.is_armed:
        return "Armed: sent again and again until it gets through or the window closes."
    if cancellation.reason is CancelReason.OPEN and cancellation.changes_at is not None:
        return f"Can be cancelled until {show_minute(cancellation.changes_at, display)}."
    return _SENTENCES[cancellation.reason]


def _without_a_press(cancellation: Cancellation, display: DisplayOptions, now: float) -> str:
    """What happens to an order if the operator does nothing."""
    if cancellation.is_open and cancellation.is_kept:
        return "Kept: cancelled only by hand."
    if cancellation.automatic_at is not None:
        return f"Automatically at {show_when(cancellation.automatic_at, display, now=now)} without a code."
    return ""


def cancel_question(entry: Entry, display: DisplayOptions) -> str:
    """What is asked before a request is sent."""
    number, refund = show_number(entry.record.order.phone_number, display), show_money(entry.record.order.price)
    return f"Cancel {number} ({display.names.service(entry.record.service_code)}) for a refund of {refund}?"


def void_reason(cancellation: Cancellation | None, now: float) -> str:
    """Why the question makes no sense any more; empty while it does."""
    if cancellation is None or not cancellation.is_open:
        return "Not cancelled: the order has ended."
    if cancellation.is_armed:  # a yes would disarm it
        return "Armed meanwhile: it is cancelled as soon as the service allows."
    return "" if cancellation.allowed else f"Not cancelled. {_why_not(cancellation, now)}"


def _why_not(cancellation: Cancellation, now: float) -> str:
    """Why an order cannot be cancelled, counting down."""
    if cancellation.reason is not CancelReason.TOO_SOON or cancellation.changes_at is None:
        return _SENTENCES[cancellation.reason]
    opens = f"the window opens in {show_until(cancellation.changes_at - now)}"
    if not cancellation.opens_surely and cancellation.opens_by is not None:
        opens += f" at the earliest, in {show_until(cancellation.opens_by - now)} at the latest"
    return f"Too soon to cancel: {opens}."


def command_sentence(result: CommandResult, now: float) -> str:
    """What a command did. `result.cancellation` may be a newer one: what is armed counts down."""
    cancellation = result.cancellation
    match result.outcome:
        case CommandOutcome.NOT_ALLOWED if cancellation is not None:
            return _why_not(cancellation, now)
        case CommandOutcome.UNDER_WAY:
            return "The cancellation was requested; waiting for the service to confirm it."
        case CommandOutcome.ARMED if cancellation is not None:
            return _armed(cancellation, now)
        case CommandOutcome.DISARMED:
            return f"Disarmed. {_automatic(cancellation) or 'This order is cancelled only by hand.'}"
        case CommandOutcome.KEPT:
            return "Kept: it is cancelled only by hand."
        case CommandOutcome.NOT_KEPT:
            return f"No longer kept. {_automatic(cancellation)}".rstrip()
        case CommandOutcome.NOTHING_TO_KEEP:
            return "Nothing cancels this order automatically."
        case CommandOutcome.REQUESTED:
            return f"Cancel requested ({result.said or 'accepted'}): waiting for the service to confirm it."
        case CommandOutcome.REFUSED:
            armed = _armed(cancellation, now) if cancellation is not None and cancellation.is_armed else ""
            return f"{refusal_sentence(result.reason, result.said)} {armed}".rstrip()
        case CommandOutcome.UNSURE:
            return f"A try got no answer: looking whether it was cancelled. {result.said}".rstrip()
        case CommandOutcome.FAILED:
            return result.said
        case _:
            return "This order has ended."


def _automatic(cancellation: Cancellation | None) -> str:
    return _AUTOMATIC if cancellation is not None and cancellation.automatic_at is not None else ""


def _armed(cancellation: Cancellation, now: float) -> str:
    """What arming does, and when."""
    send_at, opens_by = cancellation.send_at, cancellation.opens_by
    if send_at is None:
        return "Armed: it will be cancelled when the window opens."
    if send_at <= now:
        return "Armed: it is tried again at once."
    left = show_until(send_at - now)
    if cancellation.opens_surely or opens_by is None:
        return f"Armed: it will be cancelled in {left}, when the window opens."
    latest = show_until(opens_by - now)
    return f"Armed: it is tried in {left}, and again until the window opens, in {latest} at the latest."


def refusal_sentence(reason: CancelReason | None, said: str) -> str:
    """That the service refused, why, and in which words."""
    return f"{_REFUSED.get(reason, 'Refused.') if reason else 'Refused.'} The service says: {said}"


def failure_sentence(entry: Entry) -> str:
    """Why the last request to cancel an order came to nothing; empty if none did."""
    failure = entry.failure
    if failure is None:
        return ""
    remedy = "it is tried again" if entry.intent is CancelIntent.ARMED else "press again"
    match failure.kind:
        case FailureKind.REFUSED:
            return refusal_sentence(failure.reason, failure.said)
        case FailureKind.FAILED:
            return failure.said
        case FailureKind.LOST:
            return f"The cancel request did not arrive: {remedy}."
        case FailureKind.IGNORED:
            return f"The service accepted the request and has not cancelled: {remedy}."


def due_sentence(event: CancelDue) -> str:
    """Why an order is being cancelled without a key press."""
    return "no code came in time: cancelling." if event.is_auto else "window open: cancelling."


def dropped_sentence(event: CancelDropped) -> str:
    """Why an armed order is not cancelled after all."""
    order = event.entry.record.order
    if event.said:
        return f"not cancelled. {refusal_sentence(event.reason, event.said)}"
    if event.reason is CancelReason.ENDED:
        return f"not cancelled. It ended before the cancellation got through: {order.status_label}."
    return f"not cancelled. {_SENTENCES[event.reason]}"


def outcome_sentence(order: Order, display: DisplayOptions) -> str:
    """What came of a cancellation; empty while that is not known."""
    number = show_number(order.phone_number, display)
    match cancel_outcome(order):
        case CancelOutcome.MONEY_BACK:
            return f"Cancelled, {show_money(money_back(order))} refunded: {number}."
        case CancelOutcome.CODE_FIRST:
            return f"Not cancelled: a code came first, for {number}."
        case CancelOutcome.ENDED:
            return f"Not cancelled: the order has ended ({order.status_label}), {number}."
        case CancelOutcome.PENDING:
            return ""


def automatic_title(after: float | None) -> str:
    """What the title of the active numbers adds, if they are cancelled automatically `after` so many seconds."""
    return "" if after is None else f" · auto-cancel after {show_coarse(after)}"


def pending_sentence(pending: PendingCancels) -> str:
    """What will not be cancelled while numdeck is closed; empty if nothing is pending."""
    cancels = [
        pluralize(count, f"{kind} cancel")
        for count, kind in ((pending.armed, "armed"), (pending.automatic, "automatic"))
        if count
    ]
    return f"{' and '.join(cancels)} will not run while numdeck is closed." if cancels else ""
