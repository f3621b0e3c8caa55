"""What the screen says about cancelling."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from numdeck.desk.events import CancelDropped, CancelDue, CommandOutcome, CommandResult
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelReason, CancelWindow
from numdeck.model.cancellation import (
    CancelFailure,
    CancelIntent,
    Cancellation,
    CancelPress,
    CancelStep,
    FailureKind,
    PendingCancels,
    cancellation_of,
)
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.ui.cancellation import (
    armed_text,
    automatic_title,
    cancel_button_state,
    cancel_cell,
    cancel_details,
    cancel_question,
    command_sentence,
    dropped_sentence,
    due_sentence,
    failure_sentence,
    outcome_sentence,
    pending_sentence,
    void_reason,
    window_text,
)
from numdeck.ui.display import DisplayOptions

NOON = 1_781_524_800.0
"""15 June 2026, 12:00 UTC."""

UTC = DisplayOptions(utc=True)
NUMBER = "+1 212-555-0100"
ORDER = Order(
    id="1" * 32,
    status=Status.WAITING,
    provider="virtual",
    price=Decimal("0.22"),
    phone_number="+12125550100",
    service_code="tg",
    can_cancel=True,
)
RECORD = OrderRecord(order=ORDER, bought=Interval(NOON, NOON), first_seen=NOON, origin=Origin.HERE)
ENTRY = Entry(record=RECORD, phase=Phase.LISTED, last_seen_active_at=NOON)
SURE, UNSURE = Interval(NOON, NOON), Interval(NOON - 40, NOON)


def known(entry: Entry, age: float, automatic_after: float | None = None) -> Cancellation:
    return cancellation_of(
        entry.record,
        entry.intent,
        entry.cancel,
        window=CancelWindow(),
        automatic_after=automatic_after,
        now=NOON + age,
    )


def with_order(**changes: Any) -> Entry:  # noqa: ANN401 - any field of an order
    return replace(ENTRY, record=replace(RECORD, order=replace(ORDER, **changes)))


def bought(within: Interval, entry: Entry = ENTRY) -> Entry:
    return replace(entry, record=replace(entry.record, bought=within))


def failed(kind: FailureKind, reason: CancelReason | None = None, said: str = "", entry: Entry = ENTRY) -> Entry:
    return replace(entry, failure=CancelFailure(kind, reason, said))


ARMED = replace(ENTRY, intent=CancelIntent.ARMED)
KEPT = replace(ENTRY, intent=CancelIntent.KEPT)
SENDING = replace(ARMED, cancel=CancelStep.SENDING)
REQUESTED = replace(ENTRY, cancel=CancelStep.REQUESTED)
NO_ANSWER = replace(ENTRY, cancel=CancelStep.UNSURE)
RENTAL = with_order(provider="residential_rent")
NO_NUMBER = replace(with_order(status=Status.NEW, phone_number=None), phase=Phase.ASSIGNING)
LEFT_LIST = replace(ENTRY, phase=Phase.FOLLOWING)
CALCULATING = replace(with_order(status=Status.CALCULATION), phase=Phase.FOLLOWING)
CANCELED = replace(with_order(status=Status.CANCELED), phase=Phase.ENDED)
SUCCESS = replace(with_order(status=Status.SUCCESS), phase=Phase.ENDED)


@pytest.mark.parametrize(
    ("reason", "left", "text"),
    [
        (CancelReason.TOO_SOON, 120, "opens in 2:00"),
        (CancelReason.TOO_SOON, 46, "opens in 0:50"),
        (CancelReason.TOO_SOON, 15, "opens in 0:15"),
        (CancelReason.TOO_SOON, 0.2, "opens in 0:01"),
        (CancelReason.OPEN, 780, "13 min left"),
        (CancelReason.OPEN, 779, "12 min left"),
        (CancelReason.OPEN, 180, "3 min left"),
        (CancelReason.OPEN, 179, "2 min left"),
        (CancelReason.OPEN, 14, "0:14 left"),
        (CancelReason.OPEN, 0, "0:00 left"),
        (CancelReason.PERHAPS_OPEN, 60, "≈ open"),
        (CancelReason.TOO_LATE, None, "closed"),
        (CancelReason.CODE_RECEIVED, None, "code received"),
        (CancelReason.RENTAL, None, "rental"),
        (CancelReason.NOT_OFFERED, None, "not offered"),
        (CancelReason.NO_NUMBER, None, "no number yet"),
        (CancelReason.ENDED, None, "ended"),
    ],
)
def test_the_window_in_a_cell(reason: CancelReason, left: float | None, text: str) -> None:
    changes_at = None if left is None else NOON + left
    value = Cancellation(is_open=True, reason=reason, press=CancelPress.REFUSE, changes_at=changes_at)
    assert window_text(value, NOON) == text


def test_an_opening_that_is_not_known_exactly_is_not_shown_as_one_instant() -> None:
    assert window_text(known(bought(UNSURE), 50), NOON + 50) == "opens ≥0:30"


@pytest.mark.parametrize(
    ("within", "changes", "age", "text"),
    [
        (SURE, {}, 75, "armed 0:45"),
        (Interval(NOON - 3, NOON), {}, 75, "armed 0:45"),
        (UNSURE, {}, 40, "armed ≈0:50"),
        (UNSURE, {}, 80, "armed ≈0:10"),
        (UNSURE, {}, 91, "armed, again…"),
        (SURE, {}, 121, "armed, again…"),
        (Interval.up_to(NOON), {}, 60, "armed, again…"),
        (SURE, {"status": Status.NEW}, 121, "armed"),
        (SURE, {"can_cancel": False}, 121, "armed"),
    ],
)
def test_an_armed_order_says_when_its_request_is_really_sent(
    within: Interval, changes: dict[str, object], age: float, text: str
) -> None:
    entry = replace(bought(within, with_order(**changes)), intent=CancelIntent.ARMED)
    value, now = known(entry, age), NOON + age
    assert armed_text(value, now) == text
    assert shown(entry, age) == text
    assert cancel_button_state(value, now, read_only=False).label == f"Cancel: {text}"


def shown(entry: Entry, age: float, automatic_after: float | None = None) -> str:
    cell = cancel_cell(entry, known(entry, age, automatic_after), NOON + age)
    return cell if isinstance(cell, str) else cell.text


@pytest.mark.parametrize(
    ("entry", "age", "text"),
    [
        (ENTRY, 60, "opens in 1:00"),
        (ENTRY, 300, "10 min left"),
        (ENTRY, 901, "closed"),
        (RENTAL, 300, "rental"),
        (REQUESTED, 300, "requested…"),
        (SENDING, 300, "cancelling…"),
        (NO_ANSWER, 300, "cancel unsure"),
        (NO_NUMBER, 60, "assigning…"),
        (LEFT_LIST, 300, "left list…"),
        (CALCULATING, 300, "calculating…"),
        (CANCELED, 300, "canceled"),
        (SUCCESS, 300, "code received"),
    ],
)
def test_the_cell_says_how_it_stands(entry: Entry, age: float, text: str) -> None:
    assert shown(entry, age) == text


@pytest.mark.parametrize(
    ("entry", "age", "text"),
    [(ENTRY, 600, "5 min left"), (ENTRY, 720, "auto in 2:00"), (KEPT, 720, "3 min left"), (ENTRY, 60, "opens in 1:00")],
)
def test_the_cell_counts_down_to_an_automatic_cancel(entry: Entry, age: float, text: str) -> None:
    assert shown(entry, age, automatic_after=840) == text


@pytest.mark.parametrize(
    ("entry", "age", "label", "enabled"),
    [
        (ENTRY, 60, "Cancel: opens in 1:00", False),
        (ENTRY, 300, "Cancel order", True),
        (bought(Interval.up_to(NOON)), 300, "Cancel order ≈", True),
        (ENTRY, 901, "Cancel: closed", False),
        (KEPT, 300, "Cancel order", True),
        (ARMED, 60, "Cancel: armed 1:00", False),
        (REQUESTED, 300, "Cancel requested…", False),
        (RENTAL, 300, "Cancel: rental", False),
        (SUCCESS, 300, "Cancel: ended", False),
    ],
)
def test_the_button_says_why_it_cannot_be_pressed(entry: Entry, age: float, label: str, enabled: bool) -> None:
    state = cancel_button_state(known(entry, age), NOON + age, read_only=False)
    assert (state.label, state.enabled) == (label, enabled)
    assert not cancel_button_state(known(entry, age), NOON + age, read_only=True).enabled


@pytest.mark.parametrize(
    ("entry", "age", "text"),
    [
        (ENTRY, 60, "Too soon to cancel: the window has not opened yet."),
        (ENTRY, 300, "Can be cancelled until 12:15."),
        (bought(UNSURE), 100, "Purchase time unknown: the service may refuse."),
        (ENTRY, 901, "Too late to cancel: the window has closed."),
        (ARMED, 60, "Armed: sent when the window opens. Press again to disarm."),
        (ARMED, 300, "Armed: sent again and again until it gets through or the window closes."),
        (SENDING, 300, "The cancel request is being sent."),
        (NO_ANSWER, 300, "The cancel request got no answer; looking whether it arrived."),
        (REQUESTED, 300, "Requested; it counts as refunded when the service confirms it."),
        (failed(FailureKind.FAILED, said="Out."), 300, "Can be cancelled until 12:15. Last try: Out."),
        (SUCCESS, 300, "Cannot be cancelled: a code was received."),
        (CANCELED, 300, "The order has ended."),
    ],
)
def test_the_details_say_how_it_stands_without_counting_down(entry: Entry, age: float, text: str) -> None:
    assert cancel_details(entry, known(entry, age), UTC, NOON + age) == text
    assert cancel_details(entry, known(entry, age + 0.5), UTC, NOON + age + 0.5) == text


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (ENTRY, "Can be cancelled until 12:15. Automatically at 12:14:00 without a code."),
        (KEPT, "Can be cancelled until 12:15. Kept: cancelled only by hand."),
        (REQUESTED, "Requested; it counts as refunded when the service confirms it."),
        (replace(SUCCESS, intent=CancelIntent.KEPT), "Cannot be cancelled: a code was received."),
    ],
)
def test_the_details_say_what_happens_without_a_key_press(entry: Entry, text: str) -> None:
    assert cancel_details(entry, known(entry, 300, automatic_after=840), UTC, NOON + 300) == text


def test_the_question_names_number_service_and_refund() -> None:
    assert cancel_question(ENTRY, UTC) == f"Cancel {NUMBER} (tg) for a refund of $0.22?"


@pytest.mark.parametrize(
    ("entry", "age", "why"),
    [
        (ENTRY, 300, ""),
        (None, 300, "Not cancelled: the order has ended."),
        (SUCCESS, 300, "Not cancelled: the order has ended."),
        (ARMED, 300, "Armed meanwhile: it is cancelled as soon as the service allows."),
        (ENTRY, 901, "Not cancelled. Too late to cancel: the window has closed."),
    ],
)
def test_a_question_that_makes_no_sense_any_more_says_why(entry: Entry | None, age: float, why: str) -> None:
    assert void_reason(known(entry, age) if entry else None, NOON + age) == why


@pytest.mark.parametrize(
    ("outcome", "entry", "age", "text"),
    [
        (CommandOutcome.GONE, None, 0, "This order has ended."),
        (
            CommandOutcome.UNDER_WAY,
            REQUESTED,
            300,
            "The cancellation was requested; waiting for the service to confirm it.",
        ),
        (CommandOutcome.NOT_ALLOWED, RENTAL, 300, "Rentals cannot be cancelled."),
        (CommandOutcome.NOT_ALLOWED, ENTRY, 72, "Too soon to cancel: the window opens in 0:50."),
        (
            CommandOutcome.NOT_ALLOWED,
            bought(UNSURE),
            0,
            "Too soon to cancel: the window opens in 1:20 at the earliest, in 2:00 at the latest.",
        ),
        (CommandOutcome.ARMED, ARMED, 70, "Armed: it will be cancelled in 0:50, when the window opens."),
        (
            CommandOutcome.ARMED,
            bought(UNSURE, ARMED),
            50,
            "Armed: it is tried in 0:40, and again until the window opens, in 1:10 at the latest.",
        ),
        (CommandOutcome.ARMED, ARMED, 130, "Armed: it is tried again at once."),
        (
            CommandOutcome.ARMED,
            bought(Interval.up_to(NOON), ARMED),
            130,
            "Armed: it will be cancelled when the window opens.",
        ),
        (CommandOutcome.DISARMED, ENTRY, 60, "Disarmed. This order is cancelled only by hand."),
        (CommandOutcome.KEPT, KEPT, 60, "Kept: it is cancelled only by hand."),
        (CommandOutcome.NOT_KEPT, ENTRY, 60, "No longer kept."),
        (CommandOutcome.NOTHING_TO_KEEP, ENTRY, 60, "Nothing cancels this order automatically."),
        (
            CommandOutcome.REQUESTED,
            REQUESTED,
            300,
            "Cancel requested (accepted): waiting for the service to confirm it.",
        ),
    ],
)
def test_what_a_command_did(outcome: CommandOutcome, entry: Entry | None, age: float, text: str) -> None:
    result = CommandResult(outcome, known(entry, age) if entry else None)
    assert command_sentence(result, NOON + age) == text


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (CommandOutcome.DISARMED, "Disarmed. Without a code it is cancelled automatically."),
        (CommandOutcome.NOT_KEPT, "No longer kept. Without a code it is cancelled automatically."),
    ],
)
def test_a_command_says_what_will_happen_automatically(outcome: CommandOutcome, text: str) -> None:
    assert command_sentence(CommandResult(outcome, known(ENTRY, 60, automatic_after=840)), NOON + 60) == text


@pytest.mark.parametrize(
    ("outcome", "reason", "text"),
    [
        (CommandOutcome.REQUESTED, None, "Cancel requested (No): waiting for the service to confirm it."),
        (CommandOutcome.REFUSED, CancelReason.TOO_LATE, "Refused, too late. The service says: No"),
        (CommandOutcome.REFUSED, CancelReason.CODE_RECEIVED, "Refused, a code was received. The service says: No"),
        (CommandOutcome.REFUSED, CancelReason.NOT_OFFERED, "Refused. The service says: No"),
        (CommandOutcome.UNSURE, None, "A try got no answer: looking whether it was cancelled. No"),
        (CommandOutcome.FAILED, None, "No"),
    ],
)
def test_what_the_service_said_to_a_command(outcome: CommandOutcome, reason: CancelReason | None, text: str) -> None:
    assert command_sentence(CommandResult(outcome, known(ENTRY, 300), reason, "No"), NOON + 300) == text


def test_a_refusal_that_comes_too_soon_says_when_it_is_tried_again() -> None:
    result = CommandResult(CommandOutcome.REFUSED, known(ARMED, 100), CancelReason.TOO_SOON, "2 minutes")
    assert command_sentence(result, NOON + 100) == (
        "Refused, too soon. The service says: 2 minutes Armed: it will be cancelled in 0:20, when the window opens."
    )


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (ENTRY, ""),
        (failed(FailureKind.REFUSED, CancelReason.TOO_LATE, "No"), "Refused, too late. The service says: No"),
        (failed(FailureKind.FAILED, said="No answer."), "No answer."),
        (failed(FailureKind.LOST), "The cancel request did not arrive: press again."),
        (failed(FailureKind.LOST, entry=ARMED), "The cancel request did not arrive: it is tried again."),
        (failed(FailureKind.IGNORED), "The service accepted the request and has not cancelled: press again."),
    ],
)
def test_why_the_last_request_came_to_nothing(entry: Entry, text: str) -> None:
    assert failure_sentence(entry) == text


@pytest.mark.parametrize(
    ("entry", "reason", "said", "text"),
    [
        (ENTRY, CancelReason.TOO_LATE, "", "not cancelled. Too late to cancel: the window has closed."),
        (ENTRY, CancelReason.TOO_LATE, "20 min", "not cancelled. Refused, too late. The service says: 20 min"),
        (
            replace(with_order(status=Status.NOT_SMS_CODE), phase=Phase.ENDED),
            CancelReason.ENDED,
            "",
            "not cancelled. It ended before the cancellation got through: no SMS.",
        ),
    ],
)
def test_why_an_armed_order_is_not_cancelled(entry: Entry, reason: CancelReason, said: str, text: str) -> None:
    assert dropped_sentence(CancelDropped(entry, reason, said)) == text


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status.CANCELED, f"Cancelled, $0.22 refunded: {NUMBER}."),
        (Status.SUCCESS, f"Not cancelled: a code came first, for {NUMBER}."),
        (Status.NOT_SMS_CODE, f"Not cancelled: the order has ended (no SMS), {NUMBER}."),
        (Status.WAITING, ""),
    ],
)
def test_what_came_of_a_cancellation(status: Status, text: str) -> None:
    assert outcome_sentence(replace(ORDER, status=status), UTC) == text


def test_why_an_order_is_cancelled_without_a_key_press() -> None:
    assert due_sentence(CancelDue(ARMED, is_auto=False)) == "window open: cancelling."
    assert due_sentence(CancelDue(ENTRY, is_auto=True)) == "no code came in time: cancelling."


def test_the_title_says_that_orders_are_cancelled_automatically() -> None:
    assert automatic_title(840.0) == " · auto-cancel after 14 min"
    assert automatic_title(None) == ""


def test_what_will_not_run_while_numdeck_is_closed() -> None:
    assert pending_sentence(PendingCancels()) == ""
    assert pending_sentence(PendingCancels(armed=1)) == "1 armed cancel will not run while numdeck is closed."
