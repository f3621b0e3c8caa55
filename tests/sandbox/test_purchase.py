"""POST /numbers/: the order object, its price, and every refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from numdeck.model.request import MARKUPS, PERIODS, Provider
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox

NUMBERS = "/api/v1/numbers/"
REQUIRED = ("provider", "period", "service_code", "country_code")
Body = Callable[..., dict[str, object]]
Buy = Callable[..., dict[str, Any]]


def test_order_object(client: httpx.Client, buy: Buy) -> None:
    order = buy(client)
    price = order.pop("price_usd")
    number = order.pop("phone_number")
    order_id = order.pop("id")
    assert order == {
        "status": "waiting",
        "provider": "virtual",
        "expiration_time": None,
        "history_sms_code": [],
        "can_replay": False,
        "can_extend": False,
        "can_cancel": True,
    }
    assert re.fullmatch(r"[0-9a-f]{32}", order_id)
    assert re.fullmatch(r"\d+\.\d\d", price)
    assert re.fullmatch(r"\+7771\d{7}", number)


def test_purchase_is_charged(client: httpx.Client, sandbox: Sandbox, buy: Buy) -> None:
    before = sandbox.balance
    sandbox.set_stock(1)
    order = buy(client)
    assert [entry.amount for entry in sandbox.charges] == [Decimal(order["price_usd"])]
    assert sandbox.balance == before - Decimal(order["price_usd"])
    assert client.get("/api/v2/users/balance/").text == f"${sandbox.balance}"


@pytest.mark.parametrize(("provider", "period"), [(p, q) for p, periods in PERIODS.items() for q in periods])
def test_periods(client: httpx.Client, buy: Buy, provider: Provider, period: str) -> None:
    order = buy(client, provider=provider, period=period, country_code="667", service_code="go")
    is_rental = provider is Provider.RESIDENTIAL_RENT
    assert order["provider"] == provider
    assert (order["expiration_time"] is not None) == is_rental
    assert order["can_cancel"] is not is_rental
    assert order["can_extend"] is is_rental


def test_rental_expires_in_utc(client: httpx.Client, buy: Buy) -> None:
    order = buy(client, provider="residential_rent", period="WEEK")
    assert order["expiration_time"] == "2026-01-08T12:00:00Z"


def test_markup_and_promo_code(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(balance=Decimal(1000))
    base = sandbox.buy(Purchase()).price
    for markup in MARKUPS:
        assert sandbox.buy(Purchase(markup_percent=markup)).price == base * (100 + markup) / 100
    assert sandbox.buy(Purchase(markup_percent=100, promo_code="DISCOUNT10")).price == (base * 2 * 9 / 10).quantize(
        base
    )


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"provider": None}, {"provider": ["This field is required."]}),
        (
            dict.fromkeys(REQUIRED),
            {name: ["This field is required."] for name in REQUIRED},
        ),
        ({"provider": "x"}, {"provider": ['"x" is not a valid choice.']}),
        ({"period": "DAY"}, {"period": ['"DAY" is not a valid choice.']}),
        ({"period": "DAY_3"}, {"period": ["DAY_3 is not available for virtual."]}),
        (
            {"provider": "residential_rent"},
            {"period": ["MIN_15 is not available for residential_rent."]},
        ),
        ({"service_code": "nope"}, {"non_field_errors": ["Bad service_code"]}),
        ({"service_code": ""}, {"service_code": ["This field may not be blank."]}),
        ({"service_code": ["tg"]}, {"service_code": ["Not a valid string."]}),
        ({"service_code": True}, {"service_code": ["Not a valid string."]}),
        ({"country_code": "99999"}, {"non_field_errors": ["Bad country_code"]}),
        ({"markup_percent": 55}, {"markup_percent": ['"55" is not a valid choice.']}),
        ({"need_fraud_score": "perhaps"}, {"need_fraud_score": ["Must be a valid boolean."]}),
        ({"promo_code": "FREE"}, {"promo_code": ["Promo code is not valid."]}),
    ],
)
def test_bad_fields(
    client: httpx.Client, sandbox: Sandbox, order_body: Body, changes: dict[str, object], errors: dict[str, list[str]]
) -> None:
    response = client.post(NUMBERS, json=order_body(**changes))
    assert (response.status_code, response.json()) == (400, errors)
    assert sandbox.charges == []


def test_null_is_not_absent(client: httpx.Client, order_body: Body) -> None:
    response = client.post(NUMBERS, json={**order_body(), "provider": None})
    assert response.json() == {"provider": ["This field may not be null."]}


def test_lenient_fields(client: httpx.Client, buy: Buy) -> None:
    buy(client, country_code=2, markup_percent="50", need_fraud_score="true", promo_code="", unknown="field")


def test_long_tail_is_residential(client: httpx.Client, sandbox: Sandbox, order_body: Body, buy: Buy) -> None:
    code = next(code for code, service in sandbox.catalogue.services.items() if not service.is_well_known)
    response = client.post(NUMBERS, json=order_body(service_code=code))
    assert response.json() == {"non_field_errors": ["Bad service_code"]}
    sandbox.set_stock(1, provider=Provider.RESIDENTIAL, service_code=code)
    buy(client, provider="residential", service_code=code)


def test_no_stock(client: httpx.Client, sandbox: Sandbox, order_body: Body, buy: Buy) -> None:
    sandbox.set_stock(1)
    buy(client)
    response = client.post(NUMBERS, json=order_body())
    assert response.status_code == 400
    assert response.json() == {"count": ["There are no available phone numbers, try again later!"]}
    assert len(sandbox.charges) == 1


def test_no_money(client: httpx.Client, sandbox: Sandbox, order_body: Body) -> None:
    sandbox.set_balance("0.01")
    response = client.post(NUMBERS, json=order_body())
    assert response.status_code == 402
    assert response.json() == {"detail": "You can top up your account balance."}
    assert sandbox.balance == Decimal("0.01")


@pytest.mark.parametrize(
    ("content", "media_type", "status", "words"),
    [
        (b"{nope", "application/json", 400, "JSON parse error - "),
        (b"", "application/json", 400, "JSON parse error - "),
        (b'{"a": "\xff"}', "application/json; charset=utf-8", 400, "JSON parse error - "),
        (b"a=b", "text/plain", 415, 'Unsupported media type "text/plain" in request.'),
    ],
)
def test_unreadable_body(client: httpx.Client, content: bytes, media_type: str, status: int, words: str) -> None:
    response = client.post(NUMBERS, content=content, headers={"Content-Type": media_type})
    assert response.status_code == status
    assert response.json()["detail"].startswith(words)


def test_body_is_no_object(client: httpx.Client) -> None:
    response = client.post(NUMBERS, json=["tg"])
    words = ["Invalid data. Expected a dictionary, but got list."]
    assert (response.status_code, response.json()) == (400, {"non_field_errors": words})


def test_refused_purchase_changes_nothing(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    refused, other = make_sandbox(), make_sandbox()
    refused.set_stock(0, service_code="go")
    with pytest.raises(Exception, match="400"):
        refused.buy(Purchase(service_code="go"))
    assert refused.buy(Purchase()) == other.buy(Purchase())
