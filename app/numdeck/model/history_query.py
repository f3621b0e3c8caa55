"""Which orders of the history are wanted, and in what order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class HistorySort(StrEnum):
    """By what the history is sorted."""

    WHEN = "when"
    SERVICE = "service"
    STATUS = "status"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Word:
    """A word to find in the texts of an order, or as the code of a service or country whose name has it."""

    text: str
    service_codes: frozenset[str] = frozenset()
    country_codes: frozenset[str] = frozenset()


def words_of(text: str, *, services: Mapping[str, str], countries: Mapping[str, str]) -> tuple[Word, ...]:
    """Read a filter as typed; `services` and `countries` are names by code."""
    return tuple(
        Word(word, _codes_named(services, word), _codes_named(countries, word)) for word in text.casefold().split()
    )


def _codes_named(names: Mapping[str, str], word: str) -> frozenset[str]:
    return frozenset(code for code, name in names.items() if word in name.casefold())


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Ended orders that have every one of `words`, in an order."""

    words: tuple[Word, ...] = ()
    sort: HistorySort = HistorySort.WHEN
    descending: bool = True


@dataclass(frozen=True, slots=True)
class HistoryCounts:
    """How many orders match a query, and how many orders of the whole history have unseen codes."""

    matching: int
    unseen: int
