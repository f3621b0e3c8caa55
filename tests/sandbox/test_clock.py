"""The sandbox's time at its speed."""

from __future__ import annotations

from time import monotonic

import pytest

from numdeck.sandbox.clock import SandboxClock
from numdeck.sandbox.lifecycle import Status
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import SandboxSettings


def test_clock_passes_at_its_speed() -> None:
    clock = SandboxClock(speed=6000)
    begun, real = clock.now(), monotonic()
    while monotonic() - real < 0.01:
        pass
    passed = monotonic() - real
    assert clock.now() - begun == pytest.approx(6000 * passed, rel=0.2)
    assert clock.client_seconds() < 1


def test_speed_of_the_settings() -> None:
    sandbox = Sandbox(SandboxSettings(speed=1_000_000, history=0, waiting=0, is_silent=True))
    order = sandbox.buy(Purchase())
    real = monotonic()
    while monotonic() - real < 0.002:
        pass
    assert sandbox.order(order.id).status is Status.NOT_SMS_CODE
