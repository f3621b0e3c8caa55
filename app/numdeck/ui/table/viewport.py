"""What part of the rows is looked at, and how it stays steady while rows come, go and move. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """The rows in sight: the index of the first, how many fit, and their keys as (index, key) from the top."""

    top: int = 0
    height: int = 0
    keys: tuple[tuple[int, str], ...] = ()

    def sees(self, index: int) -> bool:
        """Whether the row at `index` is in sight."""
        return self.top <= index < self.top + self.height

    def moved(self, index_of: Callable[[str], int | None], first: str | None = None) -> int:
        """Say by how many rows what was looked at has moved; 0 if nothing of it is left.

        The row `first` speaks for all if it is in sight, else the topmost row that is still there.
        """
        in_order: Iterable[tuple[int, str]] = sorted(self.keys, key=lambda row: row[1] != first)
        for old, key in in_order:
            new = index_of(key)
            if new is not None:
                return new - old
        return 0


def reveal(top: int, height: int, index: int) -> int:
    """Return the `top` nearest to this one with which the row at `index` is in sight."""
    return min(index, max(top, index - height + 1))
