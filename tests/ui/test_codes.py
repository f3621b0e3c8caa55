"""No code goes unseen: it is marked until it was seen, found by a key, listed beside the newest, on every screen."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from numdeck.model.request import Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.ui.panes.desk_panes import next_stop
from numdeck.ui.panes.history import HistoryTable
from numdeck.ui.panes.latest import CodeLine, LatestCode
from numdeck.ui.panes.text import StaticText
from tests.support import TELEGRAM, Bench, OpenBench
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


def rows_with(operator: Operator, *texts: str) -> list[str]:
    """The lines of the screen that have all these texts."""
    return [line for line in operator.screen.splitlines() if all(text in line for text in texts)]


def panel(operator: Operator) -> str:
    """All that the panel of the latest code says, but for its big digits."""
    return "\n".join(part.said for part in operator.app.screen.query_one(LatestCode).query(StaticText) if part.display)


async def test_the_panel_lists_the_codes_of_one_poll_and_a_restart_shows_the_same(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path)
    await first.poll()
    entries = [await first.order() for _ in range(6)]
    codes = {f"id{entry.id}": f"{number}" * 4 for number, entry in enumerate(entries, 1)}
    async with operator_at(first) as operator:
        await codes_come(operator, **codes)
        shown = panel(operator)
        latest = operator.app.screen.query_one(LatestCode).latest
        assert latest is not None
        assert shown.count("● ") == 4, "the newest, and three lines below"
        assert "+2 more" in shown
        await operator.press("c")
        assert clipboard(latest[1].text) in operator.sent, "what is copied is what is big"
        assert shown.count(latest[1].text) == 0
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    async with operator_at(second) as operator:
        again = operator.app.screen.query_one(LatestCode).latest
        assert again is not None
        assert (again[0].id, again[1].text) == (latest[0].id, latest[1].text)
        assert panel(operator).splitlines()[1:] == shown.splitlines()[1:]


async def test_the_newest_code_is_known_after_a_restart_though_its_order_has_left(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    first = await open_bench(journal=path, history=60)
    await first.poll()
    entry = await first.order()
    first.sandbox.deliver(entry.id, "79373")
    await first.poll(seconds=5)
    await first.see(entry.id)
    await first.desk.close()
    second = await open_bench(journal=path, sandbox=first.sandbox)
    async with operator_at(second) as operator:
        latest = operator.app.screen.query_one(LatestCode).latest
        assert latest is not None
        assert latest[1].text == "79373"


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_where_the_panel_is_one_line_it_counts_the_other_codes(bench: Bench, size: tuple[int, int]) -> None:
    entries = [await bench.order() for _ in range(3)]
    async with operator_at(bench, size=size) as operator:
        await codes_come(operator, **{f"id{entry.id}": "1234" for entry in entries})
        assert "● 1234 · +2 unseen" in operator.screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
@pytest.mark.parametrize("keys", [("n", "tab"), ("question_mark",), ("enter",), ("end", "z")])
async def test_a_code_is_in_sight_on_every_screen_and_is_copied_there(
    bench: Bench, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    waiting = await bench.order()
    async with operator_at(bench, size=size) as operator:
        await operator.poll()
        await operator.press(*keys)
        line = operator.app.screen.query_one(CodeLine)
        assert not line.region, "it takes no room before there is a code"
        await codes_come(operator, **{f"id{waiting.id}": "79373"})
        assert "● 79373 +" in line.said
        assert "79373" in operator.screen.splitlines()[line.region.y]
        if keys[0] == "n":
            await operator.press("shift+tab", "c")
            assert clipboard("79373") not in operator.sent, "a letter is typed there"
            await operator.press("tab", "tab")
        await operator.press("c")
        assert clipboard("79373") in operator.sent
        assert bench.entry(waiting.id).record.unseen == ()


async def test_a_code_is_in_sight_while_a_purchase_is_settled(bench: Bench) -> None:
    waiting = await bench.order()
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    await bench.desk.order(TELEGRAM)
    async with operator_at(bench) as operator:
        await operator.press("home", "enter")
        assert "What came of this purchase?" in operator.screen
        await codes_come(operator, **{f"id{waiting.id}": "79373"})
        assert "● 79373" in operator.app.screen.query_one(CodeLine).said
        await operator.press("c")
        assert clipboard("79373") in operator.sent


async def test_the_line_of_codes_is_masked_as_the_desk_is(bench: Bench) -> None:
    waiting = await bench.order()
    async with operator_at(bench) as operator:
        await operator.press("m", "question_mark")
        await codes_come(operator, **{f"id{waiting.id}": "79373"})
        line = operator.app.screen.query_one(CodeLine)
        assert line.said.startswith("● ••••• •")
        await operator.press("c")
        assert clipboard("79373") in operator.sent
        assert "79373" not in operator.screen


async def test_older_codes_of_a_rental_are_copied_from_its_details(bench: Bench) -> None:
    order = bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK))
    await bench.poll(seconds=5)
    async with operator_at(bench, size=(60, 20)) as operator:
        for code in ("1111", "2222", "3333"):
            await codes_come(operator, **{f"id{order.id.hex}": code})
        await operator.press("enter", "y")
        assert clipboard("3333") in operator.sent
        await operator.press("down", "j", "down", "y")
        assert clipboard("1111") in operator.sent
        await codes_come(operator, **{f"id{order.id.hex}": "4444"})
        await operator.press("k", "y", "c", "Y")
        assert clipboard("2222") in operator.sent, "a new code does not move the cursor to another one"
        assert clipboard("4444") in operator.sent
        assert clipboard(order.phone_number) in operator.sent
        assert bench.entry(order.id.hex).record.unseen == ()


async def test_the_cursor_at_the_top_of_the_history_stays_there_and_elsewhere_on_its_row(open_bench: OpenBench) -> None:
    bench = await open_bench(history=30)
    await bench.poll()
    async with operator_at(bench) as operator:
        history = operator.app.screen.query_one(HistoryTable)
        entries = [await bench.order() for _ in range(2)]
        await operator.press("tab")
        await codes_come(operator, **{f"id{entries[0].id}": "1111"})
        assert (history.cursor_key, history.cursor_index) == (entries[0].id, 0)
        assert rows_with(operator, "success", "1111")
        await operator.press("down", "down")
        key = history.cursor_key
        await codes_come(operator, **{f"id{entries[1].id}": "2222"})
        assert (history.cursor_key, history.cursor_index) == (key, 3)
        assert rows_with(operator, "success", "2222"), "the newest row is still in sight"


async def test_what_copying_did_is_said_whole_beside_the_codes_on_a_narrow_screen(bench: Bench) -> None:
    one, other = await bench.order(), await bench.order()
    async with operator_at(bench, size=(60, 20)) as operator:
        await codes_come(operator, **{f"id{one.id}": "1111"})
        await codes_come(operator, **{f"id{other.id}": "2222"})
        await operator.press("enter", "c")
        lines = " ".join(operator.screen.split())
        assert "sent to the terminal's clipboard." in lines
        assert "● 1111 +1" in lines
