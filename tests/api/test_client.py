"""The documented endpoints and what other clients met there, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from numdeck.api import client as client_module
from numdeck.api import session
from numdeck.api.client import NumbersClient
from numdeck.api.errors import NotFound, Unreadable
from numdeck.clock import ServiceClock
from numdeck.model.clock import ClockOffset
from numdeck.model.order import Order, Status
from numdeck.model.request import OrderRequest, Period, Provider

if TYPE_CHECKING:
    from tests.api.conftest import Act, FakeClock, Server

NUMBERS = "/api/v1/numbers/"
HISTORY = f"{NUMBERS}history/"
HEX = "71066120515e427ea147fc090fe395ce"
DASHED = "71066120-515e-427e-a147-fc090fe395ce"
DETAIL = f"{NUMBERS}{DASHED}/"
CANCEL = f"{DETAIL}cancel/"
REQUEST = OrderRequest(service_code="tg", country_code="2")

PLACED: dict[str, Any] = {
    "id": HEX,
    "status": "waiting",
    "provider": "virtual",
    "price_usd": "0.15",
    "phone_number": "+15555555555",
    "expiration_time": None,
    "history_sms_code": [],
    "can_replay": False,
    "can_extend": False,
    "can_cancel": True,
}
ENDED: dict[str, Any] = {
    "pk": "97f39164-512f-4ccb-9b1a-22cbdee0c47f",
    "id": "97f39164-512f-4ccb-9b1a-22cbdee0c47f",
    "status": "success",
    "provider": "virtual",
    "price_usd": "0.15",
    "phone_number": "+15555555555",
    "expiration_time": None,
    "history_sms_code": ["79373"],
    "fraud_score": None,
    "expenses": "0.15",
    "report": None,
    "can_replay": False,
    "can_extend": False,
    "can_cancel": False,
}
WAITING = Order(
    id=HEX,
    status=Status.WAITING,
    status_text="waiting",
    provider="virtual",
    price=Decimal("0.15"),
    phone_number="+15555555555",
    can_replay=False,
    can_extend=False,
    can_cancel=True,
)


async def test_requests_carry_key_and_names(client: NumbersClient, server: Server, api_key: str) -> None:
    server.on("GET", NUMBERS, server.reply(200, []))
    await client.active()
    headers = server.seen[0].headers
    assert headers["x-api-key"] == api_key
    assert headers["accept"] == "application/json"
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"].startswith("numdeck")


async def test_purchase_sends_documented_body(client: NumbersClient, server: Server) -> None:
    server.on("POST", NUMBERS, server.reply(201, PLACED))
    rental = OrderRequest(
        provider=Provider.RESIDENTIAL_RENT,
        period=Period.WEEK_2,
        service_code="s1f",
        country_code="667",
        need_fraud_score=True,
        markup_percent=50,
        promo_code="DISCOUNT10",
    )
    await client.purchase(rental)
    assert server.seen[0].headers["content-type"] == "application/json"
    assert json.loads(server.seen[0].body) == {
        "provider": "residential_rent",
        "period": "WEEK_2",
        "service_code": "s1f",
        "country_code": "667",
        "need_fraud_score": True,
        "markup_percent": 50,
        "promo_code": "DISCOUNT10",
    }


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_purchase_answer_is_the_order(
    client: NumbersClient, server: Server, clock: FakeClock, status: int
) -> None:
    server.on("POST", NUMBERS, server.reply(status, PLACED))
    placed = await client.purchase(REQUEST)
    assert placed.order == WAITING
    assert placed.sent_at == placed.answered_at == clock.now()


async def test_purchase_without_number(client: NumbersClient, server: Server) -> None:
    early = {"pk": DASHED, "status": "new", "period": "MIN_15", "service": "tg", "country": 2, "provider": "virtual"}
    server.on("POST", NUMBERS, server.reply(201, early), server.reply(201, {**early, "phone_number": None}))
    for _ in range(2):
        order = (await client.purchase(REQUEST)).order
        assert order == Order(
            id=HEX,
            status=Status.NEW,
            status_text="new",
            provider="virtual",
            period="MIN_15",
            service_code="tg",
            country_code="2",
        )


async def test_detail_after_purchase_may_be_missing(client: NumbersClient, server: Server) -> None:
    server.on("GET", DETAIL, server.reply(404, {"detail": "Not found."}), server.reply(200, PLACED))
    with pytest.raises(NotFound) as caught:
        await client.detail(HEX)
    assert not caught.value.maybe_applied
    assert await client.detail(HEX) == WAITING


@pytest.mark.parametrize("spelling", [HEX, DASHED, HEX.upper()])
async def test_one_order_in_any_spelling(client: NumbersClient, server: Server, spelling: str) -> None:
    server.on("GET", DETAIL, server.reply(200, {**PLACED, "id": spelling}))
    assert await client.detail(spelling) == WAITING


async def test_detail_without_id(client: NumbersClient, server: Server) -> None:
    nameless = {key: value for key, value in PLACED.items() if key != "id"}
    server.on("GET", DETAIL, server.reply(200, nameless))
    assert await client.detail(HEX) == WAITING


async def test_detail_of_another_order(client: NumbersClient, server: Server) -> None:
    server.on("GET", DETAIL, server.reply(200, ENDED))
    with pytest.raises(Unreadable, match="another order"):
        await client.detail(HEX)


async def test_hostile_id(client: NumbersClient, server: Server) -> None:
    await _ignore_not_found(client, "a/../b?c#d")
    assert server.seen[0].path == f"{NUMBERS}a%2F..%2Fb%3Fc%23d/"


async def _ignore_not_found(client: NumbersClient, order_id: str) -> None:
    with pytest.raises(NotFound):
        await client.detail(order_id)


async def test_active_list(client: NumbersClient, server: Server, clock: FakeClock) -> None:
    server.on("GET", NUMBERS, server.reply(200, [PLACED]))
    listing = await client.active()
    assert listing.orders == (WAITING,)
    assert listing.unreadable == 0
    assert listing.sent_at == listing.answered_at == clock.now()


@pytest.mark.parametrize("status", ["success", "canceled", "refund", "not_sms_code", "calculation"])
async def test_history_has_every_documented_status(client: NumbersClient, server: Server, status: str) -> None:
    server.on("GET", HISTORY, server.reply(200, [{**ENDED, "status": status, "fraud_score": 12, "report": "ok"}]))
    (order,) = (await client.history()).orders
    assert order.status is Status(status)
    assert order.codes == ("79373",)
    assert order.expenses == Decimal("0.15")
    assert order.fraud_score == "12"
    assert order.report == (("", "ok"),)


async def test_one_bad_order_costs_that_order(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(200, [None, PLACED, {"status": "waiting"}, [[]]]))
    listing = await client.active()
    assert listing.orders == (WAITING,)
    assert listing.unreadable == 3


async def test_order_listed_twice_is_one_order(client: NumbersClient, server: Server) -> None:
    twin = {**PLACED, "id": DASHED, "history_sms_code": ["1"]}
    server.on("GET", NUMBERS, server.reply(200, [twin, PLACED]))
    (order,) = (await client.active()).orders
    assert order.codes == ("1",)


async def test_wrapped_list_is_read_to_its_end(client: NumbersClient, server: Server, clock: FakeClock) -> None:
    def page(item: dict[str, Any], following: str | None) -> Act:
        return server.reply(200, {"count": 3, "next": following, "previous": None, "results": [item]})

    server.on(
        "GET",
        HISTORY,
        page({**ENDED, "id": "a", "pk": None}, f"{server.url}{HISTORY}?page=2"),
        page({**ENDED, "id": "b", "pk": None}, f"{HISTORY}?page=3"),
        page({**ENDED, "id": "c", "pk": None}, None),
    )
    listing = await client.history()
    assert [order.id for order in listing.orders] == ["a", "b", "c"]
    assert [request.query for request in server.seen] == ["", "page=2", "page=3"]
    assert listing.sent_at == clock.now()


async def test_pages_of_the_configured_host(client: NumbersClient, server: Server, other_server: Server) -> None:
    elsewhere = f"{other_server.url}{NUMBERS}?page=2"
    server.on(
        "GET",
        NUMBERS,
        server.reply(200, {"next": elsewhere, "results": [{**PLACED, "id": "a"}]}),
        server.reply(200, {"next": None, "results": [{**PLACED, "id": "b"}]}),
    )
    assert [order.id for order in (await client.active()).orders] == ["a", "b"]
    assert server.seen[1].query == "page=2"
    assert other_server.seen == []


async def test_circular_pages(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(200, {"next": f"{NUMBERS}?page=1", "results": [PLACED]}))
    with pytest.raises(Unreadable, match="no end"):
        await client.active()
    assert len(server.seen) == 2


async def test_endless_pages(client: NumbersClient, server: Server) -> None:
    pages = [server.reply(200, {"next": f"{NUMBERS}?page={number}", "results": []}) for number in range(300)]
    server.on("GET", NUMBERS, *pages)
    with pytest.raises(Unreadable, match="no end"):
        await client.active()
    assert len(server.seen) == 200


async def test_bad_next_address(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(200, {"next": "http://[", "results": []}))
    with pytest.raises(Unreadable):
        await client.active()


@pytest.mark.parametrize("content", [{}, {"detail": "x"}, {"results": {}}, None, "text", 5, b"", b"<html>"])
async def test_anything_else_is_no_list(client: NumbersClient, server: Server, content: object) -> None:
    server.on("GET", NUMBERS, server.reply(200, content))
    with pytest.raises(Unreadable):
        await client.active()


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_cancel_is_accepted(client: NumbersClient, server: Server, status: int) -> None:
    server.on("PUT", CANCEL, server.reply(status, {"detail": "Cancel processed"}))
    assert await client.cancel(HEX) == "Cancel processed"


@pytest.mark.parametrize("content", [b"", b"<html>", {}, {"detail": None}])
async def test_cancel_needs_no_words(client: NumbersClient, server: Server, content: object) -> None:
    server.on("PUT", CANCEL, server.reply(200, content))
    assert await client.cancel(HEX) == ""


async def test_cancel_without_content(client: NumbersClient, server: Server) -> None:
    server.on("PUT", CANCEL, server.raw(server.head(204)))
    assert await client.cancel(HEX) == ""


async def test_compressed_answer(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(200, [PLACED] * 50, Content_Encoding="gzip"))
    assert (await client.active()).orders == (WAITING,)


async def test_long_history_in_a_thread(client: NumbersClient, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    past = [{**ENDED, "id": f"{number:032x}", "pk": f"{number:032x}"} for number in range(5_000)]
    server.on("GET", HISTORY, server.reply(200, past))
    threads: dict[str, threading.Thread] = {}
    for module, name in ((session, "decode_json"), (client_module, "read_orders")):
        monkeypatch.setattr(module, name, _noting_its_thread(getattr(module, name), threads))
    assert len((await client.history()).orders) == 5_000
    assert threads.keys() == {"decode_json", "read_orders"}
    assert threading.current_thread() not in threads.values()


def _noting_its_thread(work: Callable[..., Any], threads: dict[str, threading.Thread]) -> Callable[..., Any]:
    def noted(*arguments: object) -> object:
        threads[work.__name__] = threading.current_thread()
        return work(*arguments)

    return noted


async def test_purchase_has_its_own_connection(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(200, []))
    server.on("POST", NUMBERS, server.reply(201, PLACED))
    for _ in range(3):
        await client.active()
    assert server.connections == 1
    await client.purchase(REQUEST)
    await client.purchase(REQUEST)
    assert server.connections == 3
    await client.active()
    assert server.connections == 3


async def test_server_time_is_estimated(
    client: NumbersClient, server: Server, clock: FakeClock, service_clock: ServiceClock
) -> None:
    assert service_clock.skew is None
    server.on("GET", NUMBERS, server.reply(200, [], Date="Tue, 14 Nov 2023 22:15:20 GMT"))
    await client.active()
    assert clock.now() == 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT
    assert service_clock.offset == ClockOffset(120.5, 0.5)
    assert service_clock.now() == clock.now() + 120.5


async def test_sent_at_in_new_time(client: NumbersClient, server: Server, service_clock: ServiceClock) -> None:
    server.on("GET", NUMBERS, server.reply(200, [], Date="Tue, 14 Nov 2023 22:15:20 GMT"))
    listing = await client.active()
    assert listing.sent_at == listing.answered_at == service_clock.now()


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Tue, 99 Nov 2023 22:15:20 GMT",
        "Thu, 01 Jan 1970 00:00:03 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
async def test_server_without_a_time(
    client: NumbersClient, server: Server, clock: FakeClock, service_clock: ServiceClock, date: str
) -> None:
    server.on("GET", NUMBERS, server.reply(200, [], Date=date))
    await client.active()
    assert service_clock.skew is None
    assert service_clock.now() == clock.now()


async def test_cookies_are_not_kept(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(200, [], Set_Cookie="sessionid=1; Path=/"))
    await client.active()
    await client.active()
    assert "cookie" not in server.seen[1].headers
