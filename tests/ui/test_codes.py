"""No code goes unseen: it is marked until it was seen, found by a key, listed beside the newest, on every screen."""

from __future__ import annotations

from base64 import b64encode

import pytest

from numdeck.sandbox.purchase import Purchase
from numdeck.ui.screens.desk import next_stop
from tests.support import Bench
from tests.ui.support import Operator, operator_at


def clipboard(text: str) -> str:
    return f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"


async def codes_come(operator: Operator, **texts: str) -> None:
    """Deliver codes, by the ids of their orders, all before one poll."""
    for order_id, text in texts.items():
        operator.bench.sandbox.deliver(order_id.removeprefix("id"), text)
    await operator.poll(seconds=5)


async def test_what_left_the_desk_unseen_is_marked_in_the_history_until_it_is_seen_there(bench: Bench) -> None:
    stranger = bench.sandbox.buy(Purchase()).id.hex
    await bench.poll(seconds=5)
    async with operator_at(bench) as operator:
        await codes_come(operator, **{f"id{stranger}": "79373"})
        await operator.poll(minutes=11)
        assert not bench.desk.state.entries
        assert "1 unseen" in operator.line("─ History")
        assert "● 79373" in operator.line("success")
        await operator.press("tab", "space")
        assert "unseen" not in operator.line("─ History")
        assert "●" not in operator.line("success")


@pytest.mark.parametrize("key", ["y", "c"])
async def test_a_code_that_is_copied_is_seen(bench: Bench, key: str) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await codes_come(operator, **{f"id{entry.id}": "79373"})
        await operator.press(key)
        assert clipboard("79373") in operator.sent
        assert bench.entry(entry.id).record.unseen == ()
        assert "unseen" not in operator.screen


async def test_copying_in_the_history_marks_as_seen(bench: Bench) -> None:
    stranger = bench.sandbox.buy(Purchase()).id.hex
    await bench.poll(seconds=5)
    async with operator_at(bench) as operator:
        await codes_come(operator, **{f"id{stranger}": "79373"})
        await operator.poll(minutes=11)
        await operator.press("tab", "y")
        assert clipboard("79373") in operator.sent
        assert "unseen" not in operator.screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_keys_go_to_every_unseen_code_on_the_desk_and_in_the_history(bench: Bench, size: tuple[int, int]) -> None:
    stranger = bench.sandbox.buy(Purchase()).id.hex
    await bench.poll(seconds=5)
    async with operator_at(bench, size=size) as operator:
        await codes_come(operator, **{f"id{stranger}": "1111"})
        await operator.poll(minutes=11)
        first = await bench.order()
        await bench.order()
        last = await bench.order()
        await codes_come(operator, **{f"id{first.id}": "2222", f"id{last.id}": "3333"})
        visited = []
        for key in ("full_stop", "full_stop", "full_stop", "comma", "comma"):
            await operator.press(key, "Y", "y")
            visited.append([code for code in ("1111", "2222", "3333") if clipboard(code) in operator.sent])
        assert [len(codes) for codes in visited] == [1, 2, 3, 3, 3]
        assert "unseen" not in operator.screen.replace("No code is unseen", "")
        await operator.press("full_stop")
        assert "No code is unseen." in operator.screen


async def test_the_filter_is_said_to_hide_what_the_keys_do_not_find(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await codes_come(operator, **{f"id{entry.id}": "79373"})
        await operator.press("slash", *"nothing", "enter", "tab", "slash", *"nothing", "enter", "tab", "full_stop")
        assert "The filter hides the unseen codes" in operator.screen


@pytest.mark.parametrize(
    ("here", "step", "there"),
    [((0, 0), 1, (0, 2)), ((0, 2), 1, (1, 5)), ((1, 5), 1, (0, 2)), ((0, 2), -1, (1, 5)), ((1, 9), -1, (1, 5))],
)
def test_the_next_stop_goes_round_and_round(here: tuple[int, int], step: int, there: tuple[int, int]) -> None:
    stops = [(0, 2), (1, 5)]
    assert next_stop(stops, here, step) == there
    assert next_stop([here], here, step) == here
    assert next_stop([], here, step) is None
