"""A cache file for the names of services and countries, so that a start need not wait for them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from numdeck.model.text import clean
from numdeck.private import open_private

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class StoredNames:
    """Names by code, and when they were fetched, epoch seconds."""

    services: Mapping[str, str]
    countries: Mapping[str, str]
    learnt_at: float


class NamesFile:
    """Reads and writes one service's names. A file that cannot be read or written is never an error."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> StoredNames | None:
        """Read the names; None if there is no readable file."""
        try:
            values = json.loads(self._path.read_bytes())
            if values["format"] != _FORMAT:
                return None
            return StoredNames(_cleaned(values["services"]), _cleaned(values["countries"]), float(values["learnt_at"]))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def write(self, services: Mapping[str, str], countries: Mapping[str, str], learnt_at: float) -> None:
        """Write the names, if possible."""
        values = {"format": _FORMAT, "learnt_at": learnt_at, "services": dict(services), "countries": dict(countries)}
        # Written beside it first: a reader sees the old file or the new one, never half of it.
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            try:
                descriptor = open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(values, file, ensure_ascii=False, separators=(",", ":"))
                beside.replace(self._path)
            finally:
                beside.unlink(missing_ok=True)


def _cleaned(names: Mapping[object, object]) -> dict[str, str]:
    """Clean the names: anything may have been written to the file."""
    return {clean(code): clean(name) for code, name in names.items()}
