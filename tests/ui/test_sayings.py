"""What the message line says stands while it is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from numdeck.desk.events import CommandOutcome, CommandResult
from numdeck.desk.port import DeskPort
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelWindow
from numdeck.model.cancellation import (
    CancelFailure,
    CancelIntent,
    Cancellation,
    CancelStep,
    FailureKind,
    cancellation_of,
)
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, AttemptState, OrderRequest
from numdeck.ui.cancellation import outcome_sentence
from numdeck.ui.display import DisplayOptions
from numdeck.ui.sayings import Sayings

ORDER = Order(id="1" * 32, status=Status.WAITING, price=Decimal("0.22"), phone_number="+12125550100", can_cancel=True)
OPEN = Entry(
    record=OrderRecord(order=ORDER, bought=Interval(0, 1), first_seen=1), phase=Phase.LISTED, last_seen_active_at=1
)
NUMBER = "+1 212-555-0100"


class FakeLine:
    """A message line without a screen."""

    def __init__(self) -> None:
        self.said = ""
        self.is_important = False
        self.is_asking = False
        self.asked: tuple[str, Callable[[], object], Callable[[], str]] | None = None

    def say(self, text: str) -> None:
        self.said = text

    def tell(self, sentence: str, *, important: bool = False) -> None:
        self.said, self.is_important = sentence, important

    def ask(self, question: str, on_yes: Callable[[], object], invalid_reason: Callable[[], str]) -> None:
        self.asked = (question, on_yes, invalid_reason)


class FakeDesk:
    """As much of a desk as what is said depends on; its time stands still."""

    def __init__(self, *entries: Entry) -> None:
        self.time = 60.0
        self.clock = SimpleNamespace(now=lambda: self.time, monotonic=lambda: self.time)
        self.state: Any = SimpleNamespace(
            entries={entry.id: entry for entry in entries},
            attempts={},
            low_balance=None,
            link=SimpleNamespace(fresh_at=None),
        )

    def put(self, entry: Entry) -> None:
        self.state.entries[entry.id] = entry

    def cancellation(self, entry: Entry) -> Cancellation:
        return cancellation_of(
            entry.record, entry.intent, entry.cancel, window=CancelWindow(), automatic_after=None, now=self.time
        )


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(OPEN)


@pytest.fixture
def line() -> FakeLine:
    return FakeLine()


@pytest.fixture
def sayings(line: FakeLine, desk: FakeDesk) -> Sayings:
    return Sayings(line, cast("DeskPort", desk), DisplayOptions)


def ended(status: Status) -> Entry:
    return replace(OPEN, record=replace(OPEN.record, order=replace(ORDER, status=status)), phase=Phase.ENDED)


def test_a_sentence_counts_down_in_place(sayings: Sayings, line: FakeLine, desk: FakeDesk) -> None:
    sayings.say_while(lambda: f"{100 - desk.time:.0f} left", str, important=True)
    desk.time = 90.0
    sayings.renew("")
    assert (line.said, line.is_important) == ("10 left", True)


@pytest.mark.parametrize(("becomes", "is_important"), [("", False), ("It is over.", True)])
def test_what_is_no_longer_true_is_withdrawn_or_replaced(
    sayings: Sayings, line: FakeLine, becomes: str, is_important: bool
) -> None:
    is_true = True
    sayings.say_while(lambda: "So it is.", lambda said: said if is_true else becomes, important=True)
    assert line.said == "So it is."
    is_true = False
    sayings.renew("")
    assert (line.said, line.is_important) == (becomes, is_important)


def test_what_was_false_when_it_was_said_is_not_left_standing(sayings: Sayings, line: FakeLine) -> None:
    sayings.say_while(lambda: "So it is.", lambda _: "")
    assert line.said == ""


def test_an_armed_order_is_followed_from_try_to_try_to_its_outcome(
    sayings: Sayings, line: FakeLine, desk: FakeDesk
) -> None:
    armed = replace(OPEN, intent=CancelIntent.ARMED)
    sending = replace(armed, cancel=CancelStep.SENDING)
    refused = replace(armed, failure=CancelFailure(FailureKind.FAILED, said="It was refused."))
    desk.put(armed)
    sayings.say_of(armed, lambda: "Armed.")
    said = []
    for entry in (sending, refused, sending, refused, sending, ended(Status.CANCELED), ended(Status.CANCELED)):
        desk.put(entry)
        sayings.renew("")
        said.append(line.said)
    trying, failed = f"{NUMBER}: cancelling.", f"{NUMBER}: It was refused."
    outcome = f"Cancelled, $0.22 refunded: {NUMBER}."
    assert said == [trying, failed, trying, failed, trying, outcome, outcome]


def test_another_sentence_is_left_alone(sayings: Sayings, line: FakeLine) -> None:
    sayings.say_while(lambda: "So it is.", lambda _: "So it was.")
    line.tell("Something else.")
    sayings.renew("")
    assert line.said == "Something else."


def test_a_question_is_left_alone(sayings: Sayings, line: FakeLine) -> None:
    sayings.say_while(lambda: "So it is.", str)
    line.is_asking, line.said = True, "Really?"
    sayings.renew("")
    assert line.said == "Really?"


def test_a_condition_stands_while_nothing_else_is_said(sayings: Sayings, line: FakeLine) -> None:
    sayings.renew("The service cannot be reached.")
    assert line.is_important
    line.tell("Something else.")
    sayings.renew("The service cannot be reached.")
    assert line.said == "Something else."
    line.tell("")
    sayings.renew("The service cannot be reached.")
    assert line.said == "The service cannot be reached."
    sayings.renew("")
    assert line.said == ""


def test_another_condition_is_said_at_once(sayings: Sayings, line: FakeLine) -> None:
    sayings.renew("The service cannot be reached.")
    line.tell("Something else.")
    sayings.renew("Nothing is saved.")
    assert line.said == "Nothing is saved."


def test_the_end_of_a_condition_leaves_another_sentence(sayings: Sayings, line: FakeLine) -> None:
    sayings.renew("The service cannot be reached.")
    line.tell("Something else.")
    sayings.renew("")
    assert line.said == "Something else."


def test_an_armed_order_counts_down_until_it_is_cancelled(sayings: Sayings, line: FakeLine, desk: FakeDesk) -> None:
    armed = replace(OPEN, intent=CancelIntent.ARMED)
    desk.put(armed)
    sayings.say_result(OPEN.id, CommandResult(CommandOutcome.ARMED, cancellation=desk.cancellation(armed)))
    first = line.said
    assert first.startswith("Armed: it will be cancelled in 1:0")
    desk.time += 10
    sayings.renew("")
    assert line.said.startswith("Armed: it will be cancelled in 0:5")
    desk.put(ended(Status.CANCELED))
    sayings.renew("")
    assert line.said == outcome_sentence(ended(Status.CANCELED).record.order, DisplayOptions())


def test_a_result_of_an_order_that_left_the_desk_is_said_all_the_same(
    sayings: Sayings, line: FakeLine, desk: FakeDesk
) -> None:
    desk.state.entries.clear()
    sayings.say_result(OPEN.id, CommandResult(CommandOutcome.KEPT))
    sayings.renew("")
    assert line.said == "Kept: it is cancelled only by hand."


def attempt(state: AttemptState, order_id: str | None = None) -> Attempt:
    request = OrderRequest(service_code="tg", country_code="667")
    return Attempt(id="a", request=request, sent_at=1.0, state=state, order_id=order_id, reason="No answer.")


def test_what_was_ordered_is_said(sayings: Sayings, line: FakeLine) -> None:
    sayings.say_ordered(attempt(AttemptState.PLACED, OPEN.id))
    assert (line.said, line.is_important) == (f"Ordered {NUMBER}.", False)


def test_an_unknown_purchase_is_said_until_it_is_known(sayings: Sayings, line: FakeLine, desk: FakeDesk) -> None:
    desk.state.attempts["a"] = attempt(AttemptState.UNKNOWN)
    sayings.say_ordered(desk.state.attempts["a"])
    assert (line.said, line.is_important) == ("Purchase unknown: do not order again yet. No answer.", True)
    desk.state.attempts.clear()
    sayings.renew("")
    assert line.said == ""


def test_polling_is_said_until_the_answer(sayings: Sayings, line: FakeLine, desk: FakeDesk) -> None:
    sayings.say_polling(None, held_for=40.0)
    assert line.said == "Throttled: polling again in 0:40."
    desk.time += 41
    sayings.renew("")
    assert line.said == "Polling."
    desk.state.link.fresh_at = desk.time
    sayings.renew("")
    assert line.said == ""


def test_a_question_about_an_order_that_ended_is_void(sayings: Sayings, line: FakeLine, desk: FakeDesk) -> None:
    desk.time = 200.0
    sayings.ask_to_cancel(OPEN, lambda: None)
    assert line.asked is not None
    assert line.asked[0].startswith(f"Cancel {NUMBER}")
    assert line.asked[2]() == ""
    desk.put(ended(Status.SUCCESS))
    assert line.asked[2]() == "Not cancelled: the order has ended."
    desk.state.entries.clear()
    assert line.asked[2]() == "Not cancelled: the order has ended."
