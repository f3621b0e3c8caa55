"""Which ended orders the history pane wants, and in what order: the SQL of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

from numdeck.journal.rows import fold_number


class HistorySort(Enum):
    """By what the history is sorted; the value is the SQL expression, as the indexes have it."""

    WHEN = "sort_at"
    SERVICE = "service"
    STATUS = "status"
    PRICE = "CAST(price AS REAL)"


@dataclass(frozen=True, slots=True)
class Word:
    """One word to look for, in a row's texts or as the code of a service or country that the caller found by name."""

    text: str
    service_codes: frozenset[str] = frozenset()
    country_codes: frozenset[str] = frozenset()

    def condition(self) -> tuple[str, list[str]]:
        """The condition that a row has this word, and its parameters. A number is found however it is grouped."""
        folded = self.text.casefold()
        # Not LIKE: instr needs no escaping, and as both sides are folded, not only ASCII is alike in both cases.
        alternatives, parameters = ["instr(search, ?)"], [folded]
        number = fold_number(folded)
        if number not in {None, folded}:
            alternatives.append("instr(search, ?)")
            parameters.append(str(number))
        for column, codes in (("service", self.service_codes), ("country", self.country_codes)):
            if codes:
                # One parameter, as there may be more codes than SQLite allows parameters.
                alternatives.append(f"{column} IN (SELECT value FROM json_each(?))")
                parameters.append(json.dumps(sorted(codes)))
        return f"({' OR '.join(alternatives)})", parameters


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Ended orders that have every one of `words`, in an order."""

    words: tuple[Word, ...] = ()
    sort: HistorySort = HistorySort.WHEN
    descending: bool = True

    def count(self) -> tuple[str, list[str]]:
        """The statement that counts the orders, and its parameters."""
        where, parameters = self._where()
        # Left alone, SQLite counts by the smallest index, and fetches every row for the words.
        index = "INDEXED BY history_by_when" if self.words else ""
        return f"SELECT count(*) FROM orders {index} WHERE {where}", parameters

    def numbers(self) -> tuple[str, list[str]]:
        """The statement that selects the row numbers of the orders, sorted, and its parameters: walks an index only."""
        where, parameters = self._where()
        return f"SELECT number FROM orders WHERE {where} ORDER BY {self._order_by()}", parameters

    def page(self, offset: int, limit: int) -> tuple[str, list[str | int]]:
        """The clause that selects the orders from `offset` on, at most `limit`, and its parameters."""
        numbers, parameters = self.numbers()
        page = f"WHERE number IN ({numbers} LIMIT ? OFFSET ?) ORDER BY {self._order_by()}"
        return page, [*parameters, limit, offset]

    def unseen_places(self) -> tuple[str, list[str]]:
        """The statement for `place` (from 0 on) and `id` of the orders with unseen codes, and its parameters."""
        where, parameters = self._where()
        place = f"row_number() OVER (ORDER BY {self._order_by()}) - 1 AS place"
        ranked = f"SELECT id, acknowledged, {place} FROM orders WHERE {where}"
        return f"SELECT place, id FROM ({ranked}) WHERE acknowledged = 0 ORDER BY place", parameters

    def _where(self) -> tuple[str, list[str]]:
        """The condition, and its parameters."""
        conditions, parameters = ["is_ended = 1"], list[str]()
        for word in self.words:
            condition, values = word.condition()
            conditions.append(condition)
            parameters += values
        return " AND ".join(conditions), parameters

    def _order_by(self) -> str:
        """The order; what is not known comes last, among equals the newest first, and nothing is left to chance."""
        direction = "DESC" if self.descending else "ASC"
        if self.sort is HistorySort.WHEN:
            return f"sort_at {direction}, number {direction}"
        return f"{self.sort.value} {direction} NULLS LAST, sort_at DESC, number DESC"
