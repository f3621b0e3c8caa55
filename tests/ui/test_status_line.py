"""What the status line says of connection and money, in the room there is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.desk.state import DeskState, Today
from numdeck.model.link import Link, LinkState
from numdeck.model.money import Balance
from numdeck.sandbox.faults import Fault
from numdeck.ui.panes.status import link_text, money_words
from tests.support import Bench
from tests.ui.support import operator_at

LIVE = Link(state=LinkState.LIVE, fresh_at=100.0, interval=5.0)


@pytest.mark.parametrize(
    ("link", "words", "short"),
    [
        (LIVE, "live 5s", "live 5s"),
        (Link(state=LinkState.LIVE, fresh_at=100.0, interval=2.5), "live 2.5s", "live 2.5s"),
        (Link(state=LinkState.LIVE, fresh_at=100.0, interval=2.56), "live 2.6s", "live 2.6s"),
        (Link(state=LinkState.LIVE, fresh_at=100.0, interval=12.8), "live 13s", "live 13s"),
        (Link(), "connecting", "connecting"),
        (
            Link(state=LinkState.LIVE, fresh_at=40.0),
            "waiting for an answer · stale: data 1 min old",
            "waiting for an answer · 1 min old",
        ),
        (Link(state=LinkState.OFFLINE, next_try_at=108.0), "offline · next try in 0:08", "offline · 0:08"),
        (
            Link(state=LinkState.THROTTLED, fresh_at=60.0, next_try_at=150.0),
            "throttled · stale: data 40 s old · next try in 0:50",
            "throttled · 40 s old · 0:50",
        ),
        (Link(state=LinkState.UNAUTHORISED), "key refused", "key refused"),
        (
            Link(state=LinkState.FAULT, fresh_at=99.0, next_try_at=100.0),
            "service fault · next try in 0:00",
            "service fault · 0:00",
        ),
    ],
)
def test_each_state_of_the_connection_in_words(link: Link, words: str, short: str) -> None:
    assert link_text(link, 100) == words
    assert link_text(link, 100, is_short=True) == short


def test_every_state_has_a_word_of_its_own() -> None:
    assert len({link_text(Link(state=state, fresh_at=0.0), 0) for state in LinkState}) == len(LinkState)


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (200, "balance $41.70 · today −$3.15 · 7 orders · 1 code"),
        (51, "balance $41.70 · today −$3.15 · 7 orders · 1 code"),
        (50, "balance $41.70 · today −$3.15"),
        (31, "balance $41.70 · today −$3.15"),
        (30, "$41.70 · today −$3.15"),
        (23, "$41.70 · today −$3.15"),
        (22, "$41.70"),
        (0, "$41.70"),
    ],
)
def test_money_is_said_in_whole_words_or_not_at_all(room: int, words: str) -> None:
    state = DeskState()
    state.balance = Balance(Decimal("41.70"), told_at=1000.0)
    state.today = Today(orders=7, spent=Decimal("3.15"), codes=1)
    assert money_words(state, 1000.0, room) == words


@pytest.mark.parametrize(
    ("room", "words"),
    [(200, "balance $41.70 · 3 min old · today $0.00 · 0 orders · 0 codes"), (0, "$41.70 · 3 min old")],
)
def test_a_balance_of_the_past_is_never_shown_without_its_age(room: int, words: str) -> None:
    state = DeskState(balance=Balance(Decimal("41.70"), told_at=1000.0))
    assert money_words(state, 1180.0, room) == words


def test_a_balance_that_was_never_told_is_unknown() -> None:
    assert money_words(DeskState(), 1000.0, 0) == "?"


async def test_a_balance_grows_old_on_the_desk_and_in_the_order_form(bench: Bench) -> None:
    await bench.desk.count_money()
    bench.sandbox.faults.add(Fault(path="/api/v2/users/balance/", action="cut", times=None))
    await bench.desk.learn_names()
    async with operator_at(bench) as operator:
        assert "balance $50.00 · today" in operator.screen
        await operator.press("n", *"tg", "enter", *"667", "enter")
        assert "balance $50.00 → " in operator.screen
        bench.clock.advance(minutes=3)
        await bench.desk.count_money()
        await operator.wait_idle()
        assert "balance $50.00 · 3 min old → " in operator.screen
        await operator.press("escape")
        await operator.poll()
        assert "balance $50.00 · 3 min old" in operator.screen.splitlines()[0]
