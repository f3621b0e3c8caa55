"""Services, countries, search and balance, which the documentation names only in passing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from numdeck.sandbox.sandbox import Sandbox

SEARCH = "/api/v1/numbers/search/"


@pytest.mark.parametrize(
    ("name", "known"),
    [("services", {"code": "tg", "name": "Telegram"}), ("countries", {"code": "667", "name": "USA"})],
)
def test_lists_of_codes_and_names(client: httpx.Client, name: str, known: dict[str, str]) -> None:
    entries = client.get(f"/api/v1/numbers/{name}/").json()
    assert all(entry.keys() == {"code", "name"} for entry in entries)
    assert len({entry["code"] for entry in entries}) == len(entries)
    assert known in entries


def test_search_price_is_charged(client: httpx.Client, sandbox: Sandbox, order_body: Callable[..., object]) -> None:
    query = {"provider": "virtual", "period": "MIN_15", "service_name": "Telegram", "country_code": "2"}
    sandbox.set_stock(57)
    found = client.get(SEARCH, params=query).json()
    order = client.post("/api/v1/numbers/", json=order_body()).json()
    assert found == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "service_code": "tg",
                "service_name": "Telegram",
                "country_code": "2",
                "provider": "virtual",
                "period": "MIN_15",
                "price": order["price_usd"],
                "count": 57,
            }
        ],
    }


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, "<10"), (9, "<10"), (10, 10), (1000, 1000), (1001, ">1k")])
def test_vague_counts(client: httpx.Client, sandbox: Sandbox, count: int, shown: int | str) -> None:
    sandbox.set_stock(count)
    query = {"provider": "virtual", "service_name": "tg", "country_code": "2"}
    assert client.get(SEARCH, params=query).json()["results"][0]["count"] == shown


def test_search_pages(client: httpx.Client) -> None:
    query: dict[str, Any] = {"service_name": "telegram", "country_code": "667"}
    whole = client.get(SEARCH, params=query).json()
    assert whole["count"] == len(whole["results"]) == 11
    gathered, url = [], str(client.base_url.join(SEARCH).copy_merge_params({**query, "page_size": 4}))
    while url:
        page = client.get(url).json()
        gathered += page["results"]
        url = page["next"]
    assert gathered == whole["results"]
    assert {(item["provider"], item["period"]) for item in gathered} >= {
        ("virtual", "MIN_15"),
        ("residential_rent", "WEEK"),
    }


def test_search_without_filters(client: httpx.Client) -> None:
    first = client.get(SEARCH).json()
    assert first["count"] > 5_000_000
    assert len(first["results"]) == 20
    last = client.get(SEARCH, params={"page": -(-first["count"] // 20)}).json()
    assert last["next"] is None
    assert last["results"]


@pytest.mark.parametrize("page", ["0", "2", "x", "-1"])
def test_missing_page(client: httpx.Client, page: str) -> None:
    response = client.get(SEARCH, params={"service_name": "no such service", "page": page})
    assert (response.status_code, response.json()) == (404, {"detail": "Invalid page."})


def test_balance_is_plain_text(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.set_balance(Decimal("12.34"))
    response = client.get("/api/v2/users/balance/")
    assert response.text == "$12.34"
    assert response.headers["Content-Type"].startswith("text/plain")
