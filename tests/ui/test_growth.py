"""Nothing grows with keys pressed, focus moved, screens opened: what was made for them goes with them."""

from __future__ import annotations

import asyncio
import gc
import os
from collections import Counter

import pytest
from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.worker import Worker

from numdeck.sandbox.faults import Fault
from numdeck.ui.app import NumdeckApp
from numdeck.ui.screens.resolve import ResolveScreen
from numdeck.ui.settings import UiSettings
from tests.support import TELEGRAM, Bench, until
from tests.ui.support import Operator, operator_at

TIMES_OPENED = int(os.environ.get("NUMDECK_TEST_OPENINGS", "4"))
"""What is left behind each time shows in four as in two hundred; set the environment for more."""


def alive() -> Counter[str]:
    """Everything of the screen that lives: widgets, watchers, timers, workers, by kind."""
    gc.collect()
    count: Counter[str] = Counter()
    for thing in gc.get_objects():
        if isinstance(thing, MessagePump | Timer | Worker):
            count[type(thing).__name__] += 1
            for watchers in getattr(thing, "__watchers", {}).values():
                count[f"watchers of {type(thing).__name__}"] += len(watchers)
    return count


async def drawn(operator: Operator) -> None:
    """Wait until what just changed is on the screen."""
    done = asyncio.Event()
    operator.app.screen.call_after_refresh(done.set)
    await done.wait()


async def test_forty_changes_of_focus_leave_nothing_behind(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.press("tab", "tab", "tab")
        before = alive()
        for _ in range(40):
            operator.app.screen.focus_next()
            await drawn(operator)
        await operator.wait_idle()
        assert not alive() - before


SCREENS = {
    "help": ("question_mark", "escape"),
    "details": ("enter", "escape"),
    "order form": ("n", "escape"),
    "command palette": ("ctrl+p", "escape"),
    "question": ("x", "escape"),
    "filter": ("slash", "escape"),
    "larger history": ("h", "h"),
}


@pytest.mark.parametrize("keys", SCREENS.values(), ids=SCREENS)
async def test_screens_that_were_opened_leave_nothing_behind(bench: Bench, keys: tuple[str, str]) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await open_and_close(operator, keys)


async def test_the_screen_of_a_lost_purchase_leaves_nothing_behind(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    await bench.desk.order(TELEGRAM)
    async with operator_at(bench) as operator:
        await operator.press("enter")
        assert isinstance(operator.app.screen, ResolveScreen)
        await operator.press("escape")
        await open_and_close(operator, ("enter", "escape"))


async def open_and_close(operator: Operator, keys: tuple[str, str]) -> None:
    """Open something and close it again many times, and look whether anything is left of it."""
    await operator.press(*keys * 2)
    before = alive()
    for key in keys * TIMES_OPENED:
        await operator.press(key)
    await until(lambda: not alive() - before)  # a palette closes when its search has ended


async def test_orders_that_came_and_went_leave_nothing_on_the_desk(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await come_and_go(operator)
        before = alive()
        for _ in range(4):
            await come_and_go(operator)
        assert not bench.desk.state.entries
        assert (alive() - before).keys() <= {"ScrollBar"}, "the history may be longer than its pane by now"


async def come_and_go(operator: Operator) -> None:
    """An order gets a code that is seen, another is cancelled, and both leave the desk."""
    bench = operator.bench
    with_code, cancelled = await bench.order(), await bench.order()
    bench.sandbox.deliver(with_code.id, "79373")
    await operator.poll(minutes=3)
    await operator.press("space", "down", "space")
    await bench.desk.cancel(cancelled.id)
    await operator.poll(seconds=30)
    await operator.poll(minutes=11)
    bench.events.clear()


async def test_garbage_is_collected_once_the_screen_stands(bench: Bench) -> None:
    gc.disable()  # as the start of the program does
    try:
        async with NumdeckApp(bench.desk, UiSettings()).run_test() as pilot:
            await pilot.pause()
            assert gc.isenabled()
    finally:
        gc.enable()
