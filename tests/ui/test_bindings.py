"""The keys that Textual brings along, place by place: each was looked at, and one that is new has to be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from textual.app import App
from textual.binding import BindingsMap
from textual.screen import Screen

from numdeck.model.money import LimitExceeded
from numdeck.sandbox.faults import Fault
from numdeck.ui.app import NumdeckApp
from numdeck.ui.form.fields import AmountField
from tests.support import Bench
from tests.ui.support import Operator, operator_at

Go = Callable[[Operator], Awaitable[None]]
Keys = dict[str, str]

QUIT = {"ctrl+q": "quit", "ctrl+c": "quit"}
"""The one way out, which asks. ctrl+c is numdeck's own: Textual's copies, or says how to quit."""

PALETTE = {"ctrl+p": "command_palette"}
"""Its commands are numdeck's own table of actions. It is not there while a question is."""

FOCUS = {"tab": "app.focus_next", "shift+tab": "app.focus_previous"}
"""To turn away from a question is no."""

SELECTED_TEXT = {"super+c": "screen.copy_text"}
"""Kept within numdeck, as what is cut from a field: see `NumdeckApp.copy_to_clipboard`."""

EVERYWHERE = QUIT | PALETTE | FOCUS | SELECTED_TEXT

SCROLL = {
    "up": "scroll_up", "down": "scroll_down", "left": "scroll_left", "right": "scroll_right", "home": "scroll_home",
    "end": "scroll_end", "pageup": "page_up", "pagedown": "page_down", "ctrl+pageup": "page_left",
    "ctrl+pagedown": "page_right",
}  # fmt: skip

EDIT = {
    "left": "cursor_left", "shift+left": "cursor_left(True)", "ctrl+left": "cursor_left_word",
    "ctrl+shift+left": "cursor_left_word(True)", "right": "cursor_right", "shift+right": "cursor_right(True)",
    "ctrl+right": "cursor_right_word", "ctrl+shift+right": "cursor_right_word(True)", "home": "home",
    "shift+home": "home(True)", "end": "end", "shift+end": "end(True)", "backspace": "delete_left",
    "delete": "delete_right", "ctrl+a": "home", "ctrl+e": "end", "ctrl+d": "delete_right", "ctrl+w": "delete_left_word",
    "ctrl+u": "delete_left_all", "ctrl+k": "delete_right_all", "super+backspace": "delete_left_all",
    "ctrl+backspace": "delete_right_word", "alt+backspace": "delete_right_word", "ctrl+shift+a": "select_all",
    "ctrl+x": "cut", "super+c": "copy", "ctrl+v": "paste", "enter": "submit",
}  # fmt: skip
"""What edits a field. None of it orders: `submit` goes on to the next field, or takes the amount that was asked for."""

LIST = {
    "down": "cursor_down", "up": "command_list('cursor_up')", "pagedown": "command_list('page_down')",
    "pageup": "command_list('page_up')", "ctrl+home": "command_list('first')", "shift+home": "command_list('first')",
    "ctrl+end": "command_list('last')", "shift+end": "command_list('last')", "escape": "escape",
}  # fmt: skip


# Textual does not list what is bound outside a modal screen; what has priority, as QUIT has, works there all the same:
# tests/terminal/test_answers.py.


def pressing(*keys: str) -> Go:
    async def go(operator: Operator) -> None:
        await operator.press(*keys)

    return go


async def lost_purchase(operator: Operator) -> None:
    operator.bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    await operator.press("n", *"tg", "enter", *"667", "enter", "enter", "enter")
    await operator.press("enter")
    assert "What came of this purchase?" in operator.screen


async def amount(operator: Operator) -> None:
    await operator.press("n")
    field = operator.app.screen.query_one(AmountField)
    field.ask(LimitExceeded(Decimal(1), Decimal(0)), lambda: None, field.close)
    await operator.wait_idle()


async def question(operator: Operator) -> None:
    await operator.bench.order()
    await operator.poll(minutes=3)
    await operator.press("x")
    assert "Cancel +1" in operator.screen


async def details(operator: Operator) -> None:
    await operator.bench.order()
    await operator.poll(seconds=5)
    await operator.press("enter")
    assert "times in UTC" in operator.screen


def _without(keys: Keys, *gone: str) -> Keys:
    return {key: action for key, action in keys.items() if key not in gone}


FORM = ("n", *"tg", "enter", *"667")


@pytest.mark.parametrize(
    ("go", "brought"),
    [
        (pressing(), EVERYWHERE),
        (pressing("slash"), EVERYWHERE | SCROLL | EDIT),
        (question, QUIT | FOCUS),
        (details, EVERYWHERE | _without(SCROLL, "up", "down")),
        (pressing("question_mark"), EVERYWHERE | SCROLL),
        (pressing("n"), EVERYWHERE | _without(SCROLL, "up", "down", "pageup", "pagedown") | EDIT),
        (pressing(*FORM, "tab"), EVERYWHERE | _without(SCROLL, "left", "right")),
        (pressing(*FORM, "tab", "tab"), EVERYWHERE | SCROLL | EDIT),
        (pressing(*FORM, "enter"), EVERYWHERE | SCROLL | {"enter": "press"}),
        (amount, QUIT | FOCUS | SCROLL | EDIT),
        (lost_purchase, QUIT | FOCUS | SELECTED_TEXT),
        (pressing("ctrl+p"), FOCUS | LIST | SCROLL | EDIT | {"ctrl+c": "copy"}),
    ],
    ids=[
        "desk", "filter", "question", "details", "help", "service", "markup", "promo code", "button", "amount",
        "settling", "palette",
    ],
)  # fmt: skip
async def test_what_textual_brings_along(bench: Bench, go: Go, brought: Keys) -> None:
    async with operator_at(bench) as operator:
        await go(operator)
        assert brought_by_textual(operator.app.screen) == brought


def brought_by_textual(screen: Screen[Any]) -> Keys:
    """The active keys that a class of Textual binds, and those that the app binds beside them."""
    brought = {}
    for key, active in screen.active_bindings.items():
        action, node = active.binding.action, active.node
        classes = [kind for kind in type(node).__mro__ if kind.__module__.startswith("textual.")]
        if isinstance(node, App) or any(_binds(kind, key, action) for kind in classes):
            brought[key] = action
    return brought


def _binds(kind: type, key: str, action: str) -> bool:
    bound = BindingsMap(kind.__dict__.get("BINDINGS", ())).key_to_bindings.get(key, [])
    return any(binding.action == action for binding in bound)


async def test_the_palette_has_only_what_numdeck_puts_into_it(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        titles = [command.title for command in operator.app.get_system_commands(operator.app.screen)]
        assert {"Quit", "Theme"} <= set(titles)
        assert not {"Maximize", "Minimize", "Screenshot", "Keys", "Hide keys and help panel"} & set(titles)
        assert NumdeckApp.COMMANDS == App.COMMANDS


async def test_nothing_that_is_cut_reaches_the_terminal(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"secret", "ctrl+shift+a", "ctrl+x")
        assert "secret" not in operator.line("Service")
        assert "\x1b]52" not in operator.sent
        await operator.press("ctrl+v")
        assert "secret" in operator.line("Service")
