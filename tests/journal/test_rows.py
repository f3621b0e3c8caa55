"""Every field comes back from its row."""

from __future__ import annotations

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from numdeck.journal.journal import Journal
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from tests.journal.samples import attempts, patient, records


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
