"""The client against the sandbox: whole stories, in the documented manners and in those seen in the wild."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import pytest

from numdeck.api.errors import ApiError, CancelRefusal, CancelRefused, NotFound, Throttled
from numdeck.api.reader import CatalogueEntry
from numdeck.model.order import Status
from numdeck.model.request import OrderRequest, Period, Provider
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, Quirks, SandboxSettings

if TYPE_CHECKING:
    from tests.api.conftest import OpenClient

When = Literal["before", "after"]
Action = Literal["answer", "cut"]
REQUEST = OrderRequest(service_code="tg", country_code="2")
PLAIN = SandboxSettings(history=0, waiting=0, is_silent=True)
MANNERS = {
    "documented": Quirks(),
    "dashed ids, one code": Quirks(ids="dashed", codes="string", cancel_status=204, search_as_text=False),
    "bare ids, null codes": Quirks(ids="bare", codes="null", cancel_status=202, balance_as_json=True),
    "no codes, pages": Quirks(codes="absent", page_size=1, cancel_status=201, catalogue_at_root=True),
}


@pytest.fixture
def time() -> ManualClock:
    return ManualClock()


@pytest.fixture
def serve(time: ManualClock) -> Iterator[Callable[..., tuple[Sandbox, str]]]:
    """Serve a sandbox with these settings; gives it and its address."""
    with ExitStack() as stack:

        def start(**settings: object) -> tuple[Sandbox, str]:
            sandbox = Sandbox(replace(PLAIN, **settings), clock=time)  # type: ignore[arg-type]
            return sandbox, stack.enter_context(SandboxServer(sandbox)).base_url

        yield start


@pytest.mark.parametrize("manners", MANNERS)
async def test_order_watch_and_look_back(
    open_client: OpenClient, serve: Callable[..., tuple[Sandbox, str]], time: ManualClock, manners: str
) -> None:
    sandbox, url = serve(quirks=MANNERS[manners])
    client = open_client(url, key=SANDBOX_KEY)
    first, second = [(await client.purchase(REQUEST)).order for _ in range(2)]
    assert first.status is Status.WAITING
    assert {order.id for order in (await client.active()).orders} == {first.id, second.id}

    with pytest.raises(CancelRefused) as caught:
        await client.cancel(first.id)
    assert caught.value.kind is CancelRefusal.TOO_SOON
    time.advance(minutes=3)
    await client.cancel(first.id)
    assert (await client.detail(first.id)).status.is_refunded

    sandbox.deliver(second.id, "79373")
    assert (await client.detail(second.id)).codes == ("79373",)
    assert (await client.active()).orders == ()
    ended = {order.id: order for order in (await client.history()).orders}
    assert ended.keys() == {first.id, second.id}
    assert ended[second.id].status is Status.SUCCESS
    assert ended[second.id].expenses == second.price

    assert await client.balance() == sandbox.balance
    services = await client.services()
    assert services is not None
    assert CatalogueEntry("tg", "Telegram") in services
    assert await client.countries()
    offers = await client.quotes(Provider.VIRTUAL, Period.MIN_15, country_code="2")
    assert offers is not None
    assert offers.quotes
    assert all(quote.country_code == "2" and quote.price and quote.price > 0 and quote.stock for quote in offers.quotes)


async def test_order_that_is_being_assigned(
    open_client: OpenClient, serve: Callable[..., tuple[Sandbox, str]], time: ManualClock
) -> None:
    _, url = serve(quirks=Quirks(assigning_seconds=10))
    client = open_client(url, key=SANDBOX_KEY)
    order = (await client.purchase(REQUEST)).order
    assert (order.status, order.phone_number) == (Status.NEW, None)
    with pytest.raises(NotFound):
        await client.detail(order.id)
    time.advance(seconds=11)
    assert (await client.detail(order.id)).phone_number


async def test_service_without_its_optional_endpoints(
    open_client: OpenClient, serve: Callable[..., tuple[Sandbox, str]]
) -> None:
    _, url = serve(quirks=Quirks(missing=frozenset({"services", "countries", "search", "balance"}), missing_status=405))
    client = open_client(url, key=SANDBOX_KEY)
    assert await client.balance() is None
    assert await client.services() is None
    assert await client.countries() is None
    assert await client.quotes(Provider.VIRTUAL, Period.MIN_15) is None


@pytest.mark.parametrize(("when", "charges"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("action", ["answer", "cut"])
async def test_lost_purchase_is_never_repeated(
    open_client: OpenClient, serve: Callable[..., tuple[Sandbox, str]], when: When, charges: int, action: Action
) -> None:
    sandbox, url = serve(balance=Decimal(10))
    client = open_client(url, key=SANDBOX_KEY)
    sandbox.faults.add(Fault(method="POST", when=when, action=action, status=502))
    with pytest.raises(ApiError) as caught:
        await client.purchase(REQUEST)
    assert caught.value.maybe_applied
    assert sandbox.count("POST") == 1
    assert len(sandbox.charges) == charges


async def test_throttle(open_client: OpenClient, serve: Callable[..., tuple[Sandbox, str]]) -> None:
    sandbox, url = serve(reads_per_minute=1)
    client = open_client(url, key=SANDBOX_KEY)
    await client.active()
    for _ in range(3):
        with pytest.raises(Throttled) as caught:
            await client.active()
    assert 0 < caught.value.retry_after <= 60
    assert sandbox.count("GET") == 2
