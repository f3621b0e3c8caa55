"""What the row of an order shows."""

from __future__ import annotations

from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelWindow
from numdeck.model.cancellation import cancellation_of
from numdeck.model.order import Status
from numdeck.model.request import Attempt
from numdeck.ui.display import DisplayOptions
from numdeck.ui.rows import ACTIVE_COLUMNS, HISTORY_COLUMNS, active_row, attempt_row, history_row
from tests.journal.samples import NOON, TELEGRAM, record


def test_each_row_has_a_cell_for_each_column() -> None:
    display = DisplayOptions()
    assert len(history_row(record(), display, now=NOON).cells) == len(HISTORY_COLUMNS)
    attempt = Attempt(id="1", request=TELEGRAM, sent_at=NOON)
    assert len(attempt_row(attempt, display, now=NOON).cells) == len(ACTIVE_COLUMNS)
    entry = Entry(record=record(status=Status.WAITING), phase=Phase.LISTED, last_seen_active_at=NOON)
    cancellation = cancellation_of(
        entry.record, entry.intent, entry.cancel, window=CancelWindow(), automatic_after=None, now=NOON
    )
    assert len(active_row(entry, cancellation, display, now=NOON).cells) == len(ACTIVE_COLUMNS)


def test_the_newest_code_of_the_history_stands_first() -> None:
    row = history_row(record(1, "111", "222", "333"), DisplayOptions(), now=NOON)
    at = [column.key for column in HISTORY_COLUMNS].index("codes")
    assert str(getattr(row.cells[at], "text", row.cells[at])) == "333, 222, 111"
