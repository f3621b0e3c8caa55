"""Each difference from the documentation that has been seen in the wild."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import Quirks

NUMBERS = "/api/v1/numbers/"
HISTORY = "/api/v1/numbers/history/"
Buy = Callable[..., dict[str, Any]]


@pytest.fixture
def open_quirky(
    make_sandbox: Callable[..., Sandbox], connect: Callable[[Sandbox], httpx.Client]
) -> Callable[..., tuple[Sandbox, httpx.Client]]:
    def open_it(**quirks: object) -> tuple[Sandbox, httpx.Client]:
        sandbox = make_sandbox(quirks=replace(Quirks(), **quirks))  # type: ignore[arg-type]
        return sandbox, connect(sandbox)

    return open_it


Open = Callable[..., tuple[Sandbox, httpx.Client]]


def test_number_is_assigned_later(open_quirky: Open, clock: ManualClock, buy: Buy) -> None:
    sandbox, client = open_quirky(assigning_seconds=3)
    order = buy(client)
    assert (order["status"], order["phone_number"]) == ("new", None)
    assert (order["service"], order["country"], order["period"]) == ("tg", "2", "MIN_15")
    assert UUID(order["pk"]) == UUID(order["id"])
    assert len(sandbox.charges) == 1
    detail = f"{NUMBERS}{order['id']}/"
    clock.advance(2.9)
    assert client.get(detail).status_code == 404
    assert client.get(NUMBERS).json() == client.get(HISTORY).json() == []
    clock.advance(0.1)
    shown = client.get(detail).json()
    assert shown["status"] == "waiting"
    assert shown["phone_number"].startswith("+7771")
    assert client.get(NUMBERS).json() == [shown]


def test_lags(open_quirky: Open, clock: ManualClock, buy: Buy) -> None:
    sandbox, client = open_quirky(list_lag=3, detail_lag=5, history_lag=8)
    order = buy(client)
    detail = f"{NUMBERS}{order['id']}/"
    assert client.get(NUMBERS).json() == []
    clock.advance(3)
    (listed,) = client.get(NUMBERS).json()
    sandbox.deliver(order["id"], "79373")
    assert client.get(NUMBERS).json() == []
    clock.advance(4.9)
    assert client.get(detail).json() == listed
    clock.advance(0.1)
    assert client.get(detail).json()["history_sms_code"] == ["79373"]
    clock.advance(2.9)
    assert client.get(HISTORY).json() == []
    clock.advance(0.1)
    assert [ended["history_sms_code"] for ended in client.get(HISTORY).json()] == [["79373"]]


@pytest.mark.parametrize(
    ("ids", "active_length", "history_length"), [("documented", 32, 36), ("bare", 32, 32), ("dashed", 36, 36)]
)
def test_ids(open_quirky: Open, buy: Buy, ids: str, active_length: int, history_length: int) -> None:
    sandbox, client = open_quirky(ids=ids)
    order = buy(client)
    assert len(order["id"]) == len(client.get(NUMBERS).json()[0]["id"]) == active_length
    sandbox.deliver(order["id"], "1234")
    (shown,) = client.get(HISTORY).json()
    assert (len(shown["id"]), len(shown["pk"])) == (history_length, 36)


@pytest.mark.parametrize(
    ("codes", "empty", "filled"),
    [
        ("list", [], ["1234"]),
        ("string", "", "1234"),
        ("joined", "", "1234"),
        ("null", None, ["1234"]),
        ("absent", "no such field", ["1234"]),
    ],
)
def test_codes(open_quirky: Open, buy: Buy, codes: str, empty: object, filled: object) -> None:
    sandbox, client = open_quirky(codes=codes)
    order = buy(client)
    assert order.get("history_sms_code", "no such field") == empty
    sandbox.deliver(order["id"], "1234")
    assert client.get(HISTORY).json()[0]["history_sms_code"] == filled


def test_lists_in_pages(open_quirky: Open, buy: Buy) -> None:
    sandbox, client = open_quirky(page_size=2)
    orders = [buy(client) for _ in range(3)]
    first = client.get(NUMBERS).json()
    assert (first["count"], first["previous"], first["results"]) == (3, None, orders[:2])
    second = client.get(first["next"]).json()
    assert (second["count"], second["next"], second["results"]) == (3, None, orders[2:])
    assert client.get(second["previous"]).json()["results"] == orders[:2]
    assert client.get(HISTORY).json() == {"count": 0, "next": None, "previous": None, "results": []}
    for order in orders:
        sandbox.deliver(order["id"], "1234")
    assert len(client.get(HISTORY).json()["results"]) == 2


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_cancel_status(open_quirky: Open, clock: ManualClock, buy: Buy, status: int) -> None:
    sandbox, client = open_quirky(cancel_status=status)
    order = buy(client)
    clock.advance(minutes=3)
    response = client.put(f"{NUMBERS}{order['id']}/cancel/")
    assert response.status_code == status
    assert response.text == ("" if status == 204 else '{"detail":"Cancel processed"}')
    assert sandbox.order(order["id"]).status == "canceled"


@pytest.mark.parametrize("status", [404, 405])
def test_missing_endpoints(open_quirky: Open, buy: Buy, status: int) -> None:
    missing = frozenset({"services", "countries", "search", "balance", "detail"})
    _, client = open_quirky(missing=missing, missing_status=status)
    order = buy(client)
    for path in (
        f"{NUMBERS}services/",
        f"{NUMBERS}countries/",
        f"{NUMBERS}search/",
        "/api/v2/users/balance/",
        f"{NUMBERS}{order['id']}/",
    ):
        assert client.get(path).status_code == status
    assert client.get(NUMBERS).json() == [order]


def test_key_refused_as_forbidden(open_quirky: Open) -> None:
    _, client = open_quirky(key_refused_status=403)
    response = client.get(NUMBERS, headers={"X-Api-Key": "x"})
    assert (response.status_code, response.json()) == (403, {"detail": "Invalid API key provided."})


def test_catalogue_at_the_root(open_quirky: Open) -> None:
    _, client = open_quirky(catalogue_at_root=True)
    for name in ("services", "countries"):
        assert client.get(f"{NUMBERS}{name}/").status_code == 404
        assert client.get(f"/api/v1/{name}/").status_code == 200


def test_balance_as_json(open_quirky: Open) -> None:
    _, client = open_quirky(balance_as_json=True)
    assert client.get("/api/v2/users/balance/").json() == "$50.00"


def test_search_in_numbers(open_quirky: Open) -> None:
    sandbox, client = open_quirky(search_as_text=False)
    sandbox.set_stock(5000)
    query = {"provider": "virtual", "service_name": "tg", "country_code": "2"}
    result = client.get("/api/v1/numbers/search/", params=query).json()["results"][0]
    assert result["count"] == 5000
    assert isinstance(result["price"], float)


@pytest.mark.parametrize(("report", "kind"), [("null", type(None)), ("text", str), ("object", dict)])
def test_report(open_quirky: Open, buy: Buy, report: str, kind: type) -> None:
    sandbox, client = open_quirky(report=report)
    for needs_score in (True, False):
        sandbox.deliver(buy(client, need_fraud_score=needs_score)["id"], "1234")
    unchecked, checked = client.get(HISTORY).json()
    assert isinstance(checked["report"], kind)
    assert unchecked["report"] is None
