"""Every field comes back from its row."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.journal.journal import Journal
from numdeck.journal.rows import ORDER_COLUMNS, fold_number, order_row
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from tests.journal.samples import NOON, attempts, found_in_history, patient, record, records


@patient
@given(st.lists(records(), max_size=3, unique_by=lambda written: written.id))
def test_records(written: list[OrderRecord]) -> None:
    with closing(Journal.in_memory()) as journal:
        journal.write(written)
        assert journal.find([one.id for one in written]) == {one.id: one for one in written}


@patient
@given(attempts)
def test_attempts(written: Attempt) -> None:
    with closing(Journal.in_memory()) as journal:
        journal.write(attempts=[written])
        assert journal.load().attempts == (written,)
        assert journal.last_request() == written.request


@patient
@given(st.data())
def test_two_writes_equal_one(data: st.DataObject) -> None:
    first = data.draw(records("same"))
    second = data.draw(records("same"))
    with closing(Journal.in_memory()) as journal:
        journal.write([first])
        journal.write([second])
        at_two_times = journal.find(["same"])
    with closing(Journal.in_memory()) as journal:
        journal.write([first, second])
        assert journal.find(["same"]) == at_two_times


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+1 (555) 010-2030", "15550102030"),
        ("+44.7700.900123", "447700900123"),
        ("15550102030", "15550102030"),
        ("", None),
        ("+", None),
        ("tg", None),
        ("12a", None),
    ],
)
def test_fold_number(text: str, digits: str | None) -> None:
    assert fold_number(text) == digits


def test_place_in_the_history() -> None:
    """By the end, or else by when it was first seen: newest first in one listing."""
    column = ORDER_COLUMNS.index("sort_at")
    assert order_row(record(1), 7)[column] == record(1).ended_at
    places = [order_row(found_in_history(number), number)[column] for number in range(3)]
    assert places == sorted(places, reverse=True)
    assert len({*places}) == 3
    assert places[0] == NOON
