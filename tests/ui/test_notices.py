"""What the desk announces, in words, and what a sentence about an order becomes when the order changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.desk.events import BalanceLow, CaughtUp, ClockWrong, Event, Notice, Topic, TopicChanged
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelWindow
from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep, FailureKind, cancellation_of
from numdeck.model.catch_up import Away
from numdeck.model.clock import ClockTrouble
from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.money import LowBalance
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord
from numdeck.ui.display import DisplayOptions
from numdeck.ui.notices import Known, away_sentence, notice_sentence, still_said


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (Notice("Polling."), "Polling."),
        (CaughtUp(Away(codes=1), 7300.0), "While numdeck was not running (2 h): 1 code."),
        (
            ClockWrong(ClockTrouble(3604.0)),
            "This machine's clock is 1 h behind the service's: numdeck goes by the service's.",
        ),
        (
            ClockWrong(ClockTrouble(-89.0)),
            "This machine's clock is 1 min ahead of the service's: numdeck goes by the service's.",
        ),
        (
            ClockWrong(ClockTrouble(-116.0)),
            "This machine's clock is 2 min ahead of the service's: numdeck goes by the service's.",
        ),
        (
            ClockWrong(ClockTrouble(-3600.0, was_moved=True)),
            "This machine's clock was moved forward by 1 h: numdeck goes on as before.",
        ),
        (
            ClockWrong(ClockTrouble(3600.0, was_moved=True)),
            "This machine's clock was moved back by 1 h: numdeck goes on as before.",
        ),
        (
            BalanceLow(LowBalance(Decimal("4.99"), limit=Decimal("5.00"))),
            "The balance is $4.99, under $5.00: top up the account.",
        ),
        (
            BalanceLow(LowBalance(Decimal("0.29"), last_price=Decimal("0.30"))),
            "The balance is $0.29, and the last order cost $0.30: top it up.",
        ),
        (TopicChanged(Topic.LINK), ""),
    ],
)
def test_each_announcement_in_a_sentence(event: Event, sentence: str) -> None:
    assert notice_sentence(event) == sentence


@pytest.mark.parametrize(
    ("away", "told"),
    [
        (Away(), ""),
        (Away(unseen=3), "Not seen yet: 3 codes."),
        (Away(codes=1, unseen=1), "While numdeck was not running (2 h): 1 code."),
        (Away(codes=1, unseen=3), "While numdeck was not running (2 h): 1 code. Not seen yet: 3 codes."),
        (Away(codes=1), "While numdeck was not running (2 h): 1 code."),
        (
            Away(codes=2, ends=((Status.SUCCESS, 2),)),
            "While numdeck was not running (2 h): 2 codes, 2 orders ended (2 success).",
        ),
        (
            Away(ends=((Status.REFUND, 1),), bought=1, spent=Decimal("0.2"), returned=Decimal("0.15")),
            "While numdeck was not running (2 h): "
            "1 order ended (1 refunded), 1 bought outside numdeck, $0.20 spent, $0.15 refunded.",
        ),
    ],
)
def test_what_happened_is_one_sentence(away: Away, told: str) -> None:
    assert away_sentence(away, 7300.0) == told


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
        (ended(Status.CANCELED), f"Cancelled, $0.22 refunded: {NUMBER}."),
        (ended(Status.REFUND), f"Cancelled, $0.22 refunded: {NUMBER}."),
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
