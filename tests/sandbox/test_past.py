from __future__ import annotations

from collections.abc import Callable

from numdeck.model.record import Origin
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.past import remembered
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import SandboxSettings


def test_the_past_is_remembered_with_what_the_api_does_not_tell(
    make_sandbox: Callable[..., Sandbox], clock: ManualClock
) -> None:
    sandbox = make_sandbox(history=25, waiting=None)
    records = remembered(sandbox)
    assert [record.first_seen for record in records] == sorted((r.first_seen for r in records), reverse=True)
    assert all(record.origin is Origin.HERE and record.request is not None for record in records)
    assert all(record.is_ended == (record.ended_at is not None) for record in records)
    by_id = {order.id.hex: order for order in sandbox.book.orders()}
    assert all(record.bought.latest == by_id[record.id].bought_at for record in records)
    assert len(records) < len(by_id), "one number at least was bought elsewhere"


def test_at_speed_the_past_is_told_in_the_clients_seconds(
    make_sandbox: Callable[..., Sandbox], clock: ManualClock
) -> None:
    slow, fast = (remembered(make_sandbox(waiting=None, speed=speed)) for speed in (1.0, 10.0))
    ages = [[clock.now() - record.bought.latest for record in records] for records in (slow, fast)]
    assert ages[1] == [age / 10 for age in ages[0]]


def test_a_sandbox_that_has_run_ahead_remembers_nothing_of_the_clients_future() -> None:
    class FastClock(ManualClock):
        """Sandbox time that has run ahead since the start, as at speed it does."""

        def client_now(self) -> float:
            return self.now() - 60.0

    clock = FastClock()
    records = remembered(Sandbox(SandboxSettings(speed=20.0), clock=clock))
    assert max(record.bought.latest for record in records) <= clock.client_now()
    assert max(code.seen_at for record in records for code in record.codes) <= clock.client_now()
