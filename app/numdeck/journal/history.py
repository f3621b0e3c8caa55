"""The SQL of a history query. Each function returns a statement or clause, and its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from numdeck.journal.rows import fold_number
from numdeck.model.history_query import HistoryQuery, HistorySort, Word

_SORTED_BY: Final[Mapping[HistorySort, str]] = {
    HistorySort.WHEN: "sort_at",
    HistorySort.SERVICE: "service",
    HistorySort.STATUS: "status",
    HistorySort.PRICE: "CAST(price AS REAL)",
}
"""The expressions as the indexes have them."""


def count_statement(query: HistoryQuery) -> tuple[str, list[str]]:
    """Count the orders."""
    where, parameters = _where(query)
    # Left alone, SQLite counts by the smallest index, and fetches every row for the words.
    index = "INDEXED BY history_by_when" if query.words else ""
    return f"SELECT count(*) FROM orders {index} WHERE {where}", parameters


def numbers_statement(query: HistoryQuery) -> tuple[str, list[str]]:
    """Select the row numbers of the orders, sorted: this walks an index only."""
    where, parameters = _where(query)
    return f"SELECT number FROM orders WHERE {where} ORDER BY {_order_by(query)}", parameters


def page_clause(query: HistoryQuery, offset: int, limit: int) -> tuple[str, list[str | int]]:
    """Select the orders from `offset` on, at most `limit`."""
    numbers, parameters = numbers_statement(query)
    page = f"WHERE number IN ({numbers} LIMIT ? OFFSET ?) ORDER BY {_order_by(query)}"
    return page, [*parameters, limit, offset]


def unseen_statement(query: HistoryQuery) -> tuple[str, list[str]]:
    """Select `place` (from 0 on) and `id` of the orders with unseen codes."""
    where, parameters = _where(query)
    place = f"row_number() OVER (ORDER BY {_order_by(query)}) - 1 AS place"
    ranked = f"SELECT id, acknowledged, {place} FROM orders WHERE {where}"
    return f"SELECT place, id FROM ({ranked}) WHERE acknowledged = 0 ORDER BY place", parameters


def _where(query: HistoryQuery) -> tuple[str, list[str]]:
    conditions, parameters = ["is_ended = 1"], list[str]()
    for word in query.words:
        condition, values = _condition(word)
        conditions.append(condition)
        parameters += values
    return " AND ".join(conditions), parameters


def _condition(word: Word) -> tuple[str, list[str]]:
    """The condition that a row has this word. A number is found however it is grouped."""
    folded = word.text.casefold()
    # Not LIKE: instr needs no escaping, and as both sides are folded, not only ASCII is alike in both cases.
    alternatives, parameters = ["instr(search, ?)"], [folded]
    number = fold_number(folded)
    if number not in {None, folded}:
        alternatives.append("instr(search, ?)")
        parameters.append(str(number))
    for column, codes in (("service", word.service_codes), ("country", word.country_codes)):
        if codes:
            # One parameter, as there may be more codes than SQLite allows parameters.
            alternatives.append(f"{column} IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps(sorted(codes)))
    return f"({' OR '.join(alternatives)})", parameters


def _order_by(query: HistoryQuery) -> str:
    """The order; what is not known comes last, among equals the newest first, and nothing is left to chance."""
    direction = "DESC" if query.descending else "ASC"
    if query.sort is HistorySort.WHEN:
        return f"sort_at {direction}, number {direction}"
    return f"{_SORTED_BY[query.sort]} {direction} NULLS LAST, sort_at DESC, number DESC"
