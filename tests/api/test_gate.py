"""How long requests are held: headers and words of the service, and the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from numdeck.api.gate import Gate, RequestKind, read_retry_after, throttle_wait
from numdeck.model.link import Hold

if TYPE_CHECKING:
    from tests.api.conftest import FakeClock

NOON = 1_700_049_600.0  # Wed, 15 Nov 2023 12:00:00 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("50", 50.0),
        (" 7.5 ", 7.5),
        ("0", 1.0),
        ("999999", 3600.0),
        ("9" * 5000, 3600.0),
        ("Wed, 15 Nov 2023 12:00:20 GMT", 20.0),
        ("Wed, 15 Nov 2023 11:00:00 GMT", 1.0),
        ("Wed, 15 Nov 9999 11:00:00 GMT", 3600.0),
        ("Wed, 99 Nov 2023 12:00:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert read_retry_after(header, asked_at=NOON) == seconds


@pytest.mark.parametrize(
    ("header", "detail", "seconds"),
    [
        ("9", "Request was throttled. Expected available in 50 seconds.", 9.0),
        (None, "Request was throttled. Expected available in 50 seconds.", 50.0),
        (None, "Request was throttled. Expected available in 1 second.", 1.0),
        ("soon", "expected available in 12.5 s", 12.5),
        (None, "Request was throttled.", 30.0),
        (None, "", 30.0),
    ],
)
def test_throttle_wait(header: str | None, detail: str, seconds: float) -> None:
    assert throttle_wait(header, detail, asked_at=NOON) == seconds


def test_throttle_holds_one_kind(clock: FakeClock) -> None:
    gate = Gate(clock)
    assert gate.hold(RequestKind.WATCH) is None
    gate.throttle(RequestKind.WATCH, 50)
    clock.time += 20
    assert gate.blocked_for(RequestKind.WATCH) == 30
    gate.throttle(RequestKind.WATCH, 5)
    assert gate.blocked_for(RequestKind.WATCH) == 30
    gate.throttle(RequestKind.WATCH, 40)
    gate.resume()
    assert gate.hold(RequestKind.WATCH) == Hold(40, is_throttle=True)
    assert all(gate.hold(kind) is None for kind in RequestKind if kind is not RequestKind.WATCH)
    clock.time += 41
    assert gate.blocked_for(RequestKind.WATCH) == 0


def test_pause(clock: FakeClock) -> None:
    gate = Gate(clock)
    gate.pause(3600)
    assert gate.hold(RequestKind.CANCEL) is None
    held = [kind for kind in RequestKind if gate.hold(kind) == Hold(30, is_throttle=False)]
    assert set(held) == set(RequestKind) - {RequestKind.CANCEL}
    gate.throttle(RequestKind.PURCHASE, 10)
    assert gate.hold(RequestKind.PURCHASE) == Hold(30, is_throttle=False)
    gate.resume()
    assert gate.hold(RequestKind.PURCHASE) == Hold(10, is_throttle=True)
    assert gate.hold(RequestKind.WATCH) is None
    gate.pause(5)
    clock.time += 5
    assert gate.hold(RequestKind.LOOKUP) is None
