"""Instants and numbers as they are shown: no more exactly than they are known."""

from __future__ import annotations

import pytest

from numdeck.model.interval import Interval
from numdeck.ui.display import (
    DisplayOptions,
    mask,
    show_by,
    show_code,
    show_interval,
    show_minute,
    show_number,
    show_when,
)
from numdeck.ui.rows import HISTORY_COLUMNS
from tests.journal.samples import NOON

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


def test_show_when() -> None:
    assert show_when(NOON, UTC, now=NOW) == "15:06:40"
    assert show_when(NOON - 86400, UTC, now=NOW) == "14 Jun 15:06"


def test_show_minute() -> None:
    assert show_minute(NOON, UTC) == "15:06"


def test_mask() -> None:
    assert (mask("79373"), mask("79373", keep=2), mask("7", keep=2)) == ("•••••", "•••73", "7")


@pytest.mark.parametrize(
    ("raw", "plain", "masked"),
    [(None, "assigning…", "assigning…"), ("+12125550100", "+1 212-555-0100", "••••••••••00")],
)
def test_show_number(raw: str | None, plain: str, masked: str) -> None:
    assert show_number(raw, UTC) == plain
    assert show_number(raw, DisplayOptions(masked=True)) == masked


def test_show_code() -> None:
    assert show_code("79373", UTC) == "79373"
    assert show_code("79373", UTC, 3) == "79…"
    assert show_code("79373", DisplayOptions(masked=True)) == "•••••"
