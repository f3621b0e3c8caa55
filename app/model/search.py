"""Finding a name or a code among thousands, by what was typed so far."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

MOST: Final = 50
"""At most this many hits are worth showing."""

_FEW: Final = 5
"""With fewer hits than this, what was typed may hold a slip: names that are only like it are looked for too."""

_SHORTEST_SLIP: Final = 3
_MOST_MISSING: Final = 2
_LIKENESS: Final = 75.0


class Named(NamedTuple):
    """Something with a code and a name: a service, a country."""

    code: str
    name: str


class Haystack:
    """A catalogue made ready for searching: folded once, not at every key.

    `recent` are codes that were used lately, the latest first; among hits of one rank they come first.
    """

    def __init__(self, entries: Sequence[Named], recent: Sequence[str] = ()) -> None:
        self._entries = entries
        self._folded = [(entry.code.casefold(), entry.name.casefold()) for entry in entries]
        self._by_code = {code: index for index, (code, _) in reversed(list(enumerate(self._folded)))}
        places = {code.casefold(): place for place, code in reversed(list(enumerate(recent)))}
        self._places = [places.get(code, len(recent)) for code, _ in self._folded]
        self._by_length: list[tuple[int, int]] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def by_code(self, code: str) -> Named | None:
        """The entry with exactly this code, upper and lower case alike."""
        index = self._by_code.get(code.strip().casefold())
        return None if index is None else self._entries[index]

    def search(self, typed: str, limit: int = MOST) -> list[Named]:
        """The best hits: every typed word has to occur in code or name; where few do, names that are like it follow.

        Ranked: exact code, exact name, name or code that begins with it, a word that begins with it, the rest; among
        equals those used lately, then the shorter name. Nothing typed finds those used lately, and then the catalogue's
        first entries.
        """
        query = " ".join(typed.casefold().split())
        if not query:
            first = sorted(range(len(self._entries)), key=self._places.__getitem__)
            return [self._entries[index] for index in first[:limit]]
        words = query.split()
        hits: list[tuple[int, int, int, int]] = []
        for index, (code, name) in enumerate(self._folded):
            if all(word in name or word in code for word in words):
                hits.append((_rank(query, words, code, name), self._places[index], len(name), index))
        hits.sort()
        found = [index for *_, index in hits[:limit]]
        if len(found) < min(_FEW, limit):
            found += [index for index in self._like(query, limit) if index not in found][: limit - len(found)]
        return [self._entries[index] for index in found]

    def _like(self, query: str, limit: int) -> list[int]:
        """Entries whose name has something like the query in it, the likest first."""
        if len(query) < _SHORTEST_SLIP:
            return []
        from rapidfuzz import fuzz, process

        if self._by_length is None:
            self._by_length = sorted((len(name), index) for index, (_, name) in enumerate(self._folded))
        # A name much shorter than the query would be like a part of it, and so would be nearly every one.
        start = bisect_left(self._by_length, (len(query) - _MOST_MISSING, 0))
        candidates = [index for _, index in self._by_length[start:]]
        names = [self._folded[index][1] for index in candidates]
        found = process.extract(query, names, scorer=fuzz.partial_ratio, score_cutoff=_LIKENESS, limit=limit)
        found.sort(key=lambda hit: (-hit[1], self._places[candidates[hit[2]]], len(hit[0])))
        return [candidates[position] for _, _, position in found]


def _rank(query: str, words: Sequence[str], code: str, name: str) -> int:
    if code == query:
        return 0
    if name == query:
        return 1
    if name.startswith(query) or code.startswith(query):
        return 2
    spaced = " " + name
    return 3 if all(" " + word in spaced for word in words) else 4


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
