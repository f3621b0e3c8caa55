"""What the message line says of an order goes when it is no longer true, and its outcome takes its place."""

from __future__ import annotations

from numdeck.desk.state import Entry
from numdeck.model.cancellation import CancelIntent
from numdeck.model.money import show_money
from numdeck.model.outcome import CancelOutcome, cancel_outcome, money_back
from numdeck.ui.display import DisplayOptions, show_number


def still_said(sentence: str, before: Entry, entry: Entry | None, display: DisplayOptions) -> str:
    """Tell what a sentence about an order has become: itself, what came of it, or nothing any more.

    `before` is the order as it stood when the sentence was said, `entry` as it stands now; None if it left the desk.
    """
    if entry is None:
        return ""
    if _awaits_cancellation(before):
        return _cancellation(sentence, before, entry, display)
    return sentence if _facts(entry) == _facts(before) else ""


def _awaits_cancellation(entry: Entry) -> bool:
    return entry.is_open and (entry.intent is CancelIntent.ARMED or entry.cancel.is_under_way)


def _cancellation(sentence: str, before: Entry, entry: Entry, display: DisplayOptions) -> str:
    order = entry.record.order
    number = show_number(order.phone_number, display)
    match cancel_outcome(order):
        case CancelOutcome.MONEY_BACK:
            return f"Cancelled, {show_money(money_back(order))} is back: {number}."
        case CancelOutcome.CODE_FIRST:
            return f"Not cancelled: a code came first, for {number}."
        case CancelOutcome.ENDED:
            return f"Not cancelled: the order has ended ({order.status_words}), {number}."
    if entry.cancel.is_under_way == before.cancel.is_under_way and _awaits_cancellation(entry):
        return sentence
    # It is on its way by now, which its row says; or it came to nothing, or was called off.
    return f"{number}: {entry.note}" if entry.note else ""


def _facts(entry: Entry) -> tuple[object, ...]:
    """What a sentence about an order may rest on."""
    order = entry.record.order
    return (order.status, order.phone_number, len(entry.record.codes), entry.intent, entry.cancel)
