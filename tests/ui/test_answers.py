"""Which key answers a question: cases of instants in seconds, as they were read from the terminal."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import MouseDown, MouseUp

from numdeck.model.cancellation import PendingCancels
from numdeck.model.money import LimitExceeded
from numdeck.sandbox.faults import Fault
from numdeck.ui.answers import AnswerGate, Question, Verdict
from numdeck.ui.app import quit_question
from numdeck.ui.form.fields import AmountField
from numdeck.ui.keyboard import EscapeFinder
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.message import MessageLine
from tests.support import Bench
from tests.ui.support import Operator, operator_at

PASS, DROP, SAY_NO = Verdict.PASS, Verdict.DROP, Verdict.SAY_NO


def question(written_at: float | None) -> Question:
    return Question(lambda: None, written_at)


@pytest.mark.parametrize(
    ("written_at", "key_at", "verdict"),
    [(None, 5.0, DROP), (5.0, 4.9, DROP), (5.0, 5.0, DROP), (5.0, 5.001, PASS), (5.0, 900.0, PASS)],
    ids=["not written yet", "read before", "read with it", "read after", "much later"],
)
def test_a_key_counts_only_for_a_question_that_was_on_the_screen(
    written_at: float | None, key_at: float, verdict: Verdict
) -> None:
    assert AnswerGate().judge(key_at, question(written_at)) is verdict


def test_a_question_that_is_drawn_again_was_on_the_screen_since_it_was_drawn_first() -> None:
    asked = question(None)
    asked.was_written(5.0)
    asked.was_written(7.0)
    assert asked.was_on_screen(6.0)


@pytest.mark.parametrize(
    ("escape_at", "key_at", "verdict"),
    [(5.0, 4.999, PASS), (5.0, 5.0, SAY_NO), (5.0, 5.06, SAY_NO), (5.0, 5.1, SAY_NO), (5.0, 5.101, PASS)],
    ids=["before it", "read with it", "60 ms", "100 ms", "later"],
)
@pytest.mark.parametrize("later_escapes", [(), (7.0, 7.0)], ids=["", "others are read already"])
def test_a_key_so_soon_after_esc_says_no(
    escape_at: float, key_at: float, verdict: Verdict, later_escapes: tuple[float, ...]
) -> None:
    gate = AnswerGate()
    for at in (escape_at, *later_escapes):
        gate.escape_read(at)
    assert gate.judge(key_at, question(4.0)) is verdict


def test_esc_says_no_to_a_question_that_is_not_written_yet() -> None:
    gate = AnswerGate()
    gate.escape_read(5.0)
    assert gate.judge(5.0, question(None)) is SAY_NO


@pytest.mark.parametrize(("key_at", "verdict"), [(5.0, DROP), (5.09, DROP), (5.11, PASS)])
@pytest.mark.parametrize("next_question", [None, question(4.0)], ids=["none", "another"])
def test_what_follows_an_esc_that_said_no_is_lost(key_at: float, verdict: Verdict, next_question: Question) -> None:
    gate = AnswerGate()
    gate.escape_read(5.0)
    assert gate.judge(5.0, question(4.0)) is SAY_NO
    assert gate.judge(key_at, next_question) is verdict


def test_without_a_question_esc_takes_no_key_away() -> None:
    gate = AnswerGate()
    gate.escape_read(5.0)
    assert [gate.judge(at, None) for at in (5.0, 5.02)] == [PASS, PASS]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([("\x1b\r", 1.0)], [1.0]),
        ([("\x1b", 1.0), ("\r", 1.06)], [1.0, 1.0]),
        ([("\r\x1b", 1.0)], [1.0]),
        ([("\x1b\x1b", 1.0)], [1.0, 1.0]),
        ([("\x1bn", 1.0)], [1.0]),
        ([("\x1b[\r", 1.0)], [1.0]),
        ([("\x1bO\r", 1.0)], [1.0]),
        ([("\x1b[", 1.0), ("\r", 1.05)], [1.0]),
        ([("\x1b[A\x1bOP\x1b[13;3u\x1b[<35;7;8M\x1b[I\x1b[?2026;2$y", 1.0)], []),
        ([("\x1b[", 1.0), ("A", 1.05)], []),
        ([("\x1b[1;", 1.0), ("5A\x1b", 1.05), ("x", 1.1)], [1.05, 1.05]),
        ([("\x1b[200~ntg\r\x1b[201~", 1.0)], []),
    ],
)
def test_esc_is_found_whatever_comes_with_it(pieces: list[tuple[str, float]], found: list[float]) -> None:
    finder = EscapeFinder()
    assert [escape for text, at in pieces for escape in finder.find(text, at)] == found


def test_a_sequence_whose_rest_does_not_come_was_an_esc() -> None:
    finder = EscapeFinder()
    assert finder.find("x\x1b[", 1.0) == []
    assert finder.is_undecided
    assert [finder.give_up(), finder.give_up()] == [[1.0], []]


KEYS = st.lists(st.sampled_from(["n", "\r", "\x1b[A", "\x1bOP", "\x1b[27u", "é"]), max_size=6)


@given(before=KEYS, after=KEYS, data=st.data())
def test_however_it_is_cut_no_esc_is_missed(before: list[str], after: list[str], data: st.DataObject) -> None:
    sent = "".join([*before, "\x1b\r", *after])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=4)))
    finder = EscapeFinder()
    pieces = [sent[start:end] for start, end in pairwise([0, *cuts, len(sent)])]
    found = [escape for at, piece in enumerate(pieces) for escape in finder.find(piece, float(at))]
    read_in = next(at for at, _ in enumerate(pieces) if len("".join(pieces[: at + 1])) > len("".join(before)))
    assert float(read_in) in found


@pytest.mark.parametrize(
    ("is_purchase_out", "pending", "question"),
    [
        (False, PendingCancels(), ""),
        (False, PendingCancels(armed=1), "1 armed cancel will not run while numdeck is closed. Quit anyway?"),
        (
            False,
            PendingCancels(armed=2, automatic=1),
            "2 armed cancels and 1 automatic cancel will not run while numdeck is closed. Quit anyway?",
        ),
        (True, PendingCancels(), "A purchase is being sent, and its answer would be missed. Quit anyway?"),
        (
            True,
            PendingCancels(automatic=3),
            "A purchase is being sent, and its answer would be missed. 3 automatic cancels will not run while numdeck "
            "is closed. Quit anyway?",
        ),
    ],
)
def test_what_is_asked_before_the_end(is_purchase_out: bool, pending: PendingCancels, question: str) -> None:
    assert quit_question(is_purchase_out=is_purchase_out, pending=pending) == question


async def ask_to_cancel(operator: Operator) -> MessageLine:
    await operator.bench.order()
    await operator.poll(minutes=3)
    await operator.press("x")
    return operator.app.screen.query_one(MessageLine)


async def click(operator: Operator, x: int, y: int) -> None:
    """Click as the driver does: a pilot's clicks go past the app."""
    for kind in (MouseDown, MouseUp):
        operator.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
    await operator.wait_idle()


async def test_a_click_that_was_meant_for_what_stood_there_before_answers_nothing(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        line = await ask_to_cancel(operator)
        for seconds, is_asking in ((0.0, True), (1.0, False)):
            operator.app.between_keys = seconds
            await click(operator, *operator.app.screen.query_one(KeyLine).region.offset)
            assert line.is_asking is is_asking
        assert bench.sandbox.count("PUT") == 1


async def test_keys_and_pastes_before_the_amount_was_asked_for_are_not_typed_into_it(bench: Bench) -> None:
    typed: list[str] = []
    async with operator_at(bench) as operator:
        await operator.press("n")
        field = operator.app.screen.query_one(AmountField)
        field.ask(LimitExceeded(Decimal(5), Decimal(0)), lambda: typed.append("5"), field.close)
        await operator.wait_idle()
        operator.app.between_keys = 0.0
        await operator.press("5", "enter")
        assert (field.value, typed) == ("", [])
        operator.app.between_keys = 1.0
        await operator.press("5", "enter")
        assert typed == ["5"]


async def test_keys_before_the_settling_was_seen_settle_nothing(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter", "enter", "enter")
        await operator.press("enter")
        operator.app.between_keys = 0.0
        await operator.press("down", "enter")
        assert "What came of this purchase?" in operator.screen
        assert bench.desk.state.attempts
        operator.app.between_keys = 1.0
        await operator.press("down", "enter")
        assert not bench.desk.state.attempts


async def test_every_way_out_asks_while_a_purchase_is_out(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="delay", seconds=60))
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter", "enter")
        await operator.pilot.press("enter")
        while not bench.desk.order_in_flight:
            await operator.pilot.pause()
        line = operator.app.screen.query_one(MessageLine)
        for key in ("ctrl+q", "ctrl+c"):
            await operator.pilot.press(key)
            await operator.pilot.pause()
            assert line.said.startswith("A purchase is being sent, and its answer would be missed. Quit anyway?")
            await operator.pilot.press("escape")
        assert operator.app.is_running
