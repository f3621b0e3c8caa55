"""PUT /numbers/{id}/cancel/: the window, the money, and every refusal in its documented words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox

TOO_SOON = "You can cancel the phone number 2 minutes after you bought it."
TOO_LATE = "You can cancel the phone number 20 minutes after you bought it."
Buy = Callable[..., dict[str, Any]]


def cancel(client: httpx.Client, order: dict[str, Any]) -> tuple[int, str]:
    response = client.put(f"/api/v1/numbers/{order['id']}/cancel/")
    return response.status_code, response.json()["detail"]


@pytest.mark.parametrize("provider", ["virtual", "residential"])
@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (0, (400, TOO_SOON)),
        (119, (400, TOO_SOON)),
        (120, (200, "Cancel processed")),
        (899, (200, "Cancel processed")),
        (900, (400, TOO_LATE)),
        (5000, (400, TOO_LATE)),
    ],
)
def test_window(
    client: httpx.Client, clock: ManualClock, buy: Buy, provider: str, age: int, answer: tuple[int, str]
) -> None:
    order = buy(client, provider=provider)
    clock.advance(age)
    assert cancel(client, order) == answer


def test_cancel_refunds(client: httpx.Client, sandbox: Sandbox, clock: ManualClock, buy: Buy) -> None:
    before = sandbox.balance
    order = buy(client)
    clock.advance(minutes=2)
    assert cancel(client, order) == (200, "Cancel processed")
    assert sandbox.balance == before
    assert client.get("/api/v1/numbers/").json() == []
    (shown,) = client.get("/api/v1/numbers/history/").json()
    assert (shown["status"], shown["expenses"], shown["can_cancel"]) == ("canceled", "0.00", False)
    assert cancel(client, order) == (400, "The phone number is already canceled.")
    assert sandbox.balance == before


def test_after_a_code(client: httpx.Client, sandbox: Sandbox, clock: ManualClock, buy: Buy) -> None:
    order = buy(client)
    sandbox.deliver(order["id"], "1234")
    for minutes in (0, 3, 20):
        clock.advance(minutes=minutes)
        assert cancel(client, order) == (400, "You can't cancel if you've already received a text message.")


def test_rental(client: httpx.Client, clock: ManualClock, buy: Buy) -> None:
    order = buy(client, provider="residential_rent", period="DAY_25")
    clock.advance(minutes=5)
    assert cancel(client, order) == (400, "You can't cancel a rented phone number.")
