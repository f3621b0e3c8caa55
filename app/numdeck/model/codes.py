"""Codes of an order: texts that hold several codes, codes that are known already, and new ones."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from numdeck.model.interval import Interval
from numdeck.model.text import MAX_FIELD

_CODE: Final = re.compile(r"(?=[A-Za-z-]*\d)[A-Za-z0-9-]{3,12}")
_LONG_CODE: Final = re.compile(r"\d{5,12}")
_SEPARATOR: Final = re.compile(r"(?:[,;|\r\n]|\^[JM])+")


def split_codes(text: str) -> tuple[str, ...]:
    """Split a text that is clearly a list of codes, such as `111,222`; any other text is one code.

    A comma, semicolon, bar or line break separates codes of 3 to 12 letters and digits. A space does so only between
    codes of at least 5 digits: `123 456` is one code that is written in two groups. A sentence stays whole.
    """
    parts = [part for each in _SEPARATOR.split(text) if (part := each.strip())]
    if parts and all(map(_CODE.fullmatch, parts)):
        return tuple(parts)
    words = text.split()
    return tuple(words) if len(words) > 1 and all(map(_LONG_CODE.fullmatch, words)) else (text,)


def new_codes(known: tuple[str, ...], seen: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of `seen` that are not known yet, in order.

    A rental may receive the same code twice, so codes are counted, not only compared. An answer may carry only the
    newest code (a single string has been seen), so codes that it leaves out stay known. Of a text that joins known
    codes and others by spaces, the others are new.
    """
    unmatched = Counter(known)
    unmatched_words = Counter(word for text in known for word in text.split())
    fresh: list[str] = []
    for text in seen:
        words = text.split()
        if unmatched[text] > 0:
            unmatched[text] -= 1
            unmatched_words.subtract(words)
        elif len(words) > 1 and all(map(_CODE.fullmatch, words)) and any(unmatched_words[word] > 0 for word in words):
            for word in words:
                if unmatched_words[word] <= 0:
                    fresh.append(word)
                unmatched_words[word] -= 1
        else:
            fresh.append(text)
    return tuple(fresh)


def reread_codes(known: tuple[str, ...], seen: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Correct known codes by those seen now; returns each text with the index of the known code that it came from.

    Earlier versions stored joined codes as one code, and as another one whenever they grew; of long texts they stored
    the first 200 characters.
    """
    reread: list[tuple[int, str]] = []
    for index, text in enumerate(known):
        pieces = split_codes(text)
        if len(pieces) > 1:
            fresh = new_codes(tuple(each for _, each in reread), pieces)
            reread += [(index, piece) for piece in fresh]
        else:
            reread.append((index, text))
    whole = [text for text in seen if len(text) >= MAX_FIELD]
    for place, (index, text) in enumerate(reread):
        match = next((each for each in whole if _is_cut_from(text, each)), None)
        if match is not None:
            whole.remove(match)
            reread[place] = (index, match)
    return tuple(reread)


def _is_cut_from(text: str, whole: str) -> bool:
    return len(text) == MAX_FIELD and text.endswith("…") and text != whole and whole.startswith(text[:-1])


class Sight(IntEnum):
    """Whether the operator has seen a code. It never decreases: a code that was seen stays seen."""

    PAST = 0
    """It was there before numdeck watched the order, so it is no news."""
    UNSEEN = 1
    SEEN = 2


@dataclass(frozen=True, slots=True)
class Code:
    """A code of an order, when it was first seen here, and whether the operator has seen it.

    At `absent_at` it had not arrived yet; −inf if that was never checked. Both in epoch seconds.
    """

    text: str
    seen_at: float
    sight: Sight = Sight.PAST
    absent_at: float = -math.inf

    @property
    def received(self) -> Interval:
        """When the service received it."""
        return Interval(min(self.absent_at, self.seen_at), self.seen_at)


def reread(codes: tuple[Code, ...], seen: tuple[str, ...]) -> tuple[Code, ...]:
    """Correct known codes by those seen now; see `reread_codes`."""
    texts = tuple(code.text for code in codes)
    if texts == seen:
        return codes
    return tuple(replace(codes[index], text=text) for index, text in reread_codes(texts, seen))
