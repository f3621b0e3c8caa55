"""Reading and writing the journal: what a start needs, intents, news, requests and timestamps."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from numdeck.journal.journal import Journal, JournalContents
from numdeck.model.cancellation import CancelIntent
from numdeck.model.clock import ClockOffset
from numdeck.model.history_query import HistoryQuery
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord
from numdeck.model.request import AttemptState
from tests.journal.samples import NOON, TELEGRAM, attempt, found_in_history, record, unseen

ALIVE = record(1, status=Status.WAITING)


def test_intents(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        journal.write([ALIVE], intents={ALIVE.id: CancelIntent.ARMED})
    with closing(Journal.open(path)) as journal:
        assert journal.load().intents == {ALIVE.id: CancelIntent.ARMED}
        journal.write(intents={ALIVE.id: CancelIntent.NONE})
        assert journal.load().intents == {}


def test_records_do_not_change_intents(journal: Journal) -> None:
    journal.write([ALIVE], intents={ALIVE.id: CancelIntent.KEPT})
    journal.write([replace(ALIVE, first_seen=NOON - 1)])
    assert journal.intents([ALIVE.id, "unknown"]) == {ALIVE.id: CancelIntent.KEPT}


def test_news_since(journal: Journal) -> None:
    def old(number: int) -> OrderRecord:
        return replace(record(number), bought=Interval(NOON - 9, NOON - 8), first_seen=NOON - 8, ended_at=NOON - 1)

    with_code = replace(record(2, "12345", status=Status.WAITING), first_seen=NOON - 8)
    ended = replace(old(3), ended_at=NOON)
    found = found_in_history(4, seen_at=NOON)
    journal.write([old(1), with_code, ended, found])
    assert {news.id for news in journal.news_since(NOON)} == {with_code.id, ended.id, found.id}


def test_timestamps(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        assert journal.timestamp("watched") is None
        journal.set_timestamp("watched", NOON)
        journal.set_timestamp("watched", NOON + 1)
    with closing(Journal.open(path)) as journal:
        assert journal.timestamp("watched") == NOON + 1


def test_reopened(path: Path) -> None:
    known = record(1, "12345")
    with closing(Journal.open(path)) as journal:
        journal.write([known], [attempt()])
    with closing(Journal.open(path)) as journal:
        assert journal.find([known.id]) == {known.id: known}
        assert journal.load().attempts == (attempt(),)


def test_load_records(journal: Journal) -> None:
    alive = record(3, status=record().order.status.WAITING)
    awaiting = unseen(2, "12345")
    journal.write([alive, awaiting, record(1)])
    assert journal.load().records == (awaiting, alive), "in the order in which they were first seen"


def test_load_attempts(journal: Journal) -> None:
    journal.write(attempts=[attempt(number, state) for number, state in enumerate(AttemptState)])
    assert {one.state for one in journal.load().attempts} == {AttemptState.SENDING, AttemptState.UNKNOWN}


def test_find_thousands(journal: Journal) -> None:
    listing = [found_in_history(number) for number in range(3000)]
    journal.write(listing[:2000])
    assert len(journal.find([one.id for one in listing])) == 2000
    assert journal.find([]) == {}


def test_last_request(journal: Journal) -> None:
    assert journal.last_request() is None
    failed = replace(attempt(9).request, service_code="wa")
    journal.write(attempts=[attempt(9, AttemptState.NOT_PLACED, request=failed)])
    assert journal.last_request() == failed, "better than nothing"
    journal.write(attempts=[attempt(1, AttemptState.PLACED), attempt(0, AttemptState.PLACED, request=failed)])
    assert journal.last_request() == attempt(1).request


def test_order_twice_in_one_write(journal: Journal) -> None:
    journal.write([record(1), record(1, "12345")])
    assert [code.text for code in journal.find([record(1).id])[record(1).id].codes] == ["12345"]
    assert journal.history_count(HistoryQuery()) == 1


def test_write_nothing(journal: Journal) -> None:
    journal.write()
    assert journal.load() == JournalContents((), ())


def test_recent_requests(journal: Journal) -> None:
    other = replace(TELEGRAM, service_code="wa")
    journal.write([record(1), replace(record(2), request=other), record(3), found_in_history(4)])
    assert journal.recent_requests(9) == [TELEGRAM, other]
    assert journal.recent_requests(1) == [TELEGRAM]


def test_pin(journal: Journal) -> None:
    other = replace(TELEGRAM, service_code="wa")
    journal.pin(other, NOON)
    journal.pin(TELEGRAM, NOON + 1)
    journal.pin(other, NOON + 2)
    assert journal.pinned_requests() == [other, TELEGRAM]
    journal.pin(other, None)
    assert journal.pinned_requests() == [TELEGRAM]


def test_clock_offset(path: Path) -> None:
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
