from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from numdeck.ui.table import LoadingSource, PagedSource, Row

COUNT = 100_000


class Store:
    """A database of numbers that answers when it is told to."""

    def __init__(self, **settings: int) -> None:
        self.asked: list[tuple[int, int]] = []
        self.answers: list[asyncio.Future[Sequence[int]]] = []
        self.errors: list[Exception] = []
        self.loaded = 0
        self.source = PagedSource(
            self.fetch,
            key=str,
            render=lambda number: Row((f"row {number}",)),
            on_error=self.errors.append,
            count=COUNT,
            **settings,
        )
        self.source.listen(self.on_loaded)

    async def fetch(self, offset: int, limit: int) -> Sequence[int]:
        self.asked.append((offset, limit))
        self.answers.append(asyncio.get_running_loop().create_future())
        return await self.answers[-1]

    def on_loaded(self) -> None:
        self.loaded += 1

    async def answer(self, numbers: Sequence[int] | None = None) -> None:
        """Answer what was asked last, by default with the rows as they are."""
        await wait_idle()
        offset, limit = self.asked[-1]
        self.answers[-1].set_result(range(offset, min(offset + limit, COUNT)) if numbers is None else numbers)
        await wait_idle()


async def wait_idle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def store() -> Store:
    return Store(page_size=100, max_pages=3)


async def test_it_is_a_loading_source(store: Store) -> None:
    assert isinstance(store.source, LoadingSource)
    assert len(store.source) == COUNT


async def test_a_row_is_none_until_its_page_has_come(store: Store) -> None:
    assert store.source.row_at(99_950) is None
    assert store.source.key_at(99_950) is None
    assert store.source.index_of("99950") is None
    await store.answer()
    assert store.loaded == 1
    assert store.source.row_at(99_950) == Row(("row 99950",))
    assert store.source.key_at(99_950) == "99950"
    assert store.source.index_of("99950") == 99_950
    assert store.source.item("99950") == 99_950
    assert store.source.item("5") is None
    assert store.asked == [(99_900, 100)]


async def test_a_page_is_asked_for_once(store: Store) -> None:
    for index in range(100):
        store.source.row_at(index)
    await wait_idle()
    store.source.row_at(5)
    await store.answer()
    assert store.asked == [(0, 100)]


async def test_keys_ask_for_nothing(store: Store) -> None:
    store.source.key_at(5)
    store.source.index_of("5")
    await wait_idle()
    assert store.asked == []


async def test_the_page_looked_at_last_comes_first_and_pages_long_passed_not_at_all(store: Store) -> None:
    store.source.row_at(0)
    await wait_idle()
    for index in range(100, 1000, 100):
        store.source.row_at(index)
    for _ in range(5):
        await store.answer()
    assert [offset for offset, _ in store.asked] == [0, 900, 800, 700, 600]


async def test_the_pages_shown_least_recently_are_forgotten(store: Store) -> None:
    for index in (0, 100, 200):
        store.source.row_at(index)
        await store.answer()
    store.source.row_at(0)
    store.source.row_at(300)
    await store.answer()
    assert [store.source.key_at(index) for index in (0, 100, 200, 300)] == ["0", None, "200", "300"]
    assert store.source.index_of("100") is None


async def test_an_answer_from_before_a_reload_is_dropped(store: Store) -> None:
    store.source.row_at(0)
    await wait_idle()
    store.source.reload(COUNT)
    await store.answer(range(5000, 5100))
    assert store.loaded == 0
    assert store.source.row_at(0) is None
    await store.answer()
    assert store.source.row_at(0) == Row(("row 0",))
    assert store.asked == [(0, 100), (0, 100)]


async def test_rows_stay_on_show_while_they_are_fetched_again(store: Store) -> None:
    store.source.row_at(0)
    await store.answer()
    store.source.reload(COUNT + 2, shift=2)
    assert store.source.row_at(7) == Row(("row 5",))
    assert store.source.index_of("5") == 7
    assert store.source.row_at(1) is None
    await store.answer([-2, -1, *range(98)])
    assert store.source.row_at(1) == Row(("row -1",))
    assert store.source.index_of("5") == 7
    # Row 98 stands on the next page now, which is still the old one.
    assert store.source.row_at(100) == Row(("row 98",))


async def test_rows_that_are_gone_are_forgotten(store: Store) -> None:
    store.source.row_at(0)
    await store.answer()
    store.source.reload(50, shift=-10)
    assert store.source.index_of("5") is None
    assert store.source.index_of("15") == 5
    assert store.source.index_of("99") is None
    store.source.row_at(0)
    await store.answer(range(10, 60))
    assert store.source.index_of("15") == 5


async def test_what_is_kept_for_show_is_bounded() -> None:
    store = Store(page_size=10, max_pages=2)
    for index in range(0, 400, 10):
        store.source.reload(COUNT)
        store.source.row_at(index)
        await store.answer()
    assert sum(store.source.key_at(index) is not None for index in range(400)) <= 50


async def test_a_failure_is_told_and_not_repeated_before_a_reload(store: Store) -> None:
    store.source.row_at(0)
    await wait_idle()
    error = OSError("disk on fire")
    store.answers[-1].set_exception(error)
    await wait_idle()
    assert store.errors == [error]
    store.source.row_at(0)
    await wait_idle()
    assert len(store.asked) == 1
    store.source.reload(COUNT)
    store.source.row_at(0)
    await store.answer()
    assert store.source.row_at(0) == Row(("row 0",))


async def test_a_short_page_is_not_asked_for_again(store: Store) -> None:
    store.source.row_at(50)
    await store.answer([0, 1, 2])
    assert store.source.row_at(50) is None
    await wait_idle()
    assert len(store.asked) == 1


async def test_nothing_is_fetched_while_nobody_listens(store: Store) -> None:
    store.source.row_at(0)
    await wait_idle()
    store.source.listen(None)
    await wait_idle()
    assert store.answers[-1].cancelled()
    store.source.row_at(100)
    await wait_idle()
    assert len(store.asked) == 1
    store.source.listen(store.on_loaded)
    store.source.row_at(0)
    await store.answer()
    assert store.loaded == 1
