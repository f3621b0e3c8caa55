"""What the desk announces, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.desk.events import BalanceLow, CaughtUp, ClockWrong, Event, Notice, Topic, TopicChanged
from numdeck.model.catch_up import Away
from numdeck.model.clock import ClockTrouble
from numdeck.model.money import LowBalance
from numdeck.model.order import Status
from numdeck.ui.notices import away_sentence, notice_sentence


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
            "1 order ended (1 refunded), 1 bought elsewhere, $0.20 spent, $0.15 back.",
        ),
    ],
)
def test_what_happened_is_one_sentence(away: Away, told: str) -> None:
    assert away_sentence(away, 7300.0) == told
