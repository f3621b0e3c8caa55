"""Finding a name or a code among thousands, by what was typed so far."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

MOST: Final = 50
"""At most this many hits are worth showing."""

_FEW: Final = 5
"""With fewer hits than this, what was typed may hold a slip: names that are only like it are looked for too."""

_RANKS: Final = 5
_SHORTEST_SLIP: Final = 3
_MOST_MISSING: Final = 2
_LIKENESS: Final = 80.0


class Named(NamedTuple):
    """Something with a code and a name: a service, a country."""

    code: str
    name: str


class SearchIndex:
    """A catalogue made ready for searching: folded and sorted once, not at every key.

    `is_unlikely` tells codes that a search may be asked to put last.
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
        """The entry with exactly this code, upper and lower case alike."""
        return self._by_code.get(code.strip().casefold())

    def search(
        self, typed: str, limit: int = MOST, *, recent: Iterable[str] = (), unlikely_last: bool = False
    ) -> list[Named]:
        """The best hits: every typed word has to occur in code or name; where few do, names that are like it follow.

        Ranked: exact code, exact name, name or code that begins with it, a word that begins with it, the rest (not for
        a single letter). Among equals `recent` codes come first, in their order, and unlikely ones last if that is
        wanted, then the shorter names. Nothing typed finds the recent ones, and then the catalogue's first entries.
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
            found += [index for index in self._like(query, limit) if index not in found][: limit - len(found)]
        return [self._entries[index] for index in found]

    def _fitting(self, query: str, words: Sequence[str]) -> list[int]:
        """Entries that have all words. A single letter nearly all have, so it has to begin the code or a word."""
        if len(query) == 1:
            code, word = f"\n{query}", f" {query}"
            return [index for index, text in enumerate(self._texts) if word in text or code in text]
        first, *others = words
        found = [index for index, text in enumerate(self._texts) if first in text]
        return [index for index in found if all(word in self._texts[index] for word in others)] if others else found

    def _like(self, query: str, limit: int) -> list[int]:
        """Entries whose name has something like the query in it, the likest first."""
        if len(query) < _SHORTEST_SLIP:
            return []
        from rapidfuzz import fuzz, process

        # A name much shorter than the query would be like a part of it, and so would be nearly every one.
        start = bisect_left(self._by_length, len(query) - _MOST_MISSING)
        names = [name for _, name in self._folded[start:]]
        found = process.extract(query, names, scorer=fuzz.partial_ratio, score_cutoff=_LIKENESS, limit=limit)
        found.sort(key=lambda hit: (-hit[1], hit[2]))
        return [start + position for _, _, position in found]


def _rank(query: str, words: Sequence[str], text: str) -> int:
    """How well an entry that has all words fits; 0 is best."""
    if f"\n{query}\n" in text:
        return 0
    if text.endswith(f"\n {query}"):
        return 1
    if f"\n{query}" in text or f"\n {query}" in text:
        return 2
    return 3 if all(f" {word}" in text for word in words) else 4


def match_spans(text: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where the typed words stand in a text: (begin, end) in characters, in order and without overlap."""
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


def load_likeness() -> None:
    """Import what finds names that are only like the query, before a key has to wait for it."""
    import rapidfuzz.fuzz
    import rapidfuzz.process  # noqa: F401
