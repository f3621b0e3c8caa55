from __future__ import annotations

import pytest

from numdeck.ui.table.viewport import View, reveal


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
