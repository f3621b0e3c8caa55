"""What the message line says of an order is true for as long as it stands there."""

from __future__ import annotations

from numdeck.desk.events import CaughtUp
from numdeck.desk.settings import DeskSettings
from numdeck.model.catch_up import Away
from numdeck.sandbox.faults import Fault
from numdeck.ui.panes.message import MessageLine
from tests.support import Bench, OpenBench
from tests.ui.support import Operator, operator_at


def said(operator: Operator) -> str:
    """What the message line says."""
    return operator.app.screen.query_one(MessageLine).said


async def test_armed_is_replaced_by_the_code_that_came_first(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.press("x")
        assert said(operator) == "Armed: it will be cancelled in 2:00, when the window opens."
        await operator.poll(seconds=5)
        assert said(operator) == "Armed: it will be cancelled in 1:55, when the window opens."
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        assert said(operator).startswith("Not cancelled: a code came first, for +1")


async def test_requested_is_replaced_by_the_money_that_is_back(bench: Bench) -> None:
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        await operator.press("x", "enter")
        assert "waiting for the service to confirm it" in said(operator)
        await operator.poll(seconds=1)
        assert said(operator).startswith("Cancelled, $0.")
        assert "refunded: +1" in said(operator)


async def test_a_request_that_was_confirmed_before_its_sentence_is_said_is_not_waited_for(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=3)
        bench.sandbox.finish(entry.id, "refund")
        await operator.press("x", "enter")
        await operator.poll(seconds=2)
        assert "waiting" not in said(operator)


async def test_what_a_plan_has_begun_is_replaced_by_its_outcome(open_bench: OpenBench) -> None:
    bench = await open_bench(desk_settings=DeskSettings(auto_cancel_after=840.0))
    await bench.poll()
    await bench.order()
    async with operator_at(bench) as operator:
        await operator.poll(minutes=14)
        await bench.desk.run_schedule()
        await operator.wait_idle()
        assert "no code came in time: cancelling." in said(operator)
        await operator.poll(seconds=2)
        assert said(operator).startswith("Cancelled, $0.")


async def test_ordered_goes_when_the_code_is_there(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter", "enter", "enter")
        assert said(operator).startswith("Ordered +1")
        bench.sandbox.deliver(next(iter(bench.desk.state.entries)), "79373")
        await operator.poll(seconds=5)
        assert "Ordered" not in said(operator)


async def test_do_not_order_again_goes_when_it_is_known_what_came_of_it(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
        await operator.press("n", *"tg", "enter", *"667", "enter", "enter", "enter")
        assert said(operator).startswith("Purchase unknown: do not order again yet.")
        await operator.poll(seconds=5)
        [attempt_id] = bench.desk.state.attempts
        [order_id] = bench.desk.state.entries
        await bench.desk.resolve_by_hand(attempt_id, order_id)
        await operator.wait_idle()
        assert "do not order again" not in said(operator)


async def test_polling_goes_when_the_answer_is_there(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("r")
        assert said(operator) == "Polling."
        await operator.poll(seconds=1)
        assert said(operator) == ""


async def test_a_summary_stands_until_it_is_taken_away(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        bench.desk._store.announce(CaughtUp(Away(codes=1), 3600.0))
        bench.desk._store.say("The balance is low.", important=True)
        await operator.wait_idle()
        await operator.press("s")
        operator.app.screen.query_one(MessageLine).tell("")  # what was said stood long enough
        await operator.poll(seconds=1)
        assert "While numdeck was not running (1 h)" in operator.screen
        await operator.press("escape")
        assert "While numdeck" not in operator.screen


async def test_masking_hides_the_number_that_the_message_line_names(bench: Bench) -> None:
    entry = await bench.order()
    async with operator_at(bench) as operator:
        await operator.press("Y")
        assert "+1" in said(operator)
        await operator.press("m")
        assert "+1" not in said(operator)
        await operator.press("m", "x")
        bench.sandbox.deliver(entry.id, "79373")
        await operator.poll(seconds=5)
        assert said(operator).startswith("Not cancelled: a code came first, for +1")
        await operator.press("m")
        await operator.poll(seconds=5)
        assert "+1" not in operator.screen


async def test_masking_keeps_what_is_wrong_with_the_connection(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        bench.sandbox.faults.add(Fault(method="GET", action="cut", times=None))
        await operator.poll(seconds=5)
        standing = said(operator)
        assert standing
        await operator.press("m")
        assert said(operator) == standing
