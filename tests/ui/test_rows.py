"""What the row of an order shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelWindow
from numdeck.model.cancellation import cancellation_of
from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt
from numdeck.ui.details import record_details
from numdeck.ui.display import DisplayOptions, show_by, show_interval
from numdeck.ui.panes.latest import code_age
from numdeck.ui.rows import ACTIVE_COLUMNS, HISTORY_COLUMNS, active_row, attempt_row, history_row
from tests.journal.samples import NOON, TELEGRAM, found_in_history, record


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


UTC = DisplayOptions(utc=True)
NOW = NOON + 600


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Interval(NOON, NOON), "15:06:40"),
        (Interval(NOON, NOON + 5), "15:06:45"),
        (Interval(NOON, NOON + 91), "between 15:06:40 and 15:08:11"),
        (Interval.up_to(NOON), "by 15:06:40"),
        (Interval(NOON - 86400, NOON), "between 14 Jun 15:06 and 15:06:40"),
        (Interval(NOON - 2 * 86400, NOON - 2 * 86400 + 10), "13 Jun 15:06"),
    ],
)
def test_show_interval(span: Interval, text: str) -> None:
    assert show_interval(span, UTC, now=NOW, within=5) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (None, "earlier"),
        (Interval(NOON - 60, NOON), "15:06:40"),
        (Interval(NOON - 61, NOON), "by 15:06:40"),
        (Interval.up_to(NOON - 2 * 86400), "by 13 Jun"),
        (Interval(NOON - 2 * 86400, NOON - 2 * 86400), "13 Jun 15:06"),
    ],
)
def test_the_end_fits_its_column(span: Interval | None, text: str) -> None:
    assert show_by(span, UTC, now=NOW) == text
    assert len(text) <= next(column.width for column in HISTORY_COLUMNS if column.key == "when")


def said(record: OrderRecord, name: str) -> str:
    return dict(record_details(record, UTC, now=NOW))[name]


def test_the_details_of_an_uncertain_purchase() -> None:
    known = record(1)
    assert said(known, "Bought") == "here, 15:07:41"
    elsewhere = replace(known, origin=Origin.ELSEWHERE)
    assert said(replace(elsewhere, bought=Interval(NOON, NOON + 91)), "Bought") == (
        "elsewhere, between 15:06:40 and 15:08:11"
    )
    assert said(replace(elsewhere, bought=Interval.up_to(NOON)), "Bought") == "elsewhere, by 15:06:40 at the latest"


def test_the_details_of_uncertain_codes_and_ends() -> None:
    order = record(1)
    codes = (Code("111", NOON), Code("222", NOON + 120, absent_at=NOON + 115), Code("333", NOON + 400, absent_at=NOON))
    watched = replace(order, codes=codes, ended_at=NOON + 400, last_seen_active_at=NOON)
    assert said(watched, "Codes") == ("111 (by 15:06:40) · 222 (15:08:40) · 333 (between 15:06:40 and 15:13:20)")
    assert said(watched, "Ended") == "between 15:06:40 and 15:13:20"
    assert said(found_in_history(2, seen_at=NOON), "Ended") == "before 15:06:40, when it was first seen"
    assert said(replace(watched, last_seen_active_at=NOON + 390), "Ended") == "15:13:20"


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
