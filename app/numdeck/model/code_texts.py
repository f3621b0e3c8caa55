"""The texts of an order's codes: which are several in one, which are known already, and which are new."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

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
    """Tell which of the codes seen are not known yet, in their order.

    A rental may get the same code twice, so codes are counted, not only compared; and an answer may tell only the
    newest code (a single string was seen), so codes that it leaves out stay known. A text that joins known codes with
    others by spaces adds the others.
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
    """Read known codes again in the light of those seen: each text with the index of the known code that it was in.

    An earlier numdeck kept joined codes as one, and as another one whenever they grew; and of long texts it kept the
    first 200 characters.
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
