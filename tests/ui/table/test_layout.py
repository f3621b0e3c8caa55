from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.ui.table import Column
from numdeck.ui.table.layout import GAP, Placed, View, place_columns, reveal

DESK = (
    Column(key="cancel", title="CANCEL", width=14),
    Column(key="number", title="NUMBER", width=17, grow=1),
    Column(key="code", title="CODE", width=8),
    Column(key="service", title="SERVICE", width=12, min_width=8, priority=1, grow=2),
    Column(key="country", title="COUNTRY", width=12, min_width=7, priority=2),
    Column(key="price", title="PRICE", width=7, priority=3),
)


def widths(places: tuple[Placed, ...]) -> dict[str, int]:
    return {place.column.key: place.width for place in places}


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        # Nothing to spare, then room for the ones that grow: one part for the number, two for the service.
        (80, {"cancel": 14, "number": 17, "code": 8, "service": 12, "country": 12, "price": 7}),
        (120, {"cancel": 14, "number": 30, "code": 8, "service": 39, "country": 12, "price": 7}),
        (200, {"cancel": 14, "number": 57, "code": 8, "service": 92, "country": 12, "price": 7}),
        # Service and country shrink before anything is dropped.
        (72, {"cancel": 14, "number": 17, "code": 8, "service": 8, "country": 8, "price": 7}),
        (71, {"cancel": 14, "number": 17, "code": 8, "service": 8, "country": 7, "price": 7}),
        # Then price goes, then country, then service; what is left gets the room.
        (70, {"cancel": 14, "number": 17, "code": 8, "service": 11, "country": 12}),
        (60, {"cancel": 14, "number": 18, "code": 8, "service": 14}),
        (50, {"cancel": 14, "number": 24, "code": 8}),
        (43, {"cancel": 14, "number": 17, "code": 8}),
        # The essential ones stay, the widest giving way.
        (40, {"cancel": 14, "number": 14, "code": 8}),
        (20, {"cancel": 5, "number": 5, "code": 6}),
        (7, {"cancel": 1, "number": 1, "code": 1}),
        (4, {"cancel": 1, "number": 1}),
        (1, {"cancel": 1}),
        (0, {}),
    ],
)
def test_widths(width: int, expected: dict[str, int]) -> None:
    assert widths(place_columns(DESK, width)) == expected


def test_start_is_left_free() -> None:
    places = place_columns(DESK, 82, start=2)
    assert places[0].x == 2
    assert places[-1].right == 82


def test_no_columns() -> None:
    assert place_columns((), 80) == ()


columns = st.builds(
    lambda width, share, priority, grow: Column(
        key="any",
        title="ANY",
        width=width,
        min_width=share and max(1, width * share // 4),
        priority=priority,
        grow=grow,
    ),
    st.integers(1, 30),
    st.none() | st.integers(1, 4),
    st.integers(0, 4),
    st.integers(0, 3),
)
tables = st.lists(columns, max_size=9).map(tuple)


@given(tables, st.integers(0, 220), st.integers(0, 3))
def test_columns_stay_in_their_order_apart_and_inside(table: tuple[Column, ...], width: int, start: int) -> None:
    places = place_columns(table, width, start)
    assert [place.index for place in places] == sorted({place.index for place in places})
    assert all(table[place.index] is place.column and place.width >= 1 for place in places)
    edge = start
    for place in places:
        assert place.x == edge
        edge = place.right + GAP
    assert not places or places[-1].right <= width


@given(tables, st.sampled_from([60, 80, 120, 200]))
def test_essential_columns_are_kept_and_the_least_important_dropped_first(
    table: tuple[Column, ...], width: int
) -> None:
    places = place_columns(table, width)
    kept = {place.index for place in places}
    dropped = [column for index, column in enumerate(table) if index not in kept]
    assert not any(column.essential for column in dropped)
    if dropped:
        least_important = min(column.priority for column in dropped)
        assert all(place.column.priority <= least_important for place in places)
    if any(not place.column.essential for place in places):
        assert all(place.width >= place.column.least for place in places)


@given(tables, st.integers(1, 220))
def test_all_room_is_used_if_a_column_grows(table: tuple[Column, ...], width: int) -> None:
    places = place_columns(table, width)
    if any(place.column.grow for place in places):
        assert places[-1].right == width


@pytest.mark.parametrize("wrong", [{"width": 0}, {"min_width": 9}, {"min_width": 0}, {"priority": -1}, {"grow": -1}])
def test_impossible_columns_are_refused(wrong: dict[str, int]) -> None:
    arguments: dict[str, Any] = {"width": 8, **wrong}
    with pytest.raises(ValueError, match="column 'code'"):
        Column(key="code", title="CODE", **arguments)


@pytest.mark.parametrize(
    ("top", "index", "expected"), [(0, 0, 0), (0, 9, 0), (0, 10, 1), (5, 3, 3), (5, 14, 5), (5, 15, 6), (50, 99, 90)]
)
def test_reveal_scrolls_no_farther_than_needed(top: int, index: int, expected: int) -> None:
    assert reveal(top, 10, index) == expected


VIEW = View(top=3, height=3, keys=((3, "d"), (4, "e"), (5, "f")))


def test_a_view_sees_its_rows() -> None:
    assert [index for index in range(10) if VIEW.sees(index)] == [3, 4, 5]


@pytest.mark.parametrize(
    ("now", "first", "moved"),
    [
        ("abcdefg", None, 0),
        ("xyabcdefg", None, 2),
        ("bcdefg", None, -1),
        ("abcefg", None, -1),
        ("abcdxxef", "e", 2),
        ("abcdxxf", "e", 0),
        ("xyz", "e", 0),
    ],
)
def test_how_far_the_rows_in_sight_moved(now: str, first: str | None, moved: int) -> None:
    assert VIEW.moved(lambda key: now.find(key) if key in now else None, first) == moved


ROWS = View(top=10, height=5, keys=tuple((index, str(index)) for index in range(10, 15)))


@pytest.mark.parametrize(
    ("shift", "cursor", "is_held", "expected"),
    [
        (0, 12, False, (10, 12)),
        (3, 12, False, (13, 15)),  # rows came in front: cursor and view go with them
        (-3, 12, False, (7, 9)),
        (3, 12, True, (12, 12)),  # held: the view goes with the rows as far as the cursor stays in sight
        (3, 40, False, (13, 43)),  # a cursor out of sight brings nothing into sight
    ],
)
def test_a_view_follows_its_rows(shift: int, cursor: int, is_held: bool, expected: tuple[int, int]) -> None:
    def index_of(key: str) -> int | None:
        return int(key) + shift

    view = ROWS.follow(index_of, 100, cursor, str(cursor), is_held=is_held)
    assert (view.top, view.cursor) == expected


def test_the_cursor_takes_the_place_of_a_row_that_is_gone() -> None:
    view = ROWS.follow(lambda _: None, 12, 14, "14", is_held=False)
    assert (view.top, view.cursor) == (10, 11)


def test_new_rows_show_themselves_at_the_top() -> None:
    view = View(0, 5, ((0, "0"),)).follow(lambda key: int(key) + 2, 10, 0, "0", is_held=False)
    assert (view.top, view.cursor) == (0, 2)


def test_nothing_is_left_to_look_at() -> None:
    assert ROWS.follow(lambda _: None, 0, 12, "12", is_held=False).cursor == 0
