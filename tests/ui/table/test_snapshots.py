from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from textual.pilot import Pilot

SnapCompare = Callable[..., bool]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_live(examples: ModuleType, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(examples.LiveTable(), terminal_size=size, press=("j", "j", "j"))


@pytest.mark.parametrize("name", ["empty", "static", "hostile"])
def test_example(examples: ModuleType, snap_compare: SnapCompare, name: str) -> None:
    assert snap_compare(examples.EXAMPLES[name](), terminal_size=(120, 16))


@pytest.mark.parametrize(
    ("theme", "focused"),
    [
        ("textual-dark", True),
        ("textual-dark", False),
        ("textual-light", True),
        ("ansi-dark", True),
        ("ansi-dark", False),
        ("ansi-light", True),
    ],
)
def test_roles(examples: ModuleType, snap_compare: SnapCompare, theme: str, focused: bool) -> None:
    async def move(pilot: Pilot[None]) -> None:
        await pilot.press("j")
        if not focused:
            pilot.app.screen.set_focus(None)
        await pilot.pause()

    assert snap_compare(examples.RolesTable(theme=theme), terminal_size=(120, 10), run_before=move)


def test_paged_end(examples: ModuleType, snap_compare: SnapCompare) -> None:
    async def load(pilot: Pilot[None]) -> None:
        await pilot.press("G")
        for _ in range(10):
            await pilot.pause()

    assert snap_compare(examples.PagedTable(), terminal_size=(100, 20), run_before=load)
