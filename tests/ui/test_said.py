"""What a sentence about an order becomes when the order changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelWindow
from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep, FailureKind, cancellation_of
from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord
from numdeck.ui.display import DisplayOptions
from numdeck.ui.said import Known, still_said

SAID = "What was said."
ORDER = Order(id="1" * 32, status=Status.WAITING, price=Decimal("0.22"), phone_number="+12125550100", can_cancel=True)
OPEN = Entry(
    record=OrderRecord(order=ORDER, bought=Interval(0, 1), first_seen=1), phase=Phase.LISTED, last_seen_active_at=1
)
ARMED = replace(OPEN, intent=CancelIntent.ARMED)
SENDING = replace(ARMED, cancel=CancelStep.SENDING)
REQUESTED = replace(OPEN, cancel=CancelStep.REQUESTED)
NUMBER = "+1 212-555-0100"


def known(entry: Entry) -> Known:
    return entry, cancellation_of(
        entry.record, entry.intent, entry.cancel, window=CancelWindow(), automatic_after=None, now=300.0
    )


def ended(status: Status) -> Entry:
    return replace(OPEN, record=replace(OPEN.record, order=replace(ORDER, status=status)), phase=Phase.ENDED)


def coded(entry: Entry = OPEN) -> Entry:
    order = replace(entry.record.order, codes=("1",))
    return replace(entry, record=replace(entry.record, order=order, codes=(Code("1", 1.0),)))


@pytest.mark.parametrize("before", [ARMED, SENDING, REQUESTED, replace(OPEN, cancel=CancelStep.UNSURE)])
@pytest.mark.parametrize(
    ("now", "said"),
    [
        (ended(Status.CANCELED), f"Cancelled, $0.22 is back: {NUMBER}."),
        (ended(Status.REFUND), f"Cancelled, $0.22 is back: {NUMBER}."),
        (ended(Status.SUCCESS), f"Not cancelled: a code came first, for {NUMBER}."),
        (coded(), f"Not cancelled: a code came first, for {NUMBER}."),
        (ended(Status.NOT_SMS_CODE), f"Not cancelled: the order has ended (no SMS), {NUMBER}."),
        (
            replace(OPEN, failure=CancelFailure(FailureKind.FAILED, said="It was refused.")),
            f"{NUMBER}: It was refused.",
        ),
        (OPEN, ""),
        (None, ""),
    ],
)
def test_the_outcome_replaces_the_promise(before: Entry, now: Entry | None, said: str) -> None:
    assert still_said(SAID, known(before), known(now) if now else None, DisplayOptions()) == said


@pytest.mark.parametrize(
    ("before", "now", "stays"),
    [
        (ARMED, ARMED, True),
        (ARMED, replace(ARMED, next_lookup_at=9.0), True),
        (ARMED, SENDING, False),
        (SENDING, REQUESTED, True),
        (REQUESTED, replace(REQUESTED, phase=Phase.FOLLOWING), True),
        (OPEN, OPEN, True),
        (OPEN, replace(OPEN, phase=Phase.FOLLOWING), True),
        (OPEN, coded(), False),
        (OPEN, ended(Status.CANCELED), False),
        (OPEN, ARMED, False),
        (OPEN, REQUESTED, False),
        (replace(OPEN, intent=CancelIntent.KEPT), OPEN, False),
        (ended(Status.SUCCESS), ended(Status.SUCCESS), True),
        (replace(OPEN, record=replace(OPEN.record, order=replace(ORDER, phone_number=None))), OPEN, False),
    ],
)
def test_a_sentence_stays_while_it_is_true(before: Entry, now: Entry, stays: bool) -> None:
    assert still_said(SAID, known(before), known(now), DisplayOptions()) == (SAID if stays else "")
