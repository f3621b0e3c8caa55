"""What the row of an order shows."""

from __future__ import annotations

from numdeck.ui.rows import HISTORY_COLUMNS, history_row
from numdeck.ui.shown import Shown
from tests.journal.samples import NOON, record


def test_the_newest_code_of_the_history_stands_first() -> None:
    row = history_row(record(1, "111", "222", "333"), Shown(), now=NOON)
    at = [column.key for column in HISTORY_COLUMNS].index("codes")
    assert str(getattr(row.cells[at], "text", row.cells[at])) == "333, 222, 111"
