"""Searching thousands of names and codes while the operator types."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

MOST: Final = 50
"""The most hits that are shown."""

_FEW: Final = 5
"""With fewer hits than this there may be a typo, and similar names are searched too."""

_RANKS: Final = 5
_SHORTEST_TYPO: Final = 3
_MOST_MISSING: Final = 2
_SIMILARITY: Final = 80.0


class Named(NamedTuple):
    """A service or a country: its code and its name."""

    code: str
    name: str


class SearchIndex:
    """A catalogue prepared for searching: folded and sorted once, not for every key.

    `is_unlikely` recognizes codes that a search may rank last.
    """

    def __init__(self, entries: Sequence[Named], is_unlikely: Callable[[str], bool] | None = None) -> None:
        self._first = tuple(entries[:MOST])
        self._entries = sorted(entries, key=lambda entry: len(entry.name))
        self._folded = [(entry.code.casefold(), entry.name.casefold()) for entry in self._entries]
        # Where a code, a name and a word begin shows in the text itself: a search looks nowhere else.
        self._texts = [f"\n{code}\n {name}" for code, name in self._folded]
        self._unlikely = [is_unlikely is not None and is_unlikely(code) for code, _ in self._folded]
        self._by_code = {entry.code.casefold(): entry for entry in reversed(entries)}
        self._index = {entry: index for index, entry in enumerate(self._entries)}
        self._by_length = [len(name) for _, name in self._folded]

    def __len__(self) -> int:
        return len(self._entries)

    def by_code(self, code: str) -> Named | None:
        """Return the entry with this code, ignoring case; None if there is none."""
        return self._by_code.get(code.strip().casefold())

    def search(
        self, typed: str, limit: int = MOST, *, recent: Iterable[str] = (), unlikely_last: bool = False
    ) -> list[Named]:
        """Return the best hits: entries with every typed word in code or name; if there are few, similar names too.

        The ranks: the exact code, the exact name, a code or name that begins with it, a word that begins with it, the
        rest (not for a single letter). Within a rank `recent` codes come first, in their order, then shorter names;
        with `unlikely_last` unlikely ones come last. An empty text returns the recent ones and the first entries.
        """
        used = [entry for code in dict.fromkeys(recent) if (entry := self.by_code(code))]
        query = " ".join(typed.casefold().split())
        if not query:
            return list(dict.fromkeys([*used, *self._first]))[:limit]
        words = query.split()
        fitting = self._fitting(query, words)
        fits = set(fitting)
        ahead = [index for entry in used if (index := self._index[entry]) in fits]
        ranked: list[list[int]] = [[] for _ in range(2 * _RANKS)]
        for index in dict.fromkeys([*ahead, *fitting]):
            rank = _rank(query, words, self._texts[index])
            ranked[2 * rank + (unlikely_last and self._unlikely[index])].append(index)
        found = list(islice(chain.from_iterable(ranked), limit))
        if len(found) < min(_FEW, limit):
            found += [index for index in self._similar(query, limit) if index not in found][: limit - len(found)]
        return [self._entries[index] for index in found]

    def _fitting(self, query: str, words: Sequence[str]) -> list[int]:
        """Return the entries with all words. A single letter must begin the code or a word: nearly all contain it."""
        if len(query) == 1:
            code, word = f"\n{query}", f" {query}"
            return [index for index, text in enumerate(self._texts) if word in text or code in text]
        first, *others = words
        found = [index for index, text in enumerate(self._texts) if first in text]
        return [index for index in found if all(word in self._texts[index] for word in others)] if others else found

    def _similar(self, query: str, limit: int) -> list[int]:
        """Return the entries with something similar to the query in their name, the most similar first."""
        if len(query) < _SHORTEST_TYPO:
            return []
        from rapidfuzz import fuzz, process

        # Names much shorter than the query are left out: nearly every one of them is similar to a part of it.
        start = bisect_left(self._by_length, len(query) - _MOST_MISSING)
        names = [name for _, name in self._folded[start:]]
        found = process.extract(query, names, scorer=fuzz.partial_ratio, score_cutoff=_SIMILARITY, limit=limit)
        found.sort(key=lambda hit: (-hit[1], hit[2]))
        return [start + position for _, _, position in found]


def _rank(query: str, words: Sequence[str], text: str) -> int:
    """Rank an entry that has all words; 0 is best."""
    if f"\n{query}\n" in text:
        return 0
    if text.endswith(f"\n {query}"):
        return 1
    if f"\n{query}" in text or f"\n {query}" in text:
        return 2
    return 3 if all(f" {word}" in text for word in words) else 4


def match_spans(text: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Return where the typed words are in a text: (begin, end) in characters, sorted and without overlap."""
    folded = text.casefold()
    if len(folded) != len(text):
        return ()  # folding has moved the characters
    spans: list[tuple[int, int]] = []
    for word in typed.casefold().split():
        begin = folded.find(word)
        if begin >= 0:
            spans.append((begin, begin + len(word)))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def load_similarity() -> None:
    """Import what finds similar names, so that no key has to wait for it."""
    import rapidfuzz.fuzz
    import rapidfuzz.process  # noqa: F401
