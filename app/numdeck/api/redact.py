"""Removes the API key from what the service sends back, so that it is neither shown nor stored."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

REDACTED: Final = "***"

_SHORTEST_SECRET: Final = 8
"""A shorter key can be guessed anyway and might be any word, such as the sandbox's: "sandbox"."""

_SHORTEST_ANYWHERE: Final = 16
"""A shorter key is redacted only as a whole word: it might be part of a word, an id or a number."""

_ESCAPE_SIGNS: Final = "\\%&"
_NAMES: Final = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos", "/": "sol"}


class Redactor:
    """Finds the key as it is, in JSON, URL and HTML escapes (each character in any of them), and in base64.

    Case is ignored. A key of fewer than 8 characters, or of digits alone and fewer than 16 (it might be a code), is not
    redacted.
    """

    def __init__(self, key: str) -> None:
        is_short = len(key) < _SHORTEST_ANYWHERE
        self._is_secret = len(key) >= _SHORTEST_SECRET and not (is_short and key.isdigit())
        plain = "".join(map(_any_form, key))
        encoded = () if is_short else tuple(_base64_forms(key.encode()))
        self._pattern = re.compile(
            rf"(?<![0-9A-Za-z]){plain}(?![0-9A-Za-z])" if is_short else "|".join([plain, *map(re.escape, encoded)]),
            re.IGNORECASE,
        )
        self._bare = tuple(form.lower() for form in (key, *encoded))
        self._shortest = min(map(len, self._bare))

    def is_clear(self, body: bytes) -> bool:
        """Whether a body certainly holds neither the key nor an escape that could hide it: fast, and the usual case."""
        if not self._is_secret:
            return True
        lower = body.lower()
        return not any(sign in lower for sign in (*map(str.encode, _ESCAPE_SIGNS), *map(str.encode, self._bare)))

    def redact(self, value: object) -> object:
        """Remove the key from every text in decoded JSON, names of fields included."""
        match value:
            case str():
                return self.redact_text(value)
            case dict():
                return {self.redact(name): self.redact(inner) for name, inner in value.items()}
            case list():
                return [self.redact(inner) for inner in value]
            case Decimal() if self._shortest <= len(str(value)):
                return value if str(value) == (text := self.redact_text(str(value))) else text
            case _:
                return value

    def redact_text(self, text: str) -> str:
        """Remove the key from a text."""
        if not self._is_secret or len(text) < self._shortest:
            return text
        if not any(sign in text for sign in _ESCAPE_SIGNS):
            lower = text.lower()
            if not any(form in lower for form in self._bare):
                return text
        return self._pattern.sub(REDACTED, text)


def _any_form(character: str) -> str:
    """Return a pattern for a character as it is, or escaped for JSON, a URL or HTML."""
    code = ord(character)
    forms = [
        r"\\{0,4}" + re.escape(character),
        rf"\\{{1,4}}(?:u00|x){code:02x}",
        rf"%(?:25){{0,3}}{code:02x}",
        rf"&(?:amp;){{0,3}}#(?:0{{0,5}}{code}|x0{{0,5}}{code:x});",
    ]
    if character in _NAMES:
        forms.append(f"&(?:amp;){{0,3}}{_NAMES[character]};")
    return f"(?:{'|'.join(forms)})"


def _base64_forms(key: bytes) -> Iterator[str]:
    """Yield what a key looks like inside a base64 text, whatever comes before and after it."""
    for before, unsure in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(key)) * 8 // 6
        text = base64.b64encode(b"\0" * before + key).decode("ascii")[unsure:whole]
        yield from {text, text.translate(str.maketrans("+/", "-_"))}
