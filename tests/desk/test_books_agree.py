"""Random operators, random faults: whatever happens, the desk and its journal agree with the sandbox's own books."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError
from numdeck.api.session import Timeouts
from numdeck.clock import ServiceClock
from numdeck.desk.desk import Desk, DeskSettings
from numdeck.desk.events import CodesArrived
from numdeck.desk.purchaser import NotOrdered
from numdeck.desk.state import CancelStep
from numdeck.journal.journal import Journal
from numdeck.journal.threaded import JournalThread
from numdeck.model.record import Attempt, Origin
from numdeck.model.request import OrderRequest, Period, Provider
from numdeck.model.window import CancelReason
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.order import CANCEL_CLOSES, CANCEL_OPENS, UNFINISHED
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.quirks import Quirks
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, SandboxSettings
from tests.support import Bench, DeskClock

T = TypeVar("T")

FAULTS: Final = st.sampled_from(
    [
        Fault(when="before", action="cut"),
        Fault(when="after", action="cut"),
        Fault(when="after", action="truncate"),
        Fault(when="after", action="answer", status=502),
        Fault(when="before", action="answer", status=500),
        Fault(when="before", action="answer", status=503, headers={"Retry-After": "3"}),
        Fault(when="before", action="answer", status=429, headers={"Retry-After": "7"}, body={"detail": "no"}),
        Fault(when="after", action="answer", status=200, body="<html>"),
        Fault(when="after", action="answer", status=302, headers={"Location": "https://elsewhere.invalid/"}),
    ]
)
REQUESTS: Final = st.sampled_from(
    [
        OrderRequest(service_code="tg", country_code="667"),
        OrderRequest(provider=Provider.RESIDENTIAL, service_code="wa", country_code="2"),
        OrderRequest(provider=Provider.RESIDENTIAL_RENT, period=Period.DAY_3, service_code="am", country_code="667"),
    ]
)
LAGS: Final = st.sampled_from(
    [Quirks(), Quirks(detail_lag=4), Quirks(detail_lag=4, history_lag=30), Quirks(list_lag=8, history_lag=10)]
)
SECONDS: Final = st.sampled_from([1, 5, 30, 60, 119, 121, 400, 899])
tally: Counter[str] = Counter()
"""What the runs came to, printed at the end."""


class OperatorAndWorld(RuleBasedStateMachine):
    """An operator at a desk, a world that does as it likes, and a line between them that breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.clock = ManualClock()
        self.presses = 0
        self.is_auto = False
        self.told: Counter[tuple[str, str]] = Counter()

    def do(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    async def open_desk(self) -> Bench:
        desk_clock = ServiceClock(DeskClock(self.clock))
        timeouts = Timeouts(connect=20.0, read=20.0, write=20.0, pool=20.0)
        self.is_auto = not self.is_auto
        desk_settings = DeskSettings(keep_ended=10**9, auto_cancel_after=840.0 if self.is_auto else None)
        client = NumbersClient(self.server.base_url, SANDBOX_KEY, desk_clock, timeouts=timeouts)
        journal = await JournalThread.open(Path(self.folder.name) / "journal.sqlite3")
        desk = Desk(client, journal, desk_clock, desk_settings)
        await desk.open()
        bench = Bench(desk, self.sandbox, self.clock)
        desk.listen(bench.events.append)
        return bench

    def teardown(self) -> None:
        """Let everything calm down, and the operator settle what is left: then nothing is open, lost or told twice."""
        try:
            tally["faults struck"] -= len(self.sandbox.faults)
            self.sandbox.faults.clear()
            for _ in range(18):  # beyond the life of every number but the rentals
                self.do(self.bench.poll(seconds=61))
            for attempt in list(self.bench.desk.state.attempts.values()):
                tally["settled by hand"] += 1
                self.do(self.bench.desk.settle_by_hand(attempt.id, self.what_came_of(attempt)))
            self.check_that_all_is_known()
        finally:
            self.do(self.bench.desk.close())
            self.server.stop()
            self.loop.close()
            self.folder.cleanup()

    # What the operator does

    @initialize(request=REQUESTS, quirks=LAGS)
    def first_order(self, request: OrderRequest, quirks: Quirks) -> None:
        quiet = SandboxSettings(
            history=3,
            waiting=2,
            is_silent=True,
            reads_per_minute=10**6,
            purchases_per_minute=10**6,
            balance=Decimal(10**6),
            quirks=quirks,
        )
        self.sandbox = Sandbox(quiet, clock=self.clock)
        self.server = SandboxServer(self.sandbox)
        self.server.start()
        self.elsewhere: set[str] = {order.id.hex for order in self.sandbox.book.orders()}
        self.bench = self.do(self.open_desk())
        self.do(self.bench.poll())
        self.order(request)

    @rule(request=REQUESTS)
    def order(self, request: OrderRequest) -> None:
        self.presses += 1
        tally["purchases"] += 1
        self.clock.advance(1)  # a press takes a moment
        try:
            attempt = self.do(self.bench.desk.order(request))
            tally["purchases with an unknown outcome"] += attempt.is_open
        except (ApiError, NotOrdered):
            tally["purchases refused"] += 1

    @rule(request=REQUESTS, fault=FAULTS)
    def order_on_a_broken_line(self, request: OrderRequest, fault: Fault) -> None:
        self.break_the_line(fault, "POST")
        self.order(request)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        entries = list(self.bench.desk.state.entries)
        if entries:
            tally["cancels"] += 1
            self.do(self.bench.desk.cancel(data.draw(st.sampled_from(entries))))

    @rule(seconds=SECONDS)
    def wait_and_poll(self, seconds: int) -> None:
        tally["polls"] += 1
        self.do(self.bench.poll(seconds=seconds))
        self.do(self.bench.desk.follow_plans())

    @rule(data=st.data())
    def keep(self, data: st.DataObject) -> None:
        entries = list(self.bench.desk.state.entries)
        if entries:
            self.do(self.bench.desk.keep(data.draw(st.sampled_from(entries))))

    @rule()
    def restart(self) -> None:
        tally["restarts"] += 1
        self.count_what_was_told()
        self.do(self.bench.desk.close())
        self.bench = self.do(self.open_desk())
        self.do(self.bench.desk.follow_once())  # as every start does at once

    # What the world does

    @rule(fault=FAULTS, method=st.sampled_from(["GET", "POST", "PUT", "*"]))
    def break_the_line(self, fault: Fault, method: str) -> None:
        tally["faults struck"] += 1
        self.sandbox.faults.add(replace(fault, method=method))

    @rule(data=st.data(), calculation=st.sampled_from([0.0, 20.0]))
    def deliver(self, data: st.DataObject, calculation: float) -> None:
        waiting = [order for order in self.sandbox.book.active() if order.status in UNFINISHED]
        if waiting:
            tally["codes"] += 1
            order = data.draw(st.sampled_from(waiting))
            self.sandbox.deliver(order.id, str(1000 + tally["codes"]), calculation_seconds=calculation)

    @precondition(lambda self: not self.sandbox.settings.quirks.list_lag)  # else it may be listed before ours
    @rule()
    def buy_elsewhere(self) -> None:
        order = self.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL, service_code="go", country_code="2"))
        self.elsewhere.add(order.id.hex)

    # What has to hold after every step

    @invariant()
    def no_purchase_is_sent_without_a_press(self) -> None:
        assert self.sandbox.count("POST", "*") <= self.presses

    @invariant()
    def every_charge_is_known_or_unknown(self) -> None:
        state = self.bench.desk.state
        ours = {order.id.hex for order in self.sandbox.book.orders()} - self.elsewhere
        missing = {order_id for order_id in ours if order_id not in state.entries}
        journaled = self.do(self.bench.desk.journal.run(Journal.find, missing)) if missing else {}
        assert len(missing - set(journaled)) <= len(state.attempts)

    @invariant()
    def nothing_is_enabled_that_must_be_refused(self) -> None:
        now = self.clock.now()
        for entry in self.bench.desk.state.entries.values():
            order = self.sandbox.order(entry.id)
            if self.bench.desk.rule(entry).reason is CancelReason.OPEN and entry.is_open:
                assert CANCEL_OPENS <= now - order.bought_at <= CANCEL_CLOSES
            if entry.cancel is CancelStep.NONE and entry.record.origin is Origin.HERE and entry.record.codes:
                assert not self.bench.desk.rule(entry).allowed

    def what_came_of(self, attempt: Attempt) -> str | None:
        """The operator knows what they ordered, and which of the orders are somebody else's."""
        for record in (each.record for each in self.do(self.bench.desk.candidates(attempt.id))):
            order = self.sandbox.order(record.id)
            asked_for = (attempt.request.service_code, attempt.request.country_code)
            if record.id not in self.elsewhere and (order.service_code, order.country_code) == asked_for:
                return record.id
        return None

    def count_what_was_told(self) -> None:
        for event in self.bench.events:
            if isinstance(event, CodesArrived):
                self.told.update((event.entry.id, code.text) for code in event.codes)

    def check_that_all_is_known(self) -> None:
        self.count_what_was_told()
        assert all(count == 1 for count in self.told.values()), "a code was told twice"
        orders = self.sandbox.book.orders()
        known = self.do(self.bench.desk.journal.run(Journal.find, [order.id.hex for order in orders]))
        for order in orders:
            record = known[order.id.hex]
            assert Counter(code.text for code in record.codes) == Counter(order.codes)
            assert record.order.status.value == order.status.value
            told = {code: count for (order_id, code), count in self.told.items() if order_id == record.id}
            assert set(told) == set(order.codes) or record.id in self.elsewhere, "a code was not told"
        said = [known[order.id.hex] for order in orders if order.id.hex not in self.elsewhere]
        charged = sum(entry.amount for entry in self.sandbox.charges if entry.order_id.hex not in self.elsewhere)
        returned = sum(entry.amount for entry in self.sandbox.refunds if entry.order_id.hex not in self.elsewhere)
        assert sum(record.order.price or 0 for record in said) == charged
        assert sum(record.order.price or 0 for record in said if record.order.status.is_refunded) == returned


RUNS: Final = int(os.environ.get("NUMDECK_TEST_RUNS", "30"))
STEPS: Final = int(os.environ.get("NUMDECK_TEST_STEPS", "30"))
"""Set the environment for a long soak."""


def test_the_books_agree(record_property: Callable[[str, object], None]) -> None:
    """The steps run and the faults injected are printed in the summary of the test run."""
    tally.clear()
    run_state_machine_as_test(
        OperatorAndWorld,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    figures = ", ".join(f"{count} {name}" for name, count in sorted(tally.items()))
    record_property("figures", f"The books agreed after {figures}.")
