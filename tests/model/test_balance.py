"""A balance says how old it is as soon as it may be another one by now."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.model.balance import Balance

TOLD = 1_750_000_000.0


@pytest.mark.parametrize(
    ("seconds", "is_doubtful", "words"),
    [
        (0, False, ""),
        (60, False, ""),
        (120, False, ""),
        (121, False, "2 min old"),
        (3 * 3600, False, "3 h old"),
        (0, True, "<1 min old"),
        (200, True, "3 min old"),
        (-5, True, "<1 min old"),
    ],
)
def test_its_age_is_said_unless_it_is_current(seconds: float, is_doubtful: bool, words: str) -> None:
    balance = Balance(Decimal("41.70"), TOLD, is_doubtful=is_doubtful)
    assert balance.age_words(TOLD + seconds) == words
    assert balance.is_current(TOLD + seconds) is (words == "")
