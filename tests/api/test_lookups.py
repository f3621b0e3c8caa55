"""Endpoints that nobody promised: used where they are, done without where they are not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ServerFault, Throttled, Unauthorised, Unreachable
from numdeck.api.reader import CatalogueEntry
from numdeck.model.quote import Quote
from numdeck.model.request import Period, Provider

if TYPE_CHECKING:
    from tests.api.conftest import Server

NEW_SERVICES = "/api/v1/numbers/services/"
OLD_SERVICES = "/api/v1/services/"
NEW_COUNTRIES = "/api/v1/numbers/countries/"
OLD_COUNTRIES = "/api/v1/countries/"
SEARCH = "/api/v1/numbers/search/"
BALANCE = "/api/v2/users/balance/"
TELEGRAM = CatalogueEntry("tg", "Telegram")

Ask = Callable[[NumbersClient], Awaitable[object]]
OPTIONAL: list[tuple[str, Ask]] = [
    (BALANCE, lambda client: client.balance()),
    (NEW_SERVICES, lambda client: client.services()),
    (NEW_COUNTRIES, lambda client: client.countries()),
    (SEARCH, lambda client: client.quotes(Provider.VIRTUAL, Period.MIN_15)),
]


@pytest.mark.parametrize(("path", "ask"), OPTIONAL)
@pytest.mark.parametrize(("status", "content"), [(404, b""), (405, b""), (400, {"page": ["No."]}), (200, b"<html>")])
async def test_missing_is_unknown(
    client: NumbersClient, server: Server, path: str, ask: Ask, status: int, content: object
) -> None:
    server.on("GET", path, server.reply(status, content))
    assert await ask(client) is None


@pytest.mark.parametrize(("path", "ask"), OPTIONAL)
async def test_other_troubles_are_told(client: NumbersClient, server: Server, path: str, ask: Ask) -> None:
    server.on("GET", path, server.reply(401))
    with pytest.raises(Unauthorised):
        await ask(client)
    server.on("GET", path, server.reply(500))
    with pytest.raises(ServerFault):
        await ask(client)
    server.on("GET", path, server.raw(b"", then="close"))
    with pytest.raises(Unreachable):
        await ask(client)
    server.on("GET", path, server.reply(429))
    with pytest.raises(Throttled):
        await ask(client)


@pytest.mark.parametrize(
    ("content", "amount"),
    [
        (b"$12.34", "12.34"),
        (b" $1,012.34\n", "1012.34"),
        (b'"$12.34"', "12.34"),
        (b"12.34", "12.34"),
        (b'{"balance": "12.34", "currency": "USD"}', "12.34"),
        (b'{"amount": 12.3}', "12.3"),
        (b'{"balance": {}}', None),
        (b"[1]", None),
        (b"", None),
        (b"a lot", None),
        (b"NaN", None),
    ],
)
async def test_balance(client: NumbersClient, server: Server, content: bytes, amount: str | None) -> None:
    server.on("GET", BALANCE, server.reply(200, content))
    assert await client.balance() == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    "content",
    [
        [{"code": "tg", "name": "Telegram"}],
        {"count": 1, "next": None, "results": [{"code": "tg", "name": "Telegram", "icon": "x"}]},
        [None, "tg", {}, {"name": "?"}, {"code": "tg", "name": "Telegram"}],
    ],
)
async def test_services(client: NumbersClient, server: Server, content: object) -> None:
    server.on("GET", NEW_SERVICES, server.reply(200, content))
    assert await client.services() == (TELEGRAM,)


async def test_catalogue_is_cleaned(client: NumbersClient, server: Server) -> None:
    content = [{"code": 667, "name": None}, {"code": "s\x1b", "name": "\x9b31mred"}]
    server.on("GET", NEW_COUNTRIES, server.reply(200, content))
    assert await client.countries() == (CatalogueEntry("667", "667"), CatalogueEntry("s^[", "~^[31mred"))


async def test_long_catalogue(client: NumbersClient, server: Server) -> None:
    server.on(
        "GET", NEW_SERVICES, server.reply(200, [{"code": f"s{n:x}", "name": f"Service {n}"} for n in range(12_700)])
    )
    services = await client.services()
    assert services is not None
    assert len(services) == 12_700


async def test_working_address_is_remembered(client: NumbersClient, server: Server) -> None:
    server.on("GET", OLD_SERVICES, server.reply(200, [{"code": "tg", "name": "Telegram"}]))
    server.on("GET", NEW_COUNTRIES, server.reply(200, []))
    for _ in range(2):
        assert await client.services() == (TELEGRAM,)
        assert await client.countries() == ()
    asked = [request.path for request in server.seen]
    assert asked == [NEW_SERVICES, OLD_SERVICES, NEW_COUNTRIES, OLD_SERVICES, NEW_COUNTRIES]


async def test_both_addresses_are_tried(client: NumbersClient, server: Server) -> None:
    assert await client.countries() is None
    assert [request.path for request in server.seen] == [NEW_COUNTRIES, OLD_COUNTRIES]


async def test_quotes(client: NumbersClient, server: Server) -> None:
    full = {
        "service_code": "tg",
        "service_name": "Telegram",
        "country_code": "667",
        "provider": "virtual",
        "period": "MIN_15",
        "price": 0.1,
        "count": ">1k",
    }
    results = [full, {"service_code": "tg", "country_code": 2, "price": "0.25", "count": 7}, {"price": 1}, None]
    server.on("GET", SEARCH, server.reply(200, {"count": 2, "next": None, "previous": None, "results": results}))
    offers = await client.quotes(Provider.VIRTUAL, Period.MIN_15, service_name="Telegram", country_code="667")
    assert offers is not None
    assert offers.is_whole
    assert offers.quotes == (
        Quote(
            service_code="tg",
            service_name="Telegram",
            country_code="667",
            provider="virtual",
            period="MIN_15",
            price=Decimal("0.1"),
            stock=">1k",
        ),
        Quote(service_code="tg", country_code="2", price=Decimal("0.25"), stock="7"),
    )
    query = "provider=virtual&period=MIN_15&page=1&page_size=200&service_name=Telegram&country_code=667"
    assert server.seen[0].query == query


async def test_only_the_first_quotes_are_read(client: NumbersClient, server: Server) -> None:
    item = {"service_code": "tg", "country_code": "2"}
    pages = [server.reply(200, {"next": f"{SEARCH}?page={n}", "results": [item]}) for n in range(2, 9)]
    server.on("GET", SEARCH, *pages)
    offers = await client.quotes(Provider.VIRTUAL, Period.MIN_15)
    assert offers is not None
    assert len(offers.quotes) == len(server.seen) == 3
    assert not offers.is_whole
