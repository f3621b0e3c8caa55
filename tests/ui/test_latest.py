"""The panel with the newest code."""

from __future__ import annotations

import pytest

from numdeck.model.codes import Code
from numdeck.ui.display import DisplayOptions
from numdeck.ui.panes.latest import code_age
from tests.journal.samples import NOON

UTC = DisplayOptions(utc=True)
NOW = NOON + 600


@pytest.mark.parametrize(
    ("code", "age"),
    [
        (Code("1", NOW - 90, absent_at=NOW - 95), "1 min ago"),
        (Code("1", NOW - 90, absent_at=NOW - 400), "1–6 min ago"),
        (Code("1", NOON), "by 15:06:40"),
    ],
)
def test_the_age_of_an_uncertain_code(code: Code, age: str) -> None:
    assert code_age(code, UTC, NOW) == age
