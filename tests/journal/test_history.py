"""The history pane's pages: order, filter, and how they stay fast."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from numdeck.journal.history import numbers_statement
from numdeck.journal.journal import Journal
from numdeck.model.history_query import HistoryQuery, HistorySort, Word
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import OrderRequest
from tests.journal.samples import NOON, found_in_history, record


def numbers(found: Iterable[OrderRecord]) -> list[int]:
    """The sample numbers of orders."""
    return [int(one.id, 16) for one in found]


def page(journal: Journal, query: HistoryQuery, offset: int = 0, limit: int = 50) -> list[int]:
    return numbers(journal.history_page(query, offset, limit))


def find(journal: Journal, *words: Word | str) -> set[int]:
    query = HistoryQuery(tuple(Word(word) if isinstance(word, str) else word for word in words))
    found = page(journal, query)
    assert journal.history_count(query) == len(found)
    return set(found)


def asked_for(known: OrderRecord, service_code: str, country_code: str = "667") -> OrderRecord:
    return replace(known, request=OrderRequest(service_code=service_code, country_code=country_code))


def test_only_ended_orders(journal: Journal) -> None:
    journal.write([record(number, status=status) for number, status in enumerate(Status)])
    shown = journal.history_page(HistoryQuery(), 0, 50)
    assert {one.order.status for one in shown} == {status for status in Status if status.is_final}
    assert journal.history_count(HistoryQuery()) == len(shown)


def test_newest_end_first(journal: Journal) -> None:
    journal.write([record(2), record(5), record(1)])
    journal.write([record(4), record(3)])
    assert page(journal, HistoryQuery()) == [5, 4, 3, 2, 1]
    assert page(journal, HistoryQuery(descending=False)) == [1, 2, 3, 4, 5]


def test_listing_order_is_kept(journal: Journal) -> None:
    journal.write([found_in_history(number, seen_at=NOON) for number in range(500, 0, -1)])
    assert page(journal, HistoryQuery(), limit=1000) == list(range(500, 0, -1))


def test_later_listing_moves_nothing(journal: Journal) -> None:
    listing = [found_in_history(number) for number in (3, 2, 1)]
    journal.write(listing)
    journal.write([replace(listing[2], origin=Origin.HERE), listing[0]])
    assert page(journal, HistoryQuery()) == [3, 2, 1]


def test_end_moves_an_order(journal: Journal) -> None:
    journal.write([found_in_history(2), found_in_history(1)])
    journal.write([replace(found_in_history(1), ended_at=NOON + 1)])
    assert page(journal, HistoryQuery()) == [1, 2]


def test_pages(journal: Journal) -> None:
    journal.write(asked_for(record(number), "tg" if number % 2 else "wa") for number in range(1, 24))
    for sort, descending in product(HistorySort, (True, False)):
        query = HistoryQuery(sort=sort, descending=descending)
        joined = [number for offset in range(0, 30, 5) for number in page(journal, query, offset, 5)]
        assert joined == page(journal, query)
        assert sorted(joined) == list(range(1, 24))


@pytest.mark.parametrize(
    ("sort", "descending", "expected"),
    [
        (HistorySort.PRICE, True, [2, 4, 1, 3]),
        (HistorySort.PRICE, False, [4, 1, 2, 3]),
        (HistorySort.SERVICE, True, [2, 4, 1, 3]),
        (HistorySort.SERVICE, False, [4, 1, 2, 3]),
        (HistorySort.STATUS, True, [4, 1, 2, 3]),
        (HistorySort.STATUS, False, [3, 2, 4, 1]),
    ],
)
def test_unknown_last_then_newest(journal: Journal, sort: HistorySort, descending: bool, expected: list[int]) -> None:
    journal.write([
        asked_for(record(1, price=Decimal("9.50"), status=Status.SUCCESS), "go"),
        asked_for(record(2, price=Decimal("10.25"), status=Status.REFUND), "wa"),
        replace(record(3, price=None, status=Status.CANCELED), request=None),
        asked_for(record(4, price=Decimal("9.5"), status=Status.SUCCESS), "go"),
    ])  # fmt: skip
    assert page(journal, HistoryQuery(sort=sort, descending=descending)) == expected


@pytest.mark.parametrize("typed", ["+447700900123", "447700900123", "7700 900123", "+44 7700 900123", "7700-900123"])
def test_number_however_grouped(journal: Journal, typed: str) -> None:
    journal.write([record(1, phone_number="+447700900123"), record(2, phone_number="+44 7700 900-124")])
    assert find(journal, *typed.split()) == {1}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("tg", {1}),
        ("44", {2}),
        ("residential", {2}),
        ("REFUND", {2}),
        ("G-1", {1}),
        ("g-123", {1}),
        ("Ж", {3}),
        ("nothing", set()),
        ("", {1, 2, 3}),
    ],
)
def test_word_in_any_column(journal: Journal, word: str, expected: set[int]) -> None:
    journal.write([
        asked_for(record(1, "G-123"), "tg"),
        asked_for(record(2, status=Status.REFUND, provider="residential"), "wa", "44"),
        replace(record(3, service_code="ж"), request=None),
    ])  # fmt: skip
    assert find(journal, word) == expected


def test_all_words(journal: Journal) -> None:
    journal.write([asked_for(record(1), "tg"), asked_for(record(2), "tg", "44")])
    assert find(journal, "tg", "44") == {2}
    assert find(journal, "tg44") == set()


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "*", "?", "[", "\x00", "|"])
def test_no_wildcards(journal: Journal, sign: str) -> None:
    journal.write([record(1, f"a{sign}b"), record(2, "axb")])
    assert find(journal, sign) == {1}
    assert find(journal, f"a{sign}b") == {1}


def test_word_names_a_service(journal: Journal) -> None:
    journal.write([
        asked_for(record(1), "tg"),
        asked_for(record(2), "tg", "44"),
        asked_for(record(3), "wa"),
        replace(record(4, service_code="tg", country_code="667"), request=None),
    ])  # fmt: skip
    telegram, usa = Word("telegram", frozenset({"tg"})), Word("usa", country_codes=frozenset({"667"}))
    assert find(journal, telegram) == {1, 2, 4}
    assert find(journal, telegram, usa) == {1, 4}
    assert find(journal, telegram, Word("mars")) == set()


def test_word_names_many_services(journal: Journal) -> None:
    journal.write([record(1)])
    everything = Word("e", frozenset(f"s{number}" for number in range(40_000)) | {"tg"})
    assert find(journal, everything, everything) == {1}


@pytest.mark.parametrize(
    "query",
    [
        HistoryQuery(),
        HistoryQuery(descending=False),
        HistoryQuery(sort=HistorySort.PRICE),
        HistoryQuery(sort=HistorySort.SERVICE, descending=False),
        HistoryQuery(sort=HistorySort.STATUS, descending=False),
        HistoryQuery((Word("tg"),)),
    ],
    ids=lambda query: f"{query.sort.name}-{query.descending}-{len(query.words)}",
)
def test_pages_use_an_index(journal: Journal, path: Path, query: HistoryQuery) -> None:
    numbers, parameters = numbers_statement(query)
    with closing(sqlite3.connect(path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {numbers} LIMIT 50", parameters)]
    assert [step for step in plan if "INDEX" in step] == plan
    assert not any("TEMP B-TREE" in step for step in plan)
