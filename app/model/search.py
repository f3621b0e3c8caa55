"""Finding a name or a code among thousands, by what was typed so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

MOST: Final = 50
"""At most this many hits are worth showing."""


class Named(NamedTuple):
    """Something with a code and a name: a service, a country."""

    code: str
    name: str


class Haystack:
    """A catalogue made ready for searching: folded once, not at every key."""

    def __init__(self, entries: Sequence[Named]) -> None:
        self._entries = entries
        self._folded = [(entry.code.casefold(), entry.name.casefold()) for entry in entries]
        self._by_code = {code: index for index, (code, _) in reversed(list(enumerate(self._folded)))}

    def __len__(self) -> int:
        return len(self._entries)

    def by_code(self, code: str) -> Named | None:
        """The entry with exactly this code, upper and lower case alike."""
        index = self._by_code.get(code.strip().casefold())
        return None if index is None else self._entries[index]

    def search(self, typed: str, limit: int = MOST) -> list[Named]:
        """The best hits: every typed word has to occur in code or name.

        Ranked: exact code, exact name, name that begins with it, code that begins with it, a word that begins with it,
        the rest; among equals the shorter name first. Nothing typed finds the catalogue's first entries.
        """
        query = " ".join(typed.casefold().split())
        if not query:
            return list(self._entries[:limit])
        words = query.split()
        hits: list[tuple[int, int, int]] = []
        for index, (code, name) in enumerate(self._folded):
            if all(word in name or word in code for word in words):
                hits.append((_rank(query, words, code, name), len(name), index))
        hits.sort()
        return [self._entries[index] for _, _, index in hits[:limit]]


def _rank(query: str, words: Sequence[str], code: str, name: str) -> int:
    if code == query:
        return 0
    if name == query:
        return 1
    if name.startswith(query):
        return 2
    if code.startswith(query):
        return 3
    spaced = " " + name
    return 4 if all(" " + word in spaced for word in words) else 5
