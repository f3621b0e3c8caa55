"""A source for more rows than fit in memory: pages are fetched when they are looked at, and forgotten in time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from numdeck.ui.table.cells import Row

T = TypeVar("T")

_MAX_WAITING: Final = 4
"""Pages that may wait to be fetched. A table shows two at most: what waits longer has been scrolled past."""


class PageCache(Generic[T]):
    """Pages that were fetched, the least recently shown forgotten first; and what is known of outdated ones."""

    def __init__(self, key: Callable[[T], str], page_size: int, max_pages: int) -> None:
        self._key = key
        self._page_size = page_size
        self._max_pages = max_pages
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._outdated: dict[int, T] = {}
        self._index: dict[str, int] = {}

    def __contains__(self, page: int) -> bool:
        return page in self._pages

    def item(self, index: int) -> T | None:
        """The item at `index`, which may be outdated; None if it is not at hand."""
        page, row = divmod(index, self._page_size)
        items = self._pages.get(page)
        if items is None:
            return self._outdated.get(index)
        self._pages.move_to_end(page)
        return items[row] if row < len(items) else None

    def index_of(self, key: str) -> int | None:
        """Where the item of this key stands, if it is at hand."""
        return self._index.get(key)

    def store(self, page: int, items: Sequence[T]) -> None:
        """Take a page that was fetched in place of what was known of it."""
        start = page * self._page_size
        for index in range(start, start + self._page_size):
            outdated = self._outdated.pop(index, None)
            if outdated is not None:
                self._forget(outdated, index)
        self._pages[page] = items
        self._index.update((self._key(item), index) for index, item in enumerate(items, start))
        if len(self._pages) > self._max_pages:
            oldest, forgotten = self._pages.popitem(last=False)
            for index, item in enumerate(forgotten, oldest * self._page_size):
                self._forget(item, index)

    def outdate(self, count: int, shift: int) -> None:
        """Take every page for outdated: there are `count` items now, and what was at n is at n + `shift`."""
        items = {} if len(self._outdated) > self._page_size * self._max_pages else self._outdated
        for page, fetched in self._pages.items():
            items |= dict(enumerate(fetched, page * self._page_size))
        self._outdated = {index + shift: item for index, item in items.items() if 0 <= index + shift < count}
        self._index = {self._key(item): index for index, item in self._outdated.items()}
        self._pages.clear()

    def _forget(self, item: T, index: int) -> None:
        key = self._key(item)
        if self._index.get(key) == index:
            del self._index[key]


class PagedSource(Generic[T]):
    """Rows fetched page by page through `fetch(offset, limit)`, the least recently shown pages forgotten first.

    One page is fetched at a time, the one looked at last first; `fetch` has to leave the event loop alone (a thread, a
    subprocess). Nothing is fetched while nobody listens. A failed fetch is told to `on_error`, which must not raise,
    and not tried again before the next `reload`.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], Awaitable[Sequence[T]]],
        *,
        key: Callable[[T], str],
        render: Callable[[T], Row],
        on_error: Callable[[Exception], None],
        count: int = 0,
        page_size: int = 200,
        max_pages: int = 20,
    ) -> None:
        self._fetch = fetch
        self._key = key
        self._render = render
        self._on_error = on_error
        self._count = count
        self._page_size = page_size
        self._pages = PageCache(key, page_size, max_pages)
        self._waiting: OrderedDict[int, None] = OrderedDict()
        self._fetching: int | None = None
        self._failed: set[int] = set()
        self._generation = 0
        self._loaded: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return self._count

    def key_at(self, index: int) -> str | None:
        """Return the key of a row if it is at hand; fetches nothing."""
        item = self._pages.item(index)
        return None if item is None else self._key(item)

    def row_at(self, index: int) -> Row | None:
        """Return a row, or None and have its page fetched."""
        page = index // self._page_size
        if page not in self._pages:
            self._want(page)
        item = self._pages.item(index)
        return None if item is None else self._render(item)

    def index_of(self, key: str) -> int | None:
        """Return where the row of this key stands, as far as it is at hand."""
        return self._pages.index_of(key)

    def item(self, key: str) -> T | None:
        """Return the item of this key if it is at hand."""
        index = self._pages.index_of(key)
        return None if index is None else self._pages.item(index)

    def listen(self, loaded: Callable[[], None] | None) -> None:
        """Call `loaded` after each page that came; None stops the fetching."""
        self._loaded = loaded
        if loaded is None:
            self._waiting.clear()
            self._fetching = None
            self._generation += 1
            if self._task is not None:
                self._task.cancel()
                self._task = None

    def reload(self, count: int, shift: int = 0) -> None:
        """Take every page for outdated: there are `count` rows now, and what was at row n is at n + `shift`.

        Outdated rows stay on show until their page has been fetched again, so nothing flickers. Follow it with the
        table's `source_changed`.
        """
        self._count = count
        self._pages.outdate(count, shift)
        self._waiting.clear()
        self._failed.clear()
        self._fetching = None
        self._generation += 1

    def _want(self, page: int) -> None:
        if self._loaded is None or page == self._fetching or page in self._failed:
            return
        self._waiting[page] = None
        self._waiting.move_to_end(page)
        if len(self._waiting) > _MAX_WAITING:
            self._waiting.popitem(last=False)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._waiting:
            page, _ = self._waiting.popitem()
            self._fetching = page
            generation = self._generation
            try:
                items = await self._fetch(page * self._page_size, self._page_size)
            except Exception as error:
                if generation == self._generation:
                    self._fetching = None
                    self._failed.add(page)
                    self._on_error(error)
                continue
            # An answer about rows as they were before a reload is of no use.
            if generation == self._generation:
                self._fetching = None
                self._pages.store(page, items)
                if self._loaded is not None:
                    self._loaded()
        self._task = None
