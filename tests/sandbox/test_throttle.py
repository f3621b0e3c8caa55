"""429: the words, the header, and when it is over."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox

NUMBERS = "/api/v1/numbers/"
Connect = Callable[[Sandbox], httpx.Client]


def test_throttled(make_sandbox: Callable[..., Sandbox], connect: Connect, clock: ManualClock) -> None:
    client = connect(make_sandbox(reads_per_minute=2))
    client.get(NUMBERS)
    clock.advance(10)
    client.get(NUMBERS)
    for seconds, unit, passed in ((50, "seconds", 49), (1, "second", 1)):
        response = client.get(NUMBERS)
        assert response.status_code == 429
        words = f"Request was throttled. Expected available in {seconds} {unit}."
        assert response.json() == {"detail": words}
        assert response.headers["Retry-After"] == str(seconds)
        clock.advance(passed)
    assert client.get(NUMBERS).status_code == 200
    assert client.get(NUMBERS).status_code == 429


def test_rate_per_method(make_sandbox: Callable[..., Sandbox], connect: Connect) -> None:
    sandbox = make_sandbox(purchases_per_minute=1, cancels_per_minute=1)
    client = connect(sandbox)
    assert client.post(NUMBERS, json={}).status_code == 400
    assert client.post(NUMBERS, json={}).status_code == 429
    assert client.put(f"{NUMBERS}1/cancel/").status_code == 404
    assert client.put(f"{NUMBERS}1/cancel/").status_code == 429
    assert client.get(NUMBERS).status_code == 200


def test_wrong_keys_do_not_count(make_sandbox: Callable[..., Sandbox], connect: Connect) -> None:
    client = connect(make_sandbox(reads_per_minute=1))
    for _ in range(3):
        assert client.get(NUMBERS, headers={"X-Api-Key": "x"}).status_code == 401
    assert client.get(NUMBERS).status_code == 200


@pytest.mark.parametrize("path", [NUMBERS, "/api/v2/users/balance/"])
def test_rate_of_zero(make_sandbox: Callable[..., Sandbox], connect: Connect, path: str) -> None:
    response = connect(make_sandbox(reads_per_minute=0)).get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
