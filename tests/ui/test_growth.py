"""Nothing grows with keys pressed, focus moved, screens opened: what was made for them goes with them."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter

from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.worker import Worker

from tests.support import Bench
from tests.ui.support import Operator, operator_at


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


async def test_a_hundred_changes_of_focus_leave_nothing_behind(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.press("tab", "tab", "tab")
        before = alive()
        for _ in range(100):
            operator.app.screen.focus_next()
            await drawn(operator)
        await operator.settle()
        assert not alive() - before
