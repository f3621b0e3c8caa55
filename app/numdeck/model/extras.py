"""What the service told in a shape that nobody documented: kept part by part, cleaned and bounded, to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Final, TypeAlias

from numdeck.model.text import MAX_FIELD, clean

Parts: TypeAlias = tuple[tuple[str, str], ...]
"""The parts of one value, each as (name, text): a part of a part has a dot in its name, a plain text has no name."""

Extras: TypeAlias = tuple[tuple[str, Parts], ...]
"""Further fields of an object, by name."""

MAX_TOLD: Final = 4096
"""How much of one value, and how much of all further fields together, is kept, in characters."""

NOT_TOLD: Final = "—"
"""Stands for null, and for what is empty."""

_MORE: Final = ("…", "There is more, which is not kept.")
_MAX_PARTS: Final = 64
_MAX_DEPTH: Final = 5


def take_apart(value: object) -> Parts:
    """Write any decoded JSON value as parts; none for null and for what is empty."""
    if value is None or value in ("", [], {}):
        return ()
    parts: list[tuple[str, str]] = []
    left = MAX_TOLD
    for name, text in islice(_parts("", value, _MAX_DEPTH), _MAX_PARTS + 1):
        left -= len(name) + len(text)
        if left < 0 or len(parts) == _MAX_PARTS:
            parts.append(_MORE)
            break
        parts.append((name, text))
    return tuple(parts)


def merge_extras(known: Extras, seen: Extras) -> Extras:
    """Join further fields: what is told anew rules, what is left out stays."""
    return known if known == seen else bound(dict(known) | dict(seen))


def bound(extras: Mapping[str, Parts]) -> Extras:
    """Keep as many fields, from the first on, as there is room for."""
    kept: list[tuple[str, Parts]] = []
    left = MAX_TOLD
    for name, parts in extras.items():
        left -= len(name) + sum(len(part) + len(text) for part, text in parts)
        if left < 0:
            break
        kept.append((name, parts))
    return tuple(kept)


def _parts(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    match value:
        case dict() | list() if value and not depth:
            yield name, "…"
        case dict() if value:
            for key, inner in value.items():
                yield from _parts(_joined(name, clean(key)), inner, depth - 1)
        case list() if value:
            for number, inner in enumerate(value, 1):
                yield from _parts(_joined(name, str(number)), inner, depth - 1)
        case bool():
            yield name, "yes" if value else "no"
        case str() | int() | float() | Decimal():
            # As much of the text as there is room for beside its name.
            yield name, clean(str(value).strip(), MAX_TOLD - len(name)) or NOT_TOLD
        case _:
            yield name, NOT_TOLD


def _joined(name: str, key: str) -> str:
    return clean(f"{name}.{key}" if name else key, MAX_FIELD)
