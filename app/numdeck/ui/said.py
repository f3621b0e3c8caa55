"""A sentence about an order is withdrawn when it is no longer true, and replaced by what came of it."""

from __future__ import annotations

from typing import TypeAlias

from numdeck.desk.state import Entry
from numdeck.model.cancellation import Cancellation
from numdeck.ui.cancellation import failure_sentence, outcome_sentence
from numdeck.ui.display import DisplayOptions, show_number

Known: TypeAlias = tuple[Entry, Cancellation]
"""An order on the desk, and how it stands with cancelling it."""


def still_said(sentence: str, before: Known, now: Known | None, display: DisplayOptions) -> str:
    """What a sentence about an order has become: itself, what came of it, or nothing any more.

    `before` is the order as it was when the sentence was said, `now` as it is now; None if it left the desk.
    """
    if now is None:
        return ""
    if not before[1].is_awaited:
        return sentence if _facts(now[0]) == _facts(before[0]) else ""
    entry, cancellation = now
    if outcome := outcome_sentence(entry.record.order, display):
        return outcome
    if cancellation.is_awaited and cancellation.is_under_way == before[1].is_under_way:
        return sentence
    # The request is on its way, which the row says; or it failed, or was called off.
    failure = failure_sentence(entry)
    return f"{show_number(entry.record.order.phone_number, display)}: {failure}" if failure else ""


def _facts(entry: Entry) -> tuple[object, ...]:
    """What a sentence about an order may rest on."""
    order = entry.record.order
    return (order.status, order.phone_number, len(entry.record.codes), entry.intent, entry.cancel)
