"""Random operators, strangers and faults: the desks and their journal agree with the sandbox's own books."""

from __future__ import annotations

import asyncio
import contextlib
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
from numdeck.api.session import Timeouts
from numdeck.clock import ServiceClock
from numdeck.desk.desk import Desk
from numdeck.desk.events import CodesArrived
from numdeck.desk.port import DeskError
from numdeck.desk.settings import DeskSettings
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.journal import Journal
from numdeck.journal.names import NamesFile
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import CancelStep
from numdeck.model.record import Origin
from numdeck.model.request import Attempt, OrderRequest, Period, Provider
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.lifecycle import CANCEL_CLOSES, CANCEL_OPENS, UNFINISHED
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, Quirks, SandboxSettings
from tests.desk.oracle import Oracle
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
LONG: Final = st.sampled_from([900, 4000, 100_000])
CLOCKS: Final = st.sampled_from([0.0, 0.0, 40.0, 3600.0, -3600.0])
"""By how much this machine's clock is ahead when a desk is opened, in seconds."""
STRANGERS: Final = st.sampled_from(
    [
        Purchase(service_code="tg", country_code="667"),
        Purchase(service_code="wa", country_code="667"),
        Purchase(service_code="tg", country_code="16"),
        Purchase(service_code="tg", country_code="667", markup_percent=50),
        Purchase(provider=Provider.RESIDENTIAL, service_code="wa", country_code="2"),
        Purchase(provider=Provider.RESIDENTIAL, service_code="go", country_code="2"),
        Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.DAY_3, service_code="am", country_code="667"),
        Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK, service_code="am", country_code="667"),
    ]
)
"""What others buy: the very same as the operator, and what differs from it in one thing."""
DATE_STEP: Final = 2.0
"""The service's clock is known no better than this, in seconds: its dates leave out parts of a second."""
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
        self.told: Counter[tuple[int, str, str]] = Counter()
        self.other: Bench | None = None
        self.seats = 0
        self.seat_of: dict[int, int] = {}

    def do(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    async def open_desk(self, ahead: float = 0.0, seat: int | None = None) -> Bench:
        """Open a desk at a seat, or at a new one; at one seat desks follow one another, and no code is told twice."""
        desk_clock = ServiceClock(DeskClock(self.clock, ahead=ahead))
        timeouts = Timeouts(connect=20.0, read=20.0, write=20.0, pool=20.0)
        self.is_auto = not self.is_auto
        desk_settings = DeskSettings(keep_ended=10**9, auto_cancel_after=840.0 if self.is_auto else None)
        client = NumbersClient(self.server.base_url, SANDBOX_KEY, desk_clock, timeouts=timeouts)
        journal = await AsyncJournal.open(Path(self.folder.name) / "journal.sqlite3")
        names = NamesFile(Path(self.folder.name) / "names.json")
        names.write(self.services, self.countries, desk_clock.now())
        desk = await Desk.open(client, journal, desk_clock, desk_settings, names_file=names)
        await desk.learn_names()
        bench = Bench(desk, self.sandbox, self.clock)
        desk.listen(bench.events.append)
        self.seats += seat is None
        self.seat_of[id(bench)] = self.seats if seat is None else seat
        return bench

    @property
    def benches(self) -> list[Bench]:
        return [self.bench] if self.other is None else [self.bench, self.other]

    def teardown(self) -> None:
        """Let everything calm down, and the operator settle what is left: then nothing is open, lost or told twice."""
        try:
            tally["faults struck"] -= len(self.sandbox.faults)
            self.sandbox.faults.clear()
            for _ in range(18):  # beyond the life of every number but the rentals
                self.clock.advance(61)
                for bench in self.benches:
                    self.do(bench.poll())
            for attempt in list(self.bench.desk.state.attempts.values()):
                tally["settled by hand"] += 1
                self.do(self.bench.desk.resolve_by_hand(attempt.id, self.what_came_of(attempt)))
            for bench in self.benches:
                self.do(bench.poll(seconds=1))
                assert not bench.desk.state.attempts, "what one has settled is settled for all"
            self.check_that_all_is_known()
        finally:
            for bench in self.benches:
                self.do(bench.desk.close())
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
        self.oracle = Oracle(self.sandbox)
        catalogue = self.sandbox.catalogue
        self.services = {code: catalogue.services[code].name for code in ("tg", "wa", "am", "go")}
        self.countries = {code: country.name for code, country in catalogue.countries.items()}
        self.bench = self.do(self.open_desk())
        self.do(self.bench.poll())
        self.order(request)

    @rule(request=REQUESTS)
    def order(self, request: OrderRequest) -> None:
        self.presses += 1
        tally["purchases"] += 1
        self.clock.advance(1)  # a press takes a moment
        with contextlib.suppress(DeskError):
            self.do(self.bench.desk.quote(request, self.services[request.service_code]))  # as the form does
        try:
            attempt = self.do(self.bench.desk.order(request))
        except DeskError:
            tally["purchases refused"] += 1
            self.oracle.note_refused()
        else:
            tally["purchases with an unknown outcome"] += attempt.is_open
            self.oracle.note(attempt)

    @rule(request=REQUESTS, fault=FAULTS)
    def order_on_a_broken_line(self, request: OrderRequest, fault: Fault) -> None:
        self.break_the_line(fault, "POST")
        self.order(request)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        entries = list(self.bench.desk.state.entries)
        if entries:
            tally["cancels"] += 1
            order_id = data.draw(st.sampled_from(entries))
            self.oracle.pressed.add(order_id)
            self.do(self.bench.desk.cancel(order_id))

    @rule(seconds=SECONDS)
    def wait_and_poll(self, seconds: int) -> None:
        tally["polls"] += 1
        self.clock.advance(seconds)
        for bench in self.benches:
            self.do(bench.poll())
            self.do(bench.desk.run_schedule())

    @rule(data=st.data())
    def keep(self, data: st.DataObject) -> None:
        entries = list(self.bench.desk.state.entries)
        if entries:
            self.do(self.bench.desk.keep(data.draw(st.sampled_from(entries))))

    @rule(ahead=CLOCKS)
    def restart(self, ahead: float) -> None:
        tally["restarts"] += 1
        seat = self.leave(self.bench)
        self.bench = self.do(self.open_desk(ahead, seat))
        self.do(self.bench.desk.follow_once())  # as every start does at once

    @rule(ahead=CLOCKS)
    def open_a_second_desk(self, ahead: float) -> None:
        """Or close it, if there is one."""
        if self.other is not None:
            self.leave(self.other)
            self.other = None
            return
        tally["second desks"] += 1
        self.other = self.do(self.open_desk(ahead))
        self.do(self.other.desk.follow_once())

    @precondition(lambda self: self.other is not None)
    @rule()
    def change_seats(self) -> None:
        assert self.other is not None
        self.bench, self.other = self.other, self.bench

    def leave(self, bench: Bench) -> int:
        """Close a desk; the result is its seat."""
        self.count_what_was_told(bench)
        self.do(bench.desk.close())
        return self.seat_of.pop(id(bench))

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

    @rule(purchase=STRANGERS)
    def buy_elsewhere(self, purchase: Purchase) -> None:
        tally["strangers' orders"] += 1
        self.elsewhere.add(self.sandbox.buy(purchase).id.hex)

    @rule(request=REQUESTS, fault=FAULTS, purchase=STRANGERS)
    def buy_elsewhere_while_an_answer_is_lost(self, request: OrderRequest, fault: Fault, purchase: Purchase) -> None:
        self.order_on_a_broken_line(request, fault)
        self.buy_elsewhere(purchase)

    @rule(data=st.data(), status=st.sampled_from(["refund", "not_sms_code", "canceled"]))
    def end(self, data: st.DataObject, status: str) -> None:
        """The service ends an order for reasons of its own."""
        waiting = [order for order in self.sandbox.book.active() if order.status in UNFINISHED]
        if waiting:
            tally["orders ended by the service"] += 1
            self.sandbox.finish(data.draw(st.sampled_from(waiting)).id, status)

    @rule(seconds=LONG)
    def nobody_looks(self, seconds: int) -> None:
        tally["long gaps"] += 1
        self.clock.advance(seconds)

    # What has to hold after every step

    @invariant()
    def no_purchase_is_sent_without_a_press(self) -> None:
        assert self.sandbox.count("POST", "*") <= self.presses

    @invariant()
    def every_charge_is_known_or_unknown(self) -> None:
        states = [bench.desk.state for bench in self.benches]
        on_desk = {order_id for state in states for order_id in state.entries}
        missing = self.oracle.ours - on_desk
        journaled = self.do(self.bench.desk._journal.run(Journal.find, missing)) if missing else {}
        still_open = {attempt_id for state in states for attempt_id in state.attempts}
        still_open |= {attempt.id for attempt in self.do(self.bench.desk._journal.run(Journal.attempts))}
        unaccounted = len(missing - set(journaled)) - len(still_open)
        assert unaccounted <= 0 or unaccounted <= self.twins_claimed()

    @invariant()
    def nothing_is_enabled_that_must_be_refused(self) -> None:
        now = self.clock.now()
        for bench in self.benches:
            for entry in bench.desk.state.entries.values():
                bought_at, cancellation = self.sandbox.order(entry.id).bought_at, bench.desk.cancellation(entry)
                if cancellation.reason is CancelReason.OPEN and entry.is_open and bench.desk.clock.is_set:
                    assert CANCEL_OPENS - DATE_STEP <= now - bought_at <= CANCEL_CLOSES + DATE_STEP
                if entry.cancel is CancelStep.NONE and entry.record.origin is Origin.HERE and entry.record.codes:
                    assert not cancellation.allowed

    @invariant()
    def nothing_is_cancelled_without_a_press_but_ours(self) -> None:
        unasked = self.oracle.cancelled_unasked()
        assert unasked <= self.oracle.ours
        records = self.do(self.bench.desk._journal.run(Journal.find, unasked)) if unasked else {}
        assert not [record for record in records.values() if record.is_inferred]

    @invariant()
    def what_is_claimed_came_of_its_purchase(self) -> None:
        self.twins_claimed()

    def twins_claimed(self) -> int:
        """Check every claim; the result is how many were of orders that nothing told from ours."""
        journal = self.bench.desk._journal
        attempts = self.do(journal.run(Journal.attempts, list(self.oracle.attempts)))
        records = self.do(journal.run(Journal.find, [order.id.hex for order in self.sandbox.book.orders()]))
        return self.oracle.check(attempts, records)

    def what_came_of(self, attempt: Attempt) -> str | None:
        """The operator knows what they ordered, and which of the orders are somebody else's."""
        offered = {each.record.id for each in self.do(self.bench.desk.candidates(attempt.id))}
        mine = self.oracle.made.get(attempt.id)
        if mine in offered:
            return mine
        alike = self.oracle.made_by(attempt.request)
        return next((order_id for order_id in alike if order_id in offered), None)

    def count_what_was_told(self, bench: Bench) -> None:
        for event in bench.events:
            if isinstance(event, CodesArrived):
                self.told.update((self.seat_of[id(bench)], event.entry.id, code.text) for code in event.codes)

    def check_that_all_is_known(self) -> None:
        for bench in self.benches:
            self.count_what_was_told(bench)
        assert all(count == 1 for count in self.told.values()), "a code was told twice"
        orders = self.sandbox.book.orders()
        known = self.do(self.bench.desk._journal.run(Journal.find, [order.id.hex for order in orders]))
        twins = self.twins_claimed()
        tally["twins claimed"] += twins
        ours = {order_id for order_id in self.oracle.ours if known[order_id].origin is Origin.HERE}
        assert len(self.oracle.ours - ours) <= twins, "an order of ours is said to be a stranger's"
        for order in orders:
            record = known[order.id.hex]
            assert Counter(code.text for code in record.codes) == Counter(order.codes)
            assert record.order.status.value == order.status.value
            told = {code for (_, order_id, code) in self.told if order_id == record.id}
            assert told == set(order.codes) or record.id not in ours, "a code was not told"
        said = [known[order_id].order for order_id in ours]
        charged = sum(entry.amount for entry in self.sandbox.charges if entry.order_id.hex in ours)
        returned = sum(entry.amount for entry in self.sandbox.refunds if entry.order_id.hex in ours)
        assert sum(order.price or 0 for order in said) == charged
        assert sum(order.price or 0 for order in said if order.status.is_refunded) == returned


RUNS: Final = int(os.environ.get("NUMDECK_TEST_RUNS", "20"))
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
