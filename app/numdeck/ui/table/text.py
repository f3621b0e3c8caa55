"""Text made fit for a cell: harmless to the terminal and of an exact width."""

from __future__ import annotations

import unicodedata
from typing import Final

from rich.cells import cell_len, set_cell_size

from numdeck.ui.table.columns import Align

ELLIPSIS: Final = "…"

_CODE_POINTS_PER_CELL: Final = 8
"""Code points looked at per cell: more combining marks than this on a letter are no language, but cost time."""


def clean(text: str) -> str:
    """Replace what a terminal could obey or cannot show.

    The caller is expected to have cleaned the text and to show what it took out; this is the last door before the
    terminal. Spaces of all kinds become a space; formatting characters (joiners, bidirectional controls), variation
    selectors and skin tones are left out; controls, lone surrogates and unassigned characters become "?".
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_clean_character, text))


def _clean_character(character: str) -> str:
    if _is_modifier(character):
        return ""
    if character.isprintable():
        return character
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Zs":
            return " "
        case _:
            return "?"


def _is_modifier(character: str) -> bool:
    # Variation selectors and skin tones change the character before them. Terminals disagree on how wide the result is,
    # and one wrong guess moves every column to the right of it.
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def fit(text: str, width: int, align: Align = Align.LEFT) -> str:
    """Cut (with "…") or pad `text` so that it takes exactly `width` terminal cells; wide characters count two."""
    if width <= 0:
        return ""
    text = clean(text[: width * _CODE_POINTS_PER_CELL])
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(text, width - 1) + ELLIPSIS
    return " " * missing + text if align is Align.RIGHT else text + " " * missing
