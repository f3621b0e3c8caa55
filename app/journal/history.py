"""Which ended orders the history pane wants, and in what order: the SQL of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final


class HistorySort(Enum):
    """By what the history is sorted; the value is the SQL expression."""

    WHEN = "sort_at"
    SERVICE = "service_code"
    STATUS = "status"
    PRICE = "CAST(price AS REAL)"


@dataclass(frozen=True, slots=True)
class Word:
    """One word to look for, in a row's texts or as the code of a service or country that the caller found by name."""

    text: str
    service_codes: frozenset[str] = frozenset()
    country_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Ended orders that have every one of `words`, in an order."""

    words: tuple[Word, ...] = ()
    sort: HistorySort = HistorySort.WHEN
    descending: bool = True

    def where(self) -> tuple[str, list[str]]:
        """The condition, and its parameters."""
        conditions, parameters = ["is_ended = 1"], list[str]()
        for word in self.words:
            condition, values = _word(word)
            conditions.append(condition)
            parameters += values
        return " AND ".join(conditions), parameters

    def order_by(self) -> str:
        """The order; among equals the newest first, and never left to chance."""
        direction = "DESC" if self.descending else "ASC"
        if self.sort is HistorySort.WHEN:
            return f"sort_at {direction}, id {direction}"
        return f"{self.sort.value} {direction}, sort_at DESC, id DESC"


_TEXTS: Final = ("phone_number", "service_code", "country_code", "provider", "status", "status_text")


def _word(word: Word) -> tuple[str, list[str]]:
    pattern = "%" + "".join("\\" + c if c in "%_\\" else c for c in word.text) + "%"
    alternatives = [f"{column} LIKE ? ESCAPE '\\'" for column in _TEXTS]
    alternatives.append("EXISTS (SELECT 1 FROM codes WHERE order_id = orders.id AND text LIKE ? ESCAPE '\\')")
    parameters = [pattern] * len(alternatives)
    for column, codes in (("service_code", word.service_codes), ("country_code", word.country_codes)):
        if codes:
            alternatives.append(f"{column} IN ({marks(codes)})")
            parameters += sorted(codes)
    return "(" + " OR ".join(alternatives) + ")", parameters


def marks(values: Collection[str]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" * len(values))
