"""What is written is read again, whatever it is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from numdeck.journal.journal import Journal, JournalContents
from numdeck.model.clock import ClockOffset
from numdeck.model.history_query import HistoryQuery
from numdeck.model.interval import Interval
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, AttemptState
from tests.journal.samples import NOON, TELEGRAM, attempt, attempts, found_in_history, patient, record, records, unseen


@patient
@given(st.lists(records(), max_size=3, unique_by=lambda written: written.id))
def test_every_field_of_a_record_comes_back(written: list[OrderRecord]) -> None:
    with closing(Journal.in_memory()) as journal:
        journal.write(written)
        assert journal.find([one.id for one in written]) == {one.id: one for one in written}


@patient
@given(attempts)
def test_every_field_of_an_attempt_comes_back(written: Attempt) -> None:
    with closing(Journal.in_memory()) as journal:
        journal.write(attempts=[written])
        assert journal.load().attempts == (written,)
        assert journal.last_request() == written.request


@patient
@given(st.data())
def test_a_second_write_leaves_what_an_update_and_a_reading_agree_on(data: st.DataObject) -> None:
    first = data.draw(records("same"))
    second = data.draw(records("same"))
    with closing(Journal.in_memory()) as journal:
        journal.write([first])
        journal.write([second])
        at_two_times = journal.find(["same"])
    with closing(Journal.in_memory()) as journal:
        journal.write([first, second])
        assert journal.find(["same"]) == at_two_times


def test_it_is_there_at_the_next_start(path: Path) -> None:
    known = record(1, "12345")
    with closing(Journal.open(path)) as journal:
        journal.write([known], [attempt()])
    with closing(Journal.open(path)) as journal:
        assert journal.find([known.id]) == {known.id: known}
        assert journal.load().attempts == (attempt(),)


def test_a_start_reads_what_lives_and_what_awaits_the_operator(journal: Journal) -> None:
    alive = record(3, status=record().order.status.WAITING)
    awaiting = unseen(2, "12345")
    journal.write([alive, awaiting, record(1)])
    assert journal.load().records == (awaiting, alive), "in the order in which they were first seen"


def test_a_start_reads_open_attempts_only(journal: Journal) -> None:
    journal.write(attempts=[attempt(number, state) for number, state in enumerate(AttemptState)])
    assert {one.state for one in journal.load().attempts} == {AttemptState.SENDING, AttemptState.UNKNOWN}


def test_thousands_are_found_at_once(journal: Journal) -> None:
    listing = [found_in_history(number) for number in range(3000)]
    journal.write(listing[:2000])
    assert len(journal.find([one.id for one in listing])) == 2000
    assert journal.find([]) == {}


def test_the_last_request_is_of_the_newest_purchase_that_was_placed(journal: Journal) -> None:
    assert journal.last_request() is None
    failed = replace(attempt(9).request, service_code="wa")
    journal.write(attempts=[attempt(9, AttemptState.NOT_PLACED, request=failed)])
    assert journal.last_request() == failed, "better than nothing"
    journal.write(attempts=[attempt(1, AttemptState.PLACED), attempt(0, AttemptState.PLACED, request=failed)])
    assert journal.last_request() == attempt(1).request


def test_an_order_may_come_twice_in_one_write(journal: Journal) -> None:
    journal.write([record(1), record(1, "12345")])
    assert [code.text for code in journal.find([record(1).id])[record(1).id].codes] == ["12345"]
    assert journal.history_count(HistoryQuery()) == 1


def test_nothing_is_written_by_writing_nothing(journal: Journal) -> None:
    journal.write()
    assert journal.load() == JournalContents((), ())


def test_recent_requests_are_told_once_each_and_the_newest_first(journal: Journal) -> None:
    other = replace(TELEGRAM, service_code="wa")
    journal.write([record(1), replace(record(2), request=other), record(3), found_in_history(4)])
    assert journal.recent_requests(9) == [TELEGRAM, other]
    assert journal.recent_requests(1) == [TELEGRAM]


def test_a_request_is_pinned_once_and_let_go(journal: Journal) -> None:
    other = replace(TELEGRAM, service_code="wa")
    journal.pin(other, NOON)
    journal.pin(TELEGRAM, NOON + 1)
    journal.pin(other, NOON + 2)
    assert journal.pinned_requests() == [other, TELEGRAM]
    journal.pin(other, None)
    assert journal.pinned_requests() == [TELEGRAM]


def test_the_offset_of_the_clock_is_kept_and_what_it_makes_doubtful_widens(path: Path) -> None:
    exact, open_ended = record(1), replace(record(2), bought=Interval.up_to(NOON))
    with closing(Journal.open(path)) as journal:
        journal.write([exact, open_ended])
        assert journal.clock_offset() is None
        journal.keep_clock_offset(ClockOffset(3600.0, 0.5), [exact.id, open_ended.id], 2.0)
    with closing(Journal.open(path)) as journal:
        assert journal.clock_offset() == journal.load().clock_offset == ClockOffset(3600.0, 0.5)
        found = journal.find([exact.id, open_ended.id])
        assert found[exact.id].bought == exact.bought.widened(2.0)
        assert found[open_ended.id].bought == Interval.up_to(NOON + 2.0)
