"""What the status line says of the money, in the room there is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.desk.state import DeskState, Today
from numdeck.ui.panes.status import money_words


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
    state.balance = Decimal("41.70")
    state.today = Today(orders=7, spent=Decimal("3.15"), codes=1)
    assert money_words(state, room) == words
