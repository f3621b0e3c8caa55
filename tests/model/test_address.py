"""Which hosts are this machine itself."""

from __future__ import annotations

import pytest

from numdeck.model.address import is_loopback


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("", False),
    ],
)
def test_is_loopback(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours
