"""Active list, detail and history: what is shown where, and when an order moves."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox

NUMBERS = "/api/v1/numbers/"
HISTORY = "/api/v1/numbers/history/"
Buy = Callable[..., dict[str, Any]]


def test_order_is_shown_as_bought(client: httpx.Client, buy: Buy) -> None:
    first, second = buy(client), buy(client, service_code="wa")
    assert client.get(NUMBERS).json() == [first, second]
    assert client.get(f"{NUMBERS}{first['id']}/").json() == first


def test_bare_and_dashed_ids(client: httpx.Client, buy: Buy) -> None:
    order = buy(client)
    assert client.get(f"{NUMBERS}{UUID(order['id'])}/").json() == order


def test_code_ends_the_order(client: httpx.Client, sandbox: Sandbox, buy: Buy) -> None:
    order = buy(client)
    sandbox.deliver(order["id"], "79373")
    assert client.get(NUMBERS).json() == []
    finished = {**order, "status": "success", "history_sms_code": ["79373"], "can_cancel": False}
    assert client.get(f"{NUMBERS}{order['id']}/").json() == finished
    dashed = str(UUID(order["id"]))
    assert client.get(HISTORY).json() == [
        {
            **finished,
            "pk": dashed,
            "id": dashed,
            "fraud_score": None,
            "expenses": order["price_usd"],
            "report": None,
        }
    ]


def test_history_order(client: httpx.Client, sandbox: Sandbox, buy: Buy) -> None:
    orders = [buy(client) for _ in range(4)]
    for order in (orders[2], orders[0], orders[3]):
        sandbox.deliver(order["id"], "1234")
    ids = [UUID(order["id"]).hex for order in client.get(HISTORY).json()]
    assert ids == [orders[3]["id"], orders[2]["id"], orders[0]["id"]]


def test_fraud_score(client: httpx.Client, sandbox: Sandbox, buy: Buy) -> None:
    for asked in (True, False):
        sandbox.deliver(buy(client, need_fraud_score=asked)["id"], "1234")
    not_asked, asked_for = client.get(HISTORY).json()
    assert not_asked["fraud_score"] is None
    assert 0 <= asked_for["fraud_score"] <= 100


def test_calculation(client: httpx.Client, sandbox: Sandbox, clock: ManualClock, buy: Buy) -> None:
    order = buy(client)
    sandbox.deliver(order["id"], "1234", calculation_seconds=5)
    assert client.get(NUMBERS).json() == []
    for seconds, status in ((0, "calculation"), (4.9, "calculation"), (0.1, "success")):
        clock.advance(seconds)
        (shown,) = client.get(HISTORY).json()
        assert (shown["status"], shown["history_sms_code"]) == (status, ["1234"])


def test_no_code_in_time(client: httpx.Client, clock: ManualClock, sandbox: Sandbox, buy: Buy) -> None:
    order = buy(client)
    clock.advance(minutes=15, seconds=-0.5)
    assert len(client.get(NUMBERS).json()) == 1
    clock.advance(0.5)
    assert client.get(NUMBERS).json() == []
    (shown,) = client.get(HISTORY).json()
    assert (shown["status"], shown["expenses"]) == ("not_sms_code", order["price_usd"])
    assert sandbox.refunds == []


def test_rental(client: httpx.Client, sandbox: Sandbox, clock: ManualClock, buy: Buy) -> None:
    order = buy(client, provider="residential_rent", period="DAY_3")
    for code in ("111111", "222222"):
        clock.advance(minutes=60)
        sandbox.deliver(order["id"], code)
    (shown,) = client.get(NUMBERS).json()
    assert shown == {**order, "history_sms_code": ["111111", "222222"]}
    clock.advance(minutes=70 * 60)
    assert client.get(NUMBERS).json() == []
    (shown,) = client.get(HISTORY).json()
    assert (shown["status"], shown["can_extend"]) == ("success", False)
    assert shown["history_sms_code"] == ["111111", "222222"]


@pytest.mark.parametrize("status", ["success", "canceled", "refund", "not_sms_code", "calculation"])
def test_every_status(client: httpx.Client, sandbox: Sandbox, buy: Buy, status: str) -> None:
    order = buy(client)
    sandbox.finish(order["id"], status)
    (shown,) = client.get(HISTORY).json()
    is_free = status in {"canceled", "refund"}
    assert (shown["status"], shown["expenses"]) == (status, "0.00" if is_free else order["price_usd"])
    assert [entry.amount for entry in sandbox.refunds] == ([Decimal(order["price_usd"])] if is_free else [])


@pytest.mark.parametrize("order_id", ["0" * 32, "97f39164-512f-4ccb-9b1a-22cbdee0c47f", "nonsense", "1"])
def test_unknown_order(client: httpx.Client, order_id: str) -> None:
    for response in (client.get(f"{NUMBERS}{order_id}/"), client.put(f"{NUMBERS}{order_id}/cancel/")):
        assert (response.status_code, response.json()) == (404, {"detail": "Not found."})


def test_key_is_checked_first(client: httpx.Client) -> None:
    for method, path in (("GET", NUMBERS), ("POST", NUMBERS), ("DELETE", HISTORY), ("GET", "/api/v2/users/balance/")):
        missing = client.request(method, path, headers={"X-Api-Key": ""})
        assert (missing.status_code, missing.json()) == (401, {"detail": "API key header is required."})
        wrong = client.request(method, path, headers={"X-Api-Key": "Sandbox"})
        assert (wrong.status_code, wrong.json()) == (401, {"detail": "Invalid API key provided."})


def test_method_not_allowed(client: httpx.Client) -> None:
    response = client.delete(NUMBERS)
    assert (response.status_code, response.json()) == (405, {"detail": 'Method "DELETE" not allowed.'})
    assert response.headers["Allow"] == "GET, POST"


def test_missing_slash(client: httpx.Client) -> None:
    response = client.get(f"{HISTORY[:-1]}?page=1")
    assert response.status_code == 301
    assert response.headers["Location"].endswith(f"{HISTORY}?page=1")
    for response in (client.post(NUMBERS[:-1], json={}), client.get("/api/v1/nothing"), client.get("/")):
        assert (response.status_code, response.json()) == (404, {"detail": "Not found."})


def test_date_header(client: httpx.Client, clock: ManualClock) -> None:
    assert client.get(NUMBERS).headers["Date"] == "Thu, 01 Jan 2026 12:00:00 GMT"
    clock.advance(minutes=90)
    assert client.get("/nothing").headers["Date"] == "Thu, 01 Jan 2026 13:30:00 GMT"


def test_requests_are_counted(client: httpx.Client, sandbox: Sandbox, buy: Buy) -> None:
    order = buy(client)
    client.get(f"{NUMBERS}{order['id']}/")
    client.get("/nothing")
    assert [seen.method for seen in sandbox.requests] == ["POST", "GET", "GET"]
    assert sandbox.count("POST", NUMBERS) == 1
    assert sandbox.count("GET", f"{NUMBERS}*/") == 1
    assert sandbox.count() == 3


def test_many_active_orders(make_sandbox: Callable[..., Sandbox], connect: Callable[[Sandbox], httpx.Client]) -> None:
    client = connect(make_sandbox(waiting=200))
    assert len(client.get(NUMBERS).json()) == 200
