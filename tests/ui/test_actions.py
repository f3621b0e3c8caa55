"""The table of actions and the settings' keymap."""

from __future__ import annotations

from collections import Counter

from numdeck.ui.actions import ACTIONS
from numdeck.ui.keymap import check_keymap
from tests.support import Bench
from tests.ui.support import operator_at


def test_ids_and_keys_are_unique() -> None:
    assert Counter(action.id for action in ACTIONS).most_common(1)[0][1] == 1
    assert check_keymap({}) is None


async def test_the_palette_has_every_action(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        commands = [*operator.app.get_system_commands(operator.app.screen)]
    assert [command.title for command in commands] == [*(action.title for action in ACTIONS), "Theme"]


async def test_only_dangerous_actions_order_or_cancel(bench: Bench) -> None:
    await bench.order()
    await bench.poll(minutes=3)
    sent = bench.sandbox.count("PUT", "*")
    harmless = [action for action in ACTIONS if not action.is_dangerous and action.id != "app.quit"]
    async with operator_at(bench) as operator:
        for action in harmless:
            await operator.press(action.keys, "enter", "escape", "escape")
    assert bench.sandbox.count("PUT", "*") == sent
