"""What the terminal sends, before Textual reads keys out of it: no byte may end the program, no paste press a key."""

from __future__ import annotations

import codecs
import re
from typing import Final

PASTE_BEGINS: Final = "\x1b[200~"
PASTE_ENDS: Final = "\x1b[201~"

_SHORTEST_HELD: Final = 3
"""A shorter beginning of a marker may be a key of its own."""


class KeyboardDecoder:
    """UTF-8 as it comes, in pieces: bytes that are none become `�`, and a paste loses what could end it or be a key.

    Textual decodes strictly, so that one byte in another encoding ends its reader with a traceback on the screen; and
    it takes whatever follows an ESC inside a paste for keys, so that a text from a clipboard (tmux pastes ESC as it is)
    could order numbers.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._is_pasting = False
        self._held = ""  # the beginning of a marker that waits for its rest
        self._passed = ""  # as much of it as was handed on, because it may be a key

    def decode(self, data: bytes, final: bool = False) -> str:
        """Read the next piece."""
        text = self._held + self._decoder.decode(data, final)
        self._held = ""
        read: list[str] = []
        while text:
            text = self._read_paste(text, read) if self._is_pasting else self._read_keys(text, read)
        return "".join(read)

    def _read_keys(self, text: str, read: list[str]) -> str:
        """Hand on keys up to the beginning of a paste, and return what follows it."""
        text = self._passed + text
        keys, begin, rest = text.partition(PASTE_BEGINS)
        if begin:
            read.append((keys + begin)[len(self._passed) :])
            self._passed, self._is_pasting = "", True
            return rest
        start = len(text) - _begun(text, PASTE_BEGINS)
        may_be_key = len(text) - start < _SHORTEST_HELD  # escape above all must not wait for what may follow
        end = len(text) if may_be_key else max(start, len(self._passed))
        read.append(text[len(self._passed) : end])
        self._passed, self._held = text[start:end], text[end:]
        return ""

    def _read_paste(self, text: str, read: list[str]) -> str:
        # The last end there is: one within the pasted text would let the rest of it press keys.
        pasted, end, rest = text.rpartition(PASTE_ENDS)
        if not end:
            held = _begun(text, PASTE_ENDS)
            pasted, self._held, rest = text[: len(text) - held], text[len(text) - held :], ""
        self._is_pasting = not end
        read += (_without_controls(pasted), end)
        return rest


class EscapeFinder:
    r"""Finds the presses of esc in what the terminal sends, which is pieces of text with the instant of each.

    A terminal sends the same byte for esc and at the beginning of every other special key. Textual reads `\x1b\r` as
    enter, alt+enter, or esc and enter, depending on the time in between; here it is always an esc.
    """

    def __init__(self) -> None:
        self._begun = ""  # a sequence whose rest may still come
        self._begun_at = 0.0

    @property
    def is_undecided(self) -> bool:
        """Whether the last piece ended in what may be an esc, or the beginning of another key."""
        return bool(self._begun)

    def find(self, text: str, at: float) -> list[float]:
        """Take the next piece; the result is the instants of the presses of esc that are certain by now.

        An ESC at the very end counts: it is better to take a key that was cut in two for an esc than the reverse.
        """
        first, text = (self._begun_at if self._begun else at), self._begun + text
        found = [first if match.start() == 0 else at for match in _LONE_ESCAPE.finditer(text)]
        begun = _BEGUN.search(text)
        self._begun = begun[0] if begun else ""
        self._begun_at = first if begun and begun.start() == 0 else at
        return found

    def give_up(self) -> list[float]:
        """Take what was begun for a press of esc: its rest did not come."""
        found = [self._begun_at] if self._begun else []
        self._begun = ""
        return found


_SEQUENCE: Final = r"(?:\[[0-?]*[ -/]*[@-~]|O[ -~])"
"""What follows ESC in the keys and reports of a terminal: CSI, or SS3 and a character."""

_LONE_ESCAPE: Final = re.compile(rf"\x1b(?!{_SEQUENCE}|\[[0-?]*[ -/]*\Z|O\Z)")
_BEGUN: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")


def _begun(text: str, marker: str) -> int:
    """How many characters at the end of a text may be the beginning of a marker whose rest is still to come."""
    return next((length for length in range(len(marker) - 1, 0, -1) if text.endswith(marker[:length])), 0)


def _without_controls(text: str) -> str:
    return "".join(one for one in text if one.isprintable() or one.isspace() or ord(one) >= 0xA0)
