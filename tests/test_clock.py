"""`SystemClock` does not follow when the machine's clock is set."""

from __future__ import annotations

import time

import pytest

from numdeck.clock import SystemClock


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_setting_the_machines_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    clock = SystemClock()
    before, real = clock.now(), time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)
    assert 0 <= clock.now() - before < 60
    assert clock.drift() == pytest.approx(seconds, abs=1)
