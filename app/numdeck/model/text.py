"""Cleaning text from outside, so that it is harmless on a terminal and still true; and words for numbers."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_FIELD: Final = 200
"""Longest text of one field that is kept, in characters."""

MAX_CODE: Final = 4096
"""Longest code that is kept, in characters: it may be the whole text of an SMS that ends in the code."""

MAX_SENTENCE: Final = 400
"""Longest message of the service that is kept, in characters."""

MAX_OWN_SENTENCE: Final = 1000
"""Longest sentence of numdeck itself, which may name a file, in characters."""

_MAX_MARKS = 2
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
# Letters by category, yet drawn as nothing (Default_Ignorable_Code_Point): they would hide text or shift columns.
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0")


def clean(value: object, limit: int = MAX_FIELD) -> str:
    """Turn a value from outside into one line of harmless text of at most `limit` characters.

    Control characters become caret signs (`^[` for ESC, `~^[` for its C1 counterpart). Characters that are invisible or
    change the direction of writing become `<U+202E>`. Stacked combining marks are capped, and long text ends in an
    ellipsis. Cleaning clean text changes nothing.
    """
    text = value if isinstance(value, str) else str(value)
    # One more than the limit is enough to know that it is too long, and spares the cleaning of a megabyte.
    text = text[: limit + 1]
    if not (text.isascii() and text.isprintable()):
        text = _visible(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def typeable(text: str, limit: int = MAX_OWN_SENTENCE) -> str:
    """Keep the characters of a pasted text that can be typed into a field: no controls, nothing invisible."""
    spaced = (" " if one.isspace() and one != "\n" else one for one in text[:limit])
    return "".join(one for one in spaced if one == "\n" or (one.isprintable() and one not in _INVISIBLE_LETTERS))


def _visible(text: str) -> str:
    out: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Mn", "Me", "Mc"} and character not in _INVISIBLE_LETTERS:
            marks += 1
            if _is_variation_selector(character) or marks > _MAX_MARKS:
                continue  # a variation selector carries no text, and terminals disagree on its width
            if not out:
                out.append("◌")
            out.append(character)
            continue
        marks = 0
        out.append(_sign(character, category))
    return "".join(out)


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _sign(character: str, category: str) -> str:
    code = ord(character)
    if category == "Cc":
        if code < 0x80:
            return "^" + chr(code ^ 0x40)
        return "~^" + chr(code ^ 0xC0)
    if category in _INVISIBLE_CATEGORIES or character in _INVISIBLE_LETTERS:
        return f"<U+{code:04X}>"
    return " " if category == "Zs" else character


def pluralize(number: int, noun: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
