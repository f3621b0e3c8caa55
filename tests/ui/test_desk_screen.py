"""The desk screen by keyboard: what the keys do, what is asked first, and what is said."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace

import pytest
from textual.events import AppBlur, AppFocus

from numdeck.desk.settings import DeskSettings
from numdeck.journal.errors import JournalError
from numdeck.journal.journal import Journal
from numdeck.model.cancellation import CancelIntent, CancelStep
from numdeck.model.history_query import HistoryQuery
from numdeck.model.order import Status
from numdeck.sandbox.faults import Fault
from numdeck.ui.panes.active import ActiveTable
from numdeck.ui.panes.latest import LatestCode
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.settings import AlertSettings, ScreenSettings, UiSettings
from tests.support import Bench, OpenBench, until
from tests.ui.support import IN_UTC, operator_at


def clipboard(text: str) -> str:
    return f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"


async def test_a_code_is_told_in_row_panel_bell_title_and_notification_and_copied(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench, replace(IN_UTC, alerts=AlertSettings(notification="osc9"))) as operator:
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        assert "● 79373" in operator.line("code received")
        assert "\x07" in operator.app.wire.sent
        assert "\x1b]2;● code 79373" in operator.sent
        assert "\x1b]9;numdeck: code 79373" in operator.sent
        await operator.press("Y")
        number = entry.record.order.phone_number
        assert number is not None
        assert clipboard(number) in operator.sent
        assert operator.app.screen.query_one(LatestCode).has_class("-unseen")
        await operator.press("c")
        assert clipboard("79373") in operator.sent
        assert "sent to the terminal's clipboard" in operator.screen
        assert not operator.app.screen.query_one(LatestCode).has_class("-unseen")
        await operator.press("space")
        assert not bench.desk.state.entries
        assert "79373" in operator.line("success")


async def test_the_details_of_an_order_show_what_comes_while_they_are_read(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll()
        await operator.press("enter")
        assert "none yet" in operator.line("Codes")
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        assert "79373" in operator.line("Codes")
        assert "success" in operator.line("Status")
        await operator.press("escape")
        assert "Active" in operator.screen


async def test_alerts_can_be_turned_off(bench: Bench) -> None:
    entry = await bench.order()
    settings = UiSettings(screen=ScreenSettings(clipboard="off"), alerts=AlertSettings(bell=False, title=False))
    async with operator_at(bench, settings) as operator:
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        await operator.press("y")
        assert "79373" not in operator.sent
        assert "switched off" in operator.screen


async def test_cancel_asks_first_and_counts_the_money_only_when_it_is_confirmed(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x")
        assert "for a refund of $" in operator.screen
        await operator.press("n")
        assert bench.sandbox.count("PUT", "*") == 0
        await operator.press("x", "enter")
        assert bench.entry(entry.id).cancel is CancelStep.REQUESTED
        assert "requested…" in operator.screen
        assert not bench.desk.state.today.spent < 0
        await operator.poll(seconds=1)
        assert bench.entry(entry.id).record.order.status is Status.CANCELED
        assert "canceled" in operator.screen


async def test_the_history_focused_no_code_of_the_desk_is_marked_as_seen(open_bench: OpenBench) -> None:
    bench = await open_bench(history=1)
    await bench.poll()
    entry = await bench.order()
    async with operator_at(bench) as operator:
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        assert "1 unseen" in operator.line("─ Active")
        await operator.press("tab", "end", "space")
        assert "1 unseen" in operator.line("─ Active")
        assert "This row has no unseen code" in operator.screen
        await operator.press("home", "space")
        assert entry.id in bench.desk.state.entries, "its row is not under the cursor"
        assert "unseen" not in operator.line("─ Active")


async def test_the_pane_shows_the_row_of_the_focused_table(open_bench: OpenBench) -> None:
    bench = await open_bench(history=5, waiting=None)
    await bench.poll()
    async with operator_at(bench) as operator:
        assert "can_cancel: yes" in operator.line("Flags")
        await operator.press("tab")
        assert "can_cancel: no" in operator.line("Flags")
        assert "Cancel order" not in operator.screen
        await operator.press("tab")
        assert "can_cancel: yes" in operator.line("Flags")


async def test_a_question_that_has_become_moot_is_taken_back(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x")
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        message = operator.app.screen.query_one(MessageLine)
        assert (message.is_asking, message.said) == (False, "Not cancelled: the order has ended.")
        await operator.press("enter")
        assert bench.sandbox.count("PUT", "*") == 0


async def test_what_is_grave_is_said_after_the_question(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x")
        bench.desk._store.say("Something grave.", important=True)
        await operator.wait_idle()
        assert "Something grave." not in operator.screen
        await operator.press("y")
        assert bench.sandbox.count("PUT", "*") == 0, "y copies a code, and answers nothing"
        await operator.press("escape")
        assert "Something grave." in operator.screen


async def test_what_was_said_does_not_stand_for_ever(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numdeck.ui.panes.message._STAYS", 0.5)
    async with operator_at(bench) as operator:
        await operator.press("r")
        message = operator.app.screen.query_one(MessageLine)
        assert message.said == "Polling."
        await until(lambda: not message.said)


async def test_to_quit_is_asked_while_something_is_armed(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll()
        await operator.press("x", "q")
        assert "1 armed cancel will not run while numdeck is closed. Quit anyway?" in operator.screen
        await operator.press("escape", "x", "q")
        assert operator.app.return_code == 0


async def test_masked_is_masked_in_the_title_too(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        sent = len(operator.sent)
        await operator.press("m")
        assert "\x1b]2;● code ••••• for •" in operator.sent[sent:]


async def test_codes_that_were_there_at_the_first_start_are_the_latest_but_not_new(open_bench: OpenBench) -> None:
    bench = await open_bench(history=0, waiting=None)
    await bench.poll()
    async with operator_at(bench) as operator:
        assert re.search(r"· by \d\d:\d\d:\d\d", operator.screen), "nobody knows since when it was there"
        await operator.press("c")
        assert "sent to the terminal's clipboard" in operator.screen


async def test_to_look_at_another_window_is_no_answer(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x")
        operator.app.post_message(AppBlur())
        await operator.wait_idle()
        operator.app.post_message(AppFocus())
        await operator.wait_idle()
        assert "for a refund of $" in operator.screen
        await operator.press("enter")
        assert bench.sandbox.count("PUT", "*") == 1


async def test_while_a_question_is_asked_no_other_key_does_anything(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x", "R", "q", "h", "x")
        assert "for a refund of $" in operator.screen
        assert operator.app.is_running
        assert bench.sandbox.count("PUT", "*") == 0


async def test_a_yes_to_cancelling_never_disarms_what_was_armed_meanwhile(bench: Bench) -> None:
    entry = await bench.order()
    detail = {"detail": "You can cancel the phone number 2 minutes after you bought it."}
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x")
        assert "for a refund of $" in operator.screen
        bench.sandbox.faults.add(Fault(method="PUT", when="before", action="answer", status=400, body=detail))
        await bench.desk.cancel(entry.id)
        await operator.wait_idle()
        await operator.press("enter")
        assert bench.entry(entry.id).intent is CancelIntent.ARMED


async def test_the_cancel_button_says_why_it_cannot_be_pressed(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        button = operator.app.screen.query_one("#order-cancel")
        assert (button.disabled, "Cancel: opens in 2:00" in operator.screen) == (True, True)
        await operator.poll(minutes=2)
        operator.app.screen.query_one("#active").focus()
        await operator.wait_idle()
        assert (button.disabled, "Cancel order" in operator.screen) == (False, True)
        await operator.poll(minutes=13, seconds=1)
        assert button.disabled
        assert not bench.entry(entry.id).is_open


async def test_too_early_arms_and_again_disarms(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.press("x")
        assert bench.entry(entry.id).intent is CancelIntent.ARMED
        assert operator.screen.count("armed 2:00") == 2, "in its row and on the button"
        await operator.press("x")
        assert bench.entry(entry.id).intent is CancelIntent.NONE


async def test_auto_cancel_is_in_sight_and_told(open_bench: OpenBench) -> None:
    bench = await open_bench(desk_settings=DeskSettings(auto_cancel_after=840.0))
    await bench.poll()
    kept, entry = await bench.order(), await bench.order()
    await bench.desk.keep(kept.id)
    async with operator_at(bench, replace(IN_UTC, alerts=AlertSettings(notification="osc9"))) as operator:
        assert "auto-cancel after 14 min" in operator.screen
        await operator.poll(minutes=12)
        operator.app.screen.query_one(ActiveTable).move_cursor_to(entry.id)
        await operator.wait_idle()
        assert "auto in 2:00" in operator.screen
        assert "Automatically at " in operator.screen
        await operator.press("K")
        assert "auto in" not in operator.screen
        assert "Kept" in operator.screen
        await operator.press("K")
        bench.clock.advance(minutes=2)
        await bench.desk.run_schedule()
        await operator.poll(seconds=1)
        assert bench.entry(entry.id).record.order.status is Status.CANCELED
        assert bench.entry(kept.id).is_open
        assert "no code came in time: cancelling." in operator.sent


async def test_filter_and_escape(open_bench: OpenBench) -> None:
    bench = await open_bench(history=25, waiting=None)
    await bench.desk.learn_names()
    await bench.poll()
    async with operator_at(bench) as operator:
        everything = len(bench.desk.state.entries)
        active = operator.app.screen.query_one("#active")
        await operator.press("slash", *"7700", "enter")
        assert "4 hidden by the filter" in operator.screen
        await operator.press("escape")
        assert "hidden" not in operator.screen
        assert everything == 5
        assert active.has_focus
        await operator.press("tab", "slash", *"success", "enter")
        assert "canceled" not in operator.screen


@pytest.mark.parametrize("keys", [("slash", "a"), ("s",)])
async def test_a_history_that_cannot_be_read_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    def fail(_journal: Journal, _query: HistoryQuery) -> int:
        raise JournalError("The journal cannot be read: disk I/O error.")

    async with operator_at(bench) as operator:
        monkeypatch.setattr(Journal, "history_count", fail)
        await operator.press("tab", *keys)
        assert "disk I/O error" in operator.app.screen.query_one(MessageLine).said


async def test_sort_mask_utc_zoom_and_history(open_bench: OpenBench) -> None:
    bench = await open_bench(history=25, waiting=None)
    await bench.poll()
    async with operator_at(bench, UiSettings()) as operator:
        await operator.press("s")
        assert "oldest" in operator.screen
        await operator.press("s", "s", "s")
        assert "sorted: code" in operator.screen
        assert "29858 ×2" in operator.screen.splitlines()[3]
        await operator.press("m")
        assert "+44" not in operator.screen
        await operator.press("m", "u", "z")
        assert "History" not in operator.line("History 25")
        await operator.press("z", "h")
        assert operator.app.screen.query_one("#history").has_focus


async def test_read_only_has_no_keys_that_move_money(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench, UiSettings(read_only=True)) as operator:
        await operator.poll(minutes=3)
        await operator.press("n", "x", "R")
        assert "READ-ONLY" in operator.screen
        assert "Cancel: read-only" in operator.screen
        assert bench.sandbox.count("PUT", "*") == 0


async def test_other_keys_can_be_set(bench: Bench) -> None:
    async with operator_at(bench, UiSettings(keymap={"order.new": "f2", "help.open": "f1"})) as operator:
        await operator.press("n")
        assert "Order a number" not in operator.screen
        await operator.press("f2")
        assert "Order a number" in operator.screen
        await operator.press("escape", "f1")
        assert "f2" in operator.line("order.new")


async def test_the_key_that_opens_a_row_can_be_set(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench, UiSettings(keymap={"order.open": "o", "desk.sort": "!"})) as operator:
        await operator.poll()
        await operator.press("o")
        assert "none yet" in operator.line("Codes")
        await operator.press("escape", "!")
        assert "oldest" in operator.screen


async def test_troubles_are_said_while_they_last(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        bench.sandbox.faults.add(Fault(method="GET", action="answer", status=500, times=None))
        await operator.poll(seconds=5)
        assert "service fault" in operator.screen
        assert "500" in operator.screen
        bench.sandbox.faults.clear()
        await operator.poll(seconds=5)
        assert "service fault" not in operator.screen
        assert "● live" in operator.screen
        assert "500" not in operator.screen.splitlines()[-2]


@pytest.mark.parametrize(
    "code", ["\x1b]52;c;ZXZpbA==\x07", "\x9b31m", "a\x00b\u202ec", "[/b][@click=app.bell]x[/]", "9" * 5000]
)
async def test_hostile_codes_are_harmless_text(bench: Bench, code: str) -> None:
    entry = await bench.order()
    async with operator_at(bench, UiSettings(alerts=AlertSettings(notification="osc9"))) as operator:
        bench.sandbox.deliver(entry.id, code)
        await operator.poll(seconds=5)
        await operator.press("enter")
        shown = operator.screen + "".join(sent for sent in operator.app.wire.sent if not sent.startswith("\x1b]52"))
        hostile = {"\x00", "\x9b", "\u202e", "\x1b]52;c;ZXZp"}
        assert not any(sign in shown for sign in hostile)
        assert max(map(len, operator.screen.splitlines())) <= 120
