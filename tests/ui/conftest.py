from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual reads NO_COLOR when an app is made."""
    monkeypatch.delenv("NO_COLOR", raising=False)
