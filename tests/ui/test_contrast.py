"""Every theme on offer can be read: contrast is measured of what is drawn, in true colours and in 256 or 16."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from textual.app import ComposeResult
from textual.color import Color
from textual.screen import Screen

from numdeck.sandbox.faults import Fault
from numdeck.ui.contrast import FRAME, TEXT, contrast, in_256_colours
from numdeck.ui.settings import ScreenSettings, UiSettings
from numdeck.ui.table import Cell, Column, Role, Row, SequenceSource, Table
from numdeck.ui.theme import THEME_NAMES
from tests.support import Bench
from tests.ui.support import Operator, operator_at

DRAWING = frozenset("─│╭╮╰╯━┃╺╸╹╻┏┓┗┛▌▏▎▍▋▊▉█▁▂▃▄▅▆▇▔▕╶╴ ╷╵┤├┬┴┼")
"""Frames, scrollbars and the cursor's sign: FRAME is enough for them, TEXT for all else, dim text too."""

DIM = 0.66
"""How much of its contrast terminals leave to dim text."""

# Foreground, background, and the sixteen colours.
XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
CAMPBELL = (
    "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc 767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2"
)


@dataclass(frozen=True)
class Palette:
    """How a terminal draws: its default colours, and its sixteen."""

    foreground: Color
    background: Color
    sixteen: tuple[Color, ...]

    @classmethod
    def read(cls, sixteen: str, foreground: str, background: str) -> Palette:
        colors = tuple(Color.parse(f"#{color}") for color in sixteen.split())
        return cls(Color.parse(foreground), Color.parse(background), colors)

    def color(self, color: RichColor | None, default: Color) -> Color:
        if color is None or color.type is ColorType.DEFAULT:
            return default
        if color.type is ColorType.STANDARD:
            assert color.number is not None
            return self.sixteen[color.number]
        return Color(*color.get_truecolor())


PALETTES = {
    "ansi-dark": [
        Palette.read(XTERM, "#e5e5e5", "#000000"),
        Palette.read(CAMPBELL, "#cccccc", "#0c0c0c"),
    ],
    "ansi-light": [
        Palette.read(XTERM, "#000000", "#ffffff"),
        Palette.read(CAMPBELL, "#0c0c0c", "#ffffff"),
    ],
}
TRUE_COLORS = [Palette.read(XTERM, "#ff00ff", "#ff00ff")]  # which no theme of true colours leaves to the terminal


def pair(segment: Segment, palette: Palette) -> tuple[Color, Color]:
    """Foreground and background as the terminal shows them."""
    style = segment.style
    assert style is not None
    foreground = palette.color(style.color, palette.foreground)
    background = palette.color(style.bgcolor, palette.background)
    if style.reverse:
        foreground, background = background, foreground
    if style.dim:
        foreground = background.blend(foreground, DIM)
    return foreground, background


@cache
def least(foreground: Color, background: Color, *, is_reduced: bool) -> float:
    """The contrast of two colours; `is_reduced` counts what 256 colours make of them too."""
    ratio = contrast(foreground, background)
    return min(ratio, contrast(in_256_colours(foreground), in_256_colours(background))) if is_reduced else ratio


def unreadable(operator: Operator, theme: str) -> Iterator[str]:
    """Everything on the screen that has too little contrast."""
    for strip in operator.app.screen._compositor.render_strips():
        for segment in strip:
            if not segment.text.strip():
                continue
            wanted = FRAME if set(segment.text) <= DRAWING else TEXT
            for palette in PALETTES.get(theme, TRUE_COLORS):
                foreground, background = pair(segment, palette)
                ratio = least(foreground, background, is_reduced=theme not in PALETTES)
                if ratio < wanted:
                    yield f"{segment.text!r}: {ratio:.2f} ({foreground.hex} on {background.hex})"


class RolesScreen(Screen[None]):
    """A table with every role of rows and cells, without the cursor, under it, and under that of a blurred table."""

    def compose(self) -> ComposeResult:
        columns = [Column(key=role, title=role, width=9) for role in Role]
        roles = [None, *Role]
        for name in ("focused", "blurred"):
            rows = [Row(tuple(Cell(cell, cell, ((0, 2),)) for cell in Role), role) for role in roles]
            source = SequenceSource[tuple[int, Row]](
                key=lambda item: str(item[0]), render=lambda item: item[1], items=list(enumerate(rows))
            )
            table = Table(columns, source, id=name)
            table.styles.height = len(rows) + 1
            yield table
        yield Table(columns, SequenceSource[Row](key=str, render=lambda row: row), empty_text="Nothing.")


async def every_role(operator: Operator) -> None:
    await operator.app.push_screen(RolesScreen())
    await operator.wait_idle()


async def the_desk(operator: Operator) -> None:
    """A code that is not seen, a cancelled order, one that can be cancelled, and the history."""
    bench = operator.bench
    with_code, cancelled = await bench.order(), await bench.order()
    await operator.poll(minutes=3)
    bench.sandbox.deliver(with_code.id, "79373")
    await bench.desk.cancel(cancelled.id)
    await operator.poll(seconds=5)
    await bench.order()
    await operator.poll(seconds=5)


async def a_question(operator: Operator) -> None:
    await the_desk(operator)
    await operator.press("end", "x")


async def trouble(operator: Operator) -> None:
    await the_desk(operator)
    operator.bench.sandbox.faults.add(Fault(method="GET", action="answer", status=500, times=None))
    await operator.poll(seconds=30)


async def the_history(operator: Operator) -> None:
    await the_desk(operator)
    await operator.press("h", "slash", "7")


async def the_form(operator: Operator) -> None:
    await operator.press("n", "t", "e", "l", "e")


async def the_form_with_errors(operator: Operator) -> None:
    await operator.press("n", "tab", "x", "tab", "tab", "!", "ctrl+o")


async def the_order_asked(operator: Operator) -> None:
    await operator.press("n", "t", "g", "enter", "6", "6", "7", "enter", "enter")


async def the_help(operator: Operator) -> None:
    await operator.press("question_mark")


async def the_details(operator: Operator) -> None:
    await the_desk(operator)
    await operator.press("enter")


async def the_palette(operator: Operator) -> None:
    await operator.press("ctrl+p")


Scene = Callable[[Operator], Awaitable[None]]
SCENES: tuple[Scene, ...] = (
    every_role,
    the_desk,
    a_question,
    trouble,
    the_history,
    the_form,
    the_form_with_errors,
    the_order_asked,
    the_help,
    the_details,
    the_palette,
)
SCENES_OF_ALL_ROLES = {every_role, a_question, the_form, the_palette}
"""Between them they draw every role; the others arrange the same styles, and are drawn in a few themes of each make."""

FEW_THEMES = ("numdeck", "numdeck-light", "ansi-dark", "ansi-light", "textual-dark", "solarized-light", "nord")
IN_ALL_THEMES = os.environ.get("NUMDECK_TEST_THEMES") == "all"


def in_theme(theme: str, *, sandbox: bool = False) -> UiSettings:
    return UiSettings(sandbox=sandbox, screen=ScreenSettings(utc=True, theme=theme))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_every_theme_can_be_read(bench: Bench, scene: Scene) -> None:
    found = []
    async with operator_at(bench, in_theme(THEME_NAMES[0], sandbox=True)) as operator:
        await scene(operator)
        in_all = IN_ALL_THEMES or scene in SCENES_OF_ALL_ROLES
        for theme in THEME_NAMES if in_all else FEW_THEMES:
            operator.app._put_on(theme)
            await operator.pilot.pause()
            found += [f"{theme}: {what}" for what in dict.fromkeys(unreadable(operator, theme))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", ["numdeck-light", "ansi-dark", "ansi-light", "textual-dark", "nord"])
async def test_a_theme_that_is_on_at_the_start_looks_as_one_chosen_while_running(bench: Bench, theme: str) -> None:
    await bench.order()
    async with operator_at(bench, in_theme(theme)) as operator:
        at_start = operator.app.screen._compositor.render_strips()
    async with operator_at(bench, in_theme("nord" if theme.startswith("ansi") else "ansi-light")) as operator:
        operator.app._put_on(theme)
        await operator.wait_idle()
        assert operator.app.screen._compositor.render_strips() == at_start
