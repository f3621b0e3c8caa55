"""Where columns stand, and which rows are in sight. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from numdeck.ui.table.cells import Column

GAP: Final = 2
"""Cells left empty between two columns."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that is shown: `index` is its place among all columns (and so its cell's in a row)."""

    column: Column
    index: int
    x: int
    width: int

    @property
    def right(self) -> int:
        """The first cell to the right of the column."""
        return self.x + self.width


def place_columns(columns: Sequence[Column], width: int, start: int = 0) -> tuple[Placed, ...]:
    """Place columns between the cells `start` and `width`, in their order, never beyond.

    Columns are dropped until the minimum widths of the rest fit, then room is given: first up to the widths asked for,
    then to the columns that grow. Where not even the essential columns fit, the widest of them give way.
    """
    kept = _keep(columns, width - start)
    if not kept:
        return ()
    room = width - start - GAP * (len(kept) - 1)
    least = [columns[index].least for index in kept]
    asked = [columns[index].width for index in kept]
    if room >= sum(asked):
        widths = _share(asked, [columns[index].grow for index in kept], room - sum(asked))
    elif room >= sum(least):
        slack = [want - need for want, need in zip(asked, least, strict=True)]
        widths = _share(least, slack, room - sum(least))
    else:
        widths = _squeeze(least, room)
    lefts = accumulate((cells + GAP for cells in widths[:-1]), initial=start)
    return tuple(
        Placed(columns[index], index, x, cells)
        for index, x, cells in zip(kept, lefts, widths, strict=True)
        if cells > 0
    )


def _keep(columns: Sequence[Column], room: int) -> list[int]:
    """Say which columns stay: all, less the ones of highest priority number (the rightmost first) until they fit."""
    kept = list(range(len(columns)))
    while sum(columns[index].least for index in kept) + GAP * (len(kept) - 1) > room:
        droppable = [index for index in kept if not columns[index].essential]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda index: (columns[index].priority, index)))
    # Essential columns go only where one cell each is more than there is.
    while kept and len(kept) + GAP * (len(kept) - 1) > room:
        kept.pop()
    return kept


def _share(widths: Sequence[int], weights: Sequence[int], room: int) -> list[int]:
    """Add `room` cells to `widths` in proportion to `weights`; with no weight at all the room stays empty."""
    total = sum(weights)
    if not total:
        return list(widths)
    # Rounding the running sum, not each part, gives away every cell exactly once.
    ends = [room * running // total for running in accumulate(weights, initial=0)]
    return [width + ends[index + 1] - ends[index] for index, width in enumerate(widths)]


def _squeeze(widths: Sequence[int], room: int) -> list[int]:
    """Take cells from the widest, one by one, until `widths` fit into `room`; none falls below one cell."""
    squeezed = list(widths)
    while sum(squeezed) > room:
        widest = max(range(len(squeezed)), key=squeezed.__getitem__)
        squeezed[widest] -= 1
    return squeezed


@dataclass(frozen=True, slots=True)
class View:
    """The rows in sight: the index of the first, how many fit, and their keys as (index, key) from the top."""

    top: int = 0
    height: int = 0
    keys: tuple[tuple[int, str], ...] = ()

    cursor: int = 0
    """The index of the row under the cursor."""

    def follow(
        self,
        index_of: Callable[[str], int | None],
        count: int,
        cursor: int,
        cursor_key: str | None,
        *,
        is_held: bool,
    ) -> View:
        """The view of `count` rows after they changed; its keys are not known yet.

        The cursor goes with its row, unless it `is_held` in its place, and takes the place of a row that is gone. A
        cursor in sight stays in sight. What is in sight stays, except at the very top, where new rows show themselves.
        """
        found = None if cursor_key is None or is_held else index_of(cursor_key)
        new = min(max(cursor if found is None else found, 0), max(0, count - 1))
        top = self.top + self.moved(index_of, cursor_key) if self.top else 0
        return View(reveal(top, self.height, new) if self.sees(cursor) else top, self.height, cursor=new)

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
