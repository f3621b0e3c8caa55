"""Where a table's rows come from. A table asks only for the rows it is about to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar, runtime_checkable

from numdeck.ui.table.cells import Row

T = TypeVar("T")


class RowSource(Protocol):
    """Rows in order, each with a key that stays the same wherever the row moves.

    A source does not change under a table: whoever changes it calls the table's `source_changed` in the same
    breath. What it answers must be ready at once; the table asks while it draws.
    """

    def __len__(self) -> int:
        """Count the rows, loaded or not."""
        ...

    def key_at(self, index: int) -> str | None:
        """Return the key of a row, or None while it is not loaded."""
        ...

    def row_at(self, index: int) -> Row | None:
        """Return what a row shows now, or None while it is not loaded."""
        ...

    def index_of(self, key: str) -> int | None:
        """Return where the row of this key stands, or None if there is none or it is not known."""
        ...


@runtime_checkable
class LoadingSource(RowSource, Protocol):
    """A source some of whose rows come later."""

    def listen(self, loaded: Callable[[], None] | None) -> None:
        """Call `loaded`, on the event loop, whenever rows that were asked for have come; None ends it."""
        ...


class SequenceSource(Generic[T]):
    """A source over items in memory; `render` makes a row of an item each time it is shown, so it can tell the time."""

    def __init__(self, key: Callable[[T], str], render: Callable[[T], Row], items: Iterable[T] = ()) -> None:
        self._key = key
        self._render = render
        self._items: list[T] = []
        self._index: dict[str, int] = {}
        self.replace(items)

    def replace(self, items: Iterable[T]) -> None:
        """Take these items, in this order, for the ones before; keys have to be unique."""
        self._items = list(items)
        self._index = {self._key(item): index for index, item in enumerate(self._items)}

    def item(self, key: str) -> T | None:
        """Return the item of this key."""
        index = self._index.get(key)
        return None if index is None else self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def key_at(self, index: int) -> str | None:
        """Return the key of the item at `index`."""
        return self._key(self._items[index])

    def row_at(self, index: int) -> Row | None:
        """Render the item at `index`."""
        return self._render(self._items[index])

    def index_of(self, key: str) -> int | None:
        """Return where the item of this key stands."""
        return self._index.get(key)
