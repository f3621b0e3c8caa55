"""Words and headers, read without a network."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from numdeck.api.errors import ApiError, CancelRefusal, read_cancel_refusal
from numdeck.api.gate import Gate, RequestKind, read_retry_after, throttle_wait
from numdeck.model.link import Hold

if TYPE_CHECKING:
    from tests.api.conftest import FakeClock

NOON = 1_700_049_600.0  # Wed, 15 Nov 2023 12:00:00 GMT


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("You can't cancel if you've already received a text message.", CancelRefusal.ALREADY_RECEIVED),
        ("You cannot cancel: an SMS was received.", CancelRefusal.ALREADY_RECEIVED),
        ("Already received an SMS 5 minutes ago", CancelRefusal.ALREADY_RECEIVED),
        ("You can cancel the phone number 2 minutes after you bought it.", CancelRefusal.TOO_SOON),
        ("you can cancel a number only 3 min. after purchase", CancelRefusal.TOO_SOON),
        ("No SMS received yet: you can cancel 2 minutes after purchase", CancelRefusal.TOO_SOON),
        ("You can cancel the phone number 20 minutes after you bought it.", CancelRefusal.TOO_LATE),
        ("You can cancel the phone number 15 minutes after you bought it.", CancelRefusal.TOO_LATE),
        ("You can cancel between 2 minutes and 15 minutes after you bought it.", CancelRefusal.OTHER),
        ("Rentals cannot be cancelled.", CancelRefusal.OTHER),
        ("", CancelRefusal.OTHER),
    ],
)
def test_cancel_refusal(detail: str, kind: CancelRefusal) -> None:
    assert read_cancel_refusal(detail) is kind


def test_sentence_is_clean_and_bounded() -> None:
    error = ApiError("\x1b]0;title\x07" + "x" * 1000)
    assert error.sentence == str(error)
    assert error.sentence.startswith("^[]0;title^G")
    assert len(error.sentence) == 400


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


def test_a_throttle_holds_its_kind_until_its_time_has_come(clock: FakeClock) -> None:
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


def test_a_pause_is_short_spares_cancellations_and_ends_with_an_answer(clock: FakeClock) -> None:
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


def test_errors_are_imported_without_the_http_library() -> None:
    check = "import sys, numdeck.api.errors; sys.exit('httpx' in sys.modules or 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
