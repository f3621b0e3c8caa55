"""What the dashboard makes of the settings before it starts."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from numdeck.dashboard import _desk_settings
from numdeck.model.cancel_window import CancelWindow
from numdeck.settings import Settings


def test_the_desk_gets_its_settings() -> None:
    settings = Settings(poll=7.0, keep_ended=60.0, auto_cancel_after=840.0, order_without_journal=True)
    desk = asdict(_desk_settings(settings, speed=1.0))
    assert desk == {name: value for name, value in asdict(settings).items() if name in desk}


@pytest.mark.parametrize("speed", [0.1, 60.0])
def test_the_cancel_window_passes_at_the_speed_of_the_sandbox(speed: float) -> None:
    desk = _desk_settings(Settings(auto_cancel_after=840.0), speed)
    assert desk.cancel == CancelWindow(120.0 / speed, 900.0 / speed)
    assert desk.auto_cancel_after == 840.0 / speed


def test_read_only_cancels_nothing() -> None:
    assert _desk_settings(Settings(auto_cancel_after=840.0, read_only=True), speed=1.0).auto_cancel_after is None
