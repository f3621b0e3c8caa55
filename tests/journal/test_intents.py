"""What was decided for orders, what is news, and marks: beside the records, and durable."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from numdeck.journal.journal import Journal
from numdeck.model.cancellation import CancelIntent
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord
from tests.journal.samples import NOON, found_in_history, record

ALIVE = record(1, status=Status.WAITING)


def test_a_decision_outlives_the_program_and_can_be_taken_back(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        journal.write([ALIVE], intents={ALIVE.id: CancelIntent.ARMED})
    with closing(Journal.open(path)) as journal:
        assert journal.load().intents == {ALIVE.id: CancelIntent.ARMED}
        journal.write(intents={ALIVE.id: CancelIntent.NONE})
        assert journal.load().intents == {}


def test_who_writes_the_order_again_has_decided_nothing(journal: Journal) -> None:
    journal.write([ALIVE], intents={ALIVE.id: CancelIntent.KEPT})
    journal.write([replace(ALIVE, first_seen=NOON - 1)])
    assert journal.intents([ALIVE.id, "unknown"]) == {ALIVE.id: CancelIntent.KEPT}


def test_news_are_orders_ends_and_codes_that_were_first_seen_since(journal: Journal) -> None:
    def old(number: int) -> OrderRecord:
        return replace(record(number), bought=Interval(NOON - 9, NOON - 8), first_seen=NOON - 8, ended_at=NOON - 1)

    with_code = replace(record(2, "12345", status=Status.WAITING), first_seen=NOON - 8)
    ended = replace(old(3), ended_at=NOON)
    found = found_in_history(4, seen_at=NOON)
    journal.write([old(1), with_code, ended, found])
    assert {news.id for news in journal.news_since(NOON)} == {with_code.id, ended.id, found.id}


def test_a_mark_is_the_last_one(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        assert journal.timestamp("watched") is None
        journal.set_timestamp("watched", NOON)
        journal.set_timestamp("watched", NOON + 1)
    with closing(Journal.open(path)) as journal:
        assert journal.timestamp("watched") == NOON + 1
