from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from numdeck.ui.table import Column, Sort, Table
from tests.support import until

SIZE = (100, 21)
ROWS_IN_SIGHT = 20


class Watch:
    """What a table drew, and which parts of it were dirty."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.regions: list[Region] = []


@contextmanager
def watching(table: Table) -> Iterator[Watch]:
    """Record the lines drawn and the regions refreshed; no region at all stands for the whole table."""
    watch = Watch()
    render_line, refresh = table.render_line, table.refresh

    def watched_line(y: int) -> Strip:
        watch.lines.append(y)
        return render_line(y)

    def watched_refresh(*regions: Region, **options: bool) -> Table:
        if options.get("repaint", True):
            watch.regions.extend(regions or [table.size.region])
        return refresh(*regions, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "render_line", watched_line)
        patch.setattr(table, "refresh", watched_refresh)
        yield watch


def lines(table: Table) -> list[str]:
    """The table as it stands on the screen, without the scrollbar."""
    width = table.scrollable_content_region.width
    return [strip.crop(0, width).text.rstrip() for strip in table.screen._compositor.render_strips()]


def cursor_line(table: Table) -> int:
    return next(y for y, line in enumerate(lines(table)) if line.startswith("▌"))


def told(messages: list[Message], kind: type[Message]) -> list[Any]:
    return [message for message in messages if isinstance(message, kind)]


async def test_keys_move_the_cursor(examples: ModuleType) -> None:
    app = examples.LiveTable(orders=60)
    async with app.run_test(size=SIZE) as pilot:
        for keys, index in (
            ("up", 0),
            ("j down", 2),
            ("k", 1),
            ("pagedown", 21),
            ("G", 59),
            ("j pagedown", 59),
            ("pageup", 39),
            ("g", 0),
            ("end", 59),
            ("home", 0),
        ):
            await pilot.press(*keys.split())
            assert app.table.cursor_index == index, keys
            assert app.table.cursor_key == f"order-{index}"
            assert lines(app.table)[cursor_line(app.table)].split("+1 555 ")[1].startswith(f"{index:07}")


async def test_paging_keeps_the_cursor_on_its_line(examples: ModuleType) -> None:
    app = examples.LiveTable(orders=60)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "j")
        before = cursor_line(app.table)
        await pilot.press("pagedown")
        assert cursor_line(app.table) == before == 4


async def test_keys_can_be_replaced(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        app.set_keymap({"table.down": "f5", "table.open": "f6"})
        await pilot.press("j", "down", "f5")
        assert app.table.cursor_index == 1


async def test_moves_are_told_and_a_burst_is_told_once(examples: ModuleType) -> None:
    messages: list[Message] = []
    app = examples.LiveTable()
    async with app.run_test(size=SIZE, message_hook=messages.append) as pilot:
        await pilot.pause()
        assert [moved.key for moved in told(messages, Table.CursorMoved)][-1] == "order-0"
        messages.clear()
        for index in range(1, 10):
            app.table.move_cursor(index)
        await pilot.pause()
        handled = [moved for moved in told(messages, Table.CursorMoved) if moved.key]
        assert handled[-1].key == "order-9"
        assert handled[-1].control is app.table
        assert all(later.can_replace(earlier) for earlier, later in pairwise(handled))


async def test_mouse_selects_opens_and_sorts(examples: ModuleType) -> None:
    messages: list[Message] = []
    app = examples.LiveTable()
    async with app.run_test(size=SIZE, message_hook=messages.append) as pilot:
        await pilot.click(Table, offset=(10, 5))
        assert app.table.cursor_key == "order-4"
        assert not told(messages, Table.RowOpened)
        await pilot.double_click(Table, offset=(10, 7))
        assert {opened.key for opened in told(messages, Table.RowOpened)} == {"order-6"}
        await pilot.click(Table, offset=(20, 0))
        assert {selected.column_key for selected in told(messages, Table.HeaderSelected)} == {"number"}
        assert "NUMBER ▲" in lines(app.table)[0]
        # The gap between two columns belongs to neither, and the room below the rows to no row.
        await pilot.click(Table, offset=(17, 0))
        assert app.table.sort == Sort("number")


async def test_clicks_beside_the_rows_do_nothing(examples: ModuleType) -> None:
    app = examples.LiveTable(orders=3)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(Table, offset=(10, 10))
        await pilot.click(Table, offset=(10, 2), button=3)
        assert app.table.cursor_key == "order-0"


async def test_enter_opens(examples: ModuleType) -> None:
    messages: list[Message] = []
    app = examples.LiveTable()
    async with app.run_test(size=SIZE, message_hook=messages.append) as pilot:
        await pilot.press("j", "enter")
        assert {opened.key for opened in told(messages, Table.RowOpened)} == {"order-1"}


async def test_the_wheel_scrolls_and_leaves_the_cursor(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(3):
            await pilot._post_mouse_events([MouseScrollDown], Table, (5, 5))
        await pilot.pause()
        assert app.table.scroll_offset.y > 0
        assert app.table.cursor_index == 0
        app.table.source_changed()
        await pilot.pause()
        assert app.table.scroll_offset.y > 0


async def test_a_row_changed_is_one_line_up_to_what_changed(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        with watching(app.table) as watch:
            app.orders[7] = replace(app.orders[7], bought=-100)
            app.source.replace(app.orders)
            app.table.refresh_visible_rows()
            await pilot.pause()
        assert watch.lines == [8]
        assert watch.regions == [Region(0, 8, 2 + len("opens in 0:20"), 1)]
        assert "opens in 0:20" in lines(app.table)[8]


async def test_what_is_out_of_sight_or_looks_the_same_costs_nothing(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        with watching(app.table) as watch:
            app.receive("order-50", "12345")
            app.table.refresh_visible_rows()
            app.table.source_changed()
            app.table.sort = app.table.sort
            await pilot.pause()
        assert watch.lines == []
        assert watch.regions == []


async def test_a_column_that_is_not_shown_costs_nothing(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=(60, 21)) as pilot:
        await pilot.pause()
        with watching(app.table) as watch:
            app.orders[3] = replace(app.orders[3], price="$9.99", note="a note")
            app.source.replace(app.orders)
            app.table.refresh_visible_rows()
            await pilot.pause()
        assert watch.lines == []


async def test_a_second_draws_the_lines_whose_text_it_changes(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = lines(app.table)
        with watching(app.table) as watch:
            app.advance()
            await pilot.pause()
        after = lines(app.table)
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        assert sorted(watch.lines) == changed
        assert 0 < len(changed) < 10


async def test_the_cursor_costs_two_lines(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        with watching(app.table) as watch:
            await pilot.press("j")
        assert sorted(watch.lines) == [1, 2]


@pytest.mark.parametrize("theme", ["ansi-dark", "textual-light"])
async def test_without_colours_the_cursor_is_reversed_and_a_marked_row_bold(
    examples: ModuleType, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = examples.LiveTable(theme=theme)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        first, second, third = ([segment.style for segment in app.table.render_line(y)] for y in (1, 2, 3))
        assert all(style.reverse for style in first)
        assert all(style.bold and not style.reverse for style in second)
        assert not any(style.bold or style.reverse for style in third)


async def test_without_the_focus_the_cursor_has_another_sign(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert lines(app.table)[1].startswith("▌ ")
        app.table.blur()
        await pilot.pause()
        assert lines(app.table)[1].startswith("▏ ")


async def test_rows_added_above_move_nothing(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", "j", "j")
        before, key = lines(app.table), app.table.cursor_key
        with watching(app.table) as watch:
            await pilot.press("n", "n", "n")
        assert app.table.cursor_key == key == "order-22"
        assert app.table.cursor_index == 25
        assert lines(app.table) == before
        assert watch.lines == []


async def test_at_the_top_rows_added_above_show_themselves(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "n")
        assert app.table.scroll_offset.y == 0
        assert app.table.cursor_key == "order-1"
        assert cursor_line(app.table) == 3
        # Never so far that the cursor leaves the screen.
        app.show([*(examples.make_order(1100 + number) for number in range(ROWS_IN_SIGHT)), *app.orders])
        await pilot.pause()
        assert app.table.cursor_key == "order-1"
        assert cursor_line(app.table) == ROWS_IN_SIGHT


async def test_with_the_cursor_out_of_sight_the_first_row_in_sight_holds_the_view(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        app.table.scroll_to(y=30, animate=False)
        await pilot.pause()
        before = lines(app.table)
        app.show([examples.make_order(900), *app.orders[:10], *app.orders[12:]])
        await pilot.pause()
        assert app.table.scroll_offset.y == 29
        assert lines(app.table) == before
        assert app.table.cursor_key == "order-0"


async def test_the_cursor_follows_its_row_through_a_sort(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", "j", "s")
        assert app.table.cursor_key == "order-21"
        assert app.table.cursor_index == 59 - 21
        assert lines(app.table)[0].startswith("  CANCEL ▲")
        assert cursor_line(app.table) > 0


async def test_a_row_that_is_gone_leaves_the_cursor_to_the_next(examples: ModuleType) -> None:
    messages: list[Message] = []
    app = examples.LiveTable(orders=3)
    async with app.run_test(size=SIZE, message_hook=messages.append) as pilot:
        for keys, key in (("j d", "order-2"), ("d", "order-0"), ("d", None)):
            await pilot.press(*keys.split())
            assert app.table.cursor_key == key
            assert told(messages, Table.CursorMoved)[-1].key == key
        assert app.table.cursor_index is None
        await pilot.press("enter", "j", "pagedown", "G")
        assert not told(messages, Table.RowOpened)
        await pilot.press("n")
        assert app.table.cursor_index == 0


async def test_move_cursor_to_a_key(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        assert app.table.move_cursor_to("order-40")
        assert not app.table.move_cursor_to("no such row")
        await pilot.pause()
        assert app.table.cursor_key == "order-40"
        assert cursor_line(app.table) == ROWS_IN_SIGHT


def is_drawn_with_its_cursor(table: Table, width: int, height: int) -> bool:
    """Whether the table has this size on the screen, and the cursor is in sight where there is room for a row."""
    return table.size == (width, height) and (
        height == 1 or any(line.startswith("▌") for line in lines(table)[1:height])
    )


async def test_resizing_keeps_the_cursor_in_sight(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        app.table.move_cursor(39)
        await pilot.press("pagedown", "pageup")
        for width, height in ((60, 8), (90, 20), (30, 3), (1, 1), (80, 12)):
            app.table.styles.width, app.table.styles.height = width, height
            await until(partial(is_drawn_with_its_cursor, app.table, width, height))
            assert app.table.cursor_key == "order-39"


async def test_what_happens_while_it_is_not_on_the_screen_is_shown_afterwards(examples: ModuleType) -> None:
    app = examples.LiveTable()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", "j")
        before, cursor = lines(app.table), cursor_line(app.table)
        app.table.display = False
        await pilot.pause()
        for number in range(3):
            app.show([examples.make_order(900 + number), *app.orders])
        app.receive("order-22", "12345")
        app.table.display = True
        await pilot.pause()
        assert app.table.cursor_key == "order-21"
        # Hiding a widget takes the focus from it.
        before[cursor] = before[cursor].replace("▌", "▏")
        before[cursor + 1] = before[cursor + 1].replace("···    ", "12345 ●")
        assert [line[17:] for line in lines(app.table)] == [line[17:] for line in before]
        await app.push_screen(Screen())
        app.receive("order-23", "54321")
        await pilot.pause()
        await app.pop_screen()
        await pilot.pause()
        assert any("54321" in line for line in lines(app.table))


async def test_the_scrollbar_is_there_when_it_is_needed(examples: ModuleType) -> None:
    app = examples.LiveTable(orders=ROWS_IN_SIGHT)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert not app.table.show_vertical_scrollbar
        await pilot.press("n")
        assert app.table.show_vertical_scrollbar
        assert app.table.scrollable_content_region.width == SIZE[0] - 1
        assert not app.table.show_horizontal_scrollbar
        await pilot.press("d")
        assert not app.table.show_vertical_scrollbar


async def test_rows_are_literal_and_harmless(examples: ModuleType) -> None:
    app = examples.HostileTable()
    async with app.run_test(size=(160, 21)) as pilot:
        await pilot.pause()
        text = "\n".join(lines(app.table))
        assert "[bold]bold[/]" in text
        assert text.replace("\n", "").isprintable()


async def test_columns_rows_and_empty_text_can_be_changed(examples: ModuleType) -> None:
    messages: list[Message] = []
    app = examples.LiveTable()
    async with app.run_test(size=SIZE, message_hook=messages.append) as pilot:
        await pilot.press("G")
        app.table.columns = (Column(key="only", title="ONLY", width=10),)
        await pilot.pause()
        assert lines(app.table)[0] == "  ONLY"
        app.show([])
        app.table.empty_text = "No rows.\nPress n."
        await pilot.pause()
        assert told(messages, Table.CursorMoved)[-1].key is None
        assert [line.strip() for line in lines(app.table) if line][1:] == ["No rows.", "Press n."]


async def test_100_000_rows_open_at_once_and_ask_for_what_is_shown(examples: ModuleType) -> None:
    app = examples.PagedTable()
    async with app.run_test(size=SIZE) as pilot:
        await wait_idle(pilot, lambda: "0000000" in lines(app.table)[1])
        assert app.fetched == [(0, 200)]
        await pilot.press("G")
        await wait_idle(pilot, lambda: "0099999" in lines(app.table)[-1])
        assert app.fetched == [(0, 200), (99_800, 200)]
        assert app.table.cursor_key == "order-99999"
        await pilot.press("g")
        assert app.table.cursor_key == "order-0"
        assert len(app.fetched) == 2
        assert not app.errors


async def test_rows_show_a_placeholder_until_they_come(examples: ModuleType) -> None:
    messages: list[Message] = []
    app = examples.PagedTable()
    async with app.run_test(size=SIZE, message_hook=messages.append) as pilot:
        await wait_idle(pilot, lambda: app.table.cursor_key is not None)
        app.table.move_cursor(50_000)
        assert not app.table.cursor_key
        assert app.table.render_line(ROWS_IN_SIGHT).text.split() == ["▌", "…"]
        await wait_idle(pilot, lambda: app.table.cursor_key is not None)
        assert app.table.cursor_key == "order-50000"
        assert told(messages, Table.CursorMoved)[-1].key == "order-50000"


async def test_reloading_pages_draws_nothing_if_nothing_changed(examples: ModuleType) -> None:
    app = examples.PagedTable()
    async with app.run_test(size=SIZE) as pilot:
        app.table.move_cursor(50_000)
        await wait_idle(pilot, lambda: app.table.cursor_key is not None)
        before = lines(app.table)
        fetched = len(app.fetched)
        with watching(app.table) as watch:
            app.first = -7
            app.source.reload(100_007, shift=7)
            app.table.source_changed()
            await wait_idle(pilot, lambda: len(app.fetched) > fetched)
            await pilot.pause()
        assert watch.lines == []
        assert app.table.cursor_key == "order-50000"
        assert app.table.cursor_index == 50_007
        assert lines(app.table) == before


async def wait_idle(pilot: Pilot[None], done: Callable[[], bool]) -> None:
    """Let messages and loads run until it is done."""
    for _ in range(50):
        await pilot.pause()
        if done():
            return
    pytest.fail("it never settled")
