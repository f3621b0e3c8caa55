"""The line of keys: what it names, in how much room, and what a click on it does."""

from __future__ import annotations

import pytest

from numdeck.ui.actions import InFooter
from numdeck.ui.panes.keys import KeyLabel, KeyLine, fitting
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.settings import UiSettings
from tests.support import Bench
from tests.ui.support import Operator, operator_at


def label(key: str, rank: InFooter = InFooter.ALWAYS) -> KeyLabel:
    return KeyLabel(key, key, "Do", f"do_{key}", rank)


LABELS = (label("a"), label("b", InFooter.WIDE), label("c", InFooter.NORMAL), label("d"), label("e", InFooter.WIDE))


@pytest.mark.parametrize(
    ("width", "keys"),
    [
        (200, "abcde"),
        (24, "abcde"),
        (23, "abcd"),
        (19, "abcd"),
        (18, "acd"),
        (13, "ad"),
        (8, "a"),
        (3, ""),
        (0, ""),
    ],
)
def test_the_most_important_keys_are_named_in_the_room_there_is(width: int, keys: str) -> None:
    assert "".join(each.key for each in fitting(LABELS, width)) == keys


def last_line(operator: Operator) -> str:
    return operator.screen.splitlines()[-1].rstrip()


async def click(operator: Operator, title: str, *, times: int = 1) -> None:
    column = last_line(operator).index(title)
    await operator.pilot.click(operator.app.screen.query_one(KeyLine), offset=(column, 0), times=times)
    await operator.wait_idle()


async def test_it_names_what_the_keys_do_now(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        assert "n New R Repeat x Cancel" in last_line(operator)
        assert last_line(operator).endswith("q Quit")
        await operator.press("slash")
        assert "n New" not in last_line(operator), "letters are text while a field has the focus"
        await operator.press("escape", "question_mark")
        assert last_line(operator).startswith("esc Back")
        await operator.press("escape", "n")
        assert last_line(operator).startswith("esc Back ctrl+o Order ctrl+f Pin")


async def test_it_names_the_keys_of_the_keymap_and_none_that_is_not_there(bench: Bench) -> None:
    settings = UiSettings(read_only=True, keymap={"code.copy_latest": "f8,ctrl+k"})
    async with operator_at(bench, settings, size=(60, 20)) as operator:
        assert last_line(operator).startswith("f8 Copy ? Help space Seen")
        assert "New" not in last_line(operator)
        assert "Cancel" not in last_line(operator)


async def test_it_names_only_the_answers_while_a_question_is_asked(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x")
        assert last_line(operator) == "enter Yes esc No"
        await operator.press("escape")
        assert "x Cancel" in last_line(operator)


async def test_a_narrower_screen_names_fewer_keys(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        assert "s Sort" in last_line(operator)
        await operator.pilot.resize_terminal(60, 20)
        await operator.wait_idle()
        assert last_line(operator) == "n New x Cancel c Copy ? Help / Filter h History q Quit"


async def test_a_click_does_what_the_key_does(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await click(operator, "Help")
        assert last_line(operator).startswith("esc Back")
        await click(operator, "Back")
        assert "n New" in last_line(operator)
        before = bench.sandbox.count("GET", "*")
        await click(operator, "Refresh")
        assert "Polling." in operator.screen
        assert bench.sandbox.count("GET", "*") == before, "the test's desk polls when it is told to"


async def test_a_double_click_answers_no_question_that_its_first_click_asked(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await click(operator, "x Cancel", times=2)
        assert operator.app.screen.query_one(MessageLine).is_asking
        assert bench.sandbox.count("PUT", "*") == 0
        await click(operator, "esc No")
        assert not operator.app.screen.query_one(MessageLine).is_asking
        assert bench.entry(entry.id).is_open
        assert bench.sandbox.count("PUT", "*") == 0
