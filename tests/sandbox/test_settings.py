"""Settings that make no sense are refused."""

from __future__ import annotations

import pytest

from numdeck.sandbox.clock import SandboxClock
from numdeck.sandbox.settings import Quirks, SandboxSettings


def test_invalid_settings() -> None:
    with pytest.raises(ValueError, match="speed"):
        SandboxClock(0)
    with pytest.raises(ValueError, match="speed"):
        SandboxSettings(speed=-1)
    with pytest.raises(ValueError, match="waiting"):
        SandboxSettings(waiting=-1)
    with pytest.raises(ValueError, match="nothing"):
        Quirks(missing=frozenset({"nothing"}))
