"""Faults of the network over real sockets: what each becomes, and that a purchase leaves once at most."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, InsufficientBalance, ServerFault, Unreachable, Unreadable
from numdeck.api.session import Timeouts
from numdeck.model.request import OrderRequest

if TYPE_CHECKING:
    from tests.api.conftest import Act, OpenClient, Server

NUMBERS = "/api/v1/numbers/"
REQUEST = OrderRequest(service_code="tg", country_code="2")
MANY = 9 * 1024 * 1024

FAULTS: dict[str, tuple[type[ApiError], Callable[[Server], Act]]] = {
    "never answered": (Unreachable, lambda server: server.raw(b"", then="hang")),
    "closed": (Unreachable, lambda server: server.raw(b"", then="close")),
    "reset": (Unreachable, lambda server: server.raw(b"", then="reset")),
    "reset in the head": (Unreachable, lambda server: server.raw(b"HTTP/1.1 201 Cre", then="reset")),
    "no HTTP": (Unreachable, lambda server: server.raw(b"SSH-2.0-OpenSSH_9.7\r\n\r\n", then="close")),
    "endless head": (Unreachable, lambda server: server.raw(b"HTTP/1.1 201 OK\r\nA: " + b"a" * 200_000, then="hang")),
    "truncated": (
        Unreachable,
        lambda server: server.raw(server.head(201, Content_Length="100") + b'{"id": "', then="close"),
    ),
    "stalled": (
        Unreachable,
        lambda server: server.raw(server.head(201, Content_Length="100") + b'{"id": "', then="hang"),
    ),
    "garbled chunks": (
        Unreachable,
        lambda server: server.raw(server.head(201, Transfer_Encoding="chunked") + b"zz\r\n{}", then="close"),
    ),
    "slow drip": (
        Unreachable,
        lambda server: server.drip(server.head(201, Content_Length="1000") + b" " * 1000, every=0.005),
    ),
    "huge": (Unreadable, lambda server: server.reply(201, b" " * MANY)),
    "huge without a length": (Unreadable, lambda server: server.raw(server.head(201) + b" " * MANY, then="close")),
    "gzip bomb": (Unreadable, lambda server: server.reply(201, b" " * MANY, Content_Encoding="gzip")),
    "no gzip": (
        Unreadable,
        lambda server: server.raw(server.head(201, Content_Encoding="gzip", Content_Length="2") + b"{}"),
    ),
    "truncated gzip": (
        Unreadable,
        lambda server: server.raw(
            server.head(201, Content_Encoding="gzip", Content_Length="10")
            + b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        ),
    ),
    "two layers": (Unreadable, lambda server: server.reply(201, {}, Content_Encoding="gzip, gzip")),
    "brotli": (Unreadable, lambda server: server.reply(201, {}, Content_Encoding="br")),
    "deep nesting": (Unreadable, lambda server: server.reply(201, b"[" * 200_000)),
    "deep nesting in a field": (
        Unreadable,
        lambda server: server.reply(201, b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ),
    "redirect": (ServerFault, lambda server: server.reply(302, b"", Location="/elsewhere/")),
}

ENDLESS = {"never answered", "endless head", "stalled", "slow drip"}
"""What only a timeout ends."""


@pytest.fixture
def suited(request: pytest.FixtureRequest, name: str) -> NumbersClient:
    """The client for a fault: an impatient one only where nothing else ends it."""
    client: NumbersClient = request.getfixturevalue("impatient" if name in ENDLESS else "client")
    return client


@pytest.mark.parametrize("name", FAULTS)
async def test_purchase_is_sent_once(suited: NumbersClient, server: Server, name: str) -> None:
    kind, act = FAULTS[name]
    server.on("POST", NUMBERS, act(server), server.reply(201, {"id": "second"}))
    with pytest.raises(ApiError) as caught:
        await suited.purchase(REQUEST)
    assert type(caught.value) is kind
    assert caught.value.maybe_applied
    assert len(server.seen) == 1


@pytest.mark.parametrize("name", FAULTS)
async def test_client_lives_on_after_a_fault(suited: NumbersClient, server: Server, name: str) -> None:
    kind, act = FAULTS[name]
    server.on("GET", NUMBERS, act(server))
    with pytest.raises(kind):
        await suited.active()
    assert len(server.seen) == (3 if kind is Unreachable else 1)
    server.on("GET", NUMBERS, server.reply(200, []))
    await suited.active()


async def test_cut_before_reading(client: NumbersClient, server: Server) -> None:
    server.on_connect = server.raw(b"", then="reset")
    with pytest.raises(Unreachable) as caught:
        await client.purchase(REQUEST)
    assert caught.value.maybe_applied  # it may have been read: the client cannot know
    assert server.connections == 1


async def test_purchase_after_the_server_hung_up(client: NumbersClient, server: Server) -> None:
    closing = server.raw(server.head(200, Content_Length="2") + b"[]", then="close")
    server.on("GET", NUMBERS, closing)
    server.on("POST", NUMBERS, server.reply(201, {"id": "a"}))
    await client.active()
    assert (await client.purchase(REQUEST)).order.id == "a"
    assert server.count("POST") == 1


async def test_cut_error_answer_is_known_by_its_status(client: NumbersClient, server: Server) -> None:
    server.on("POST", NUMBERS, server.raw(server.head(402, Content_Length="50") + b'{"det', then="close"))
    with pytest.raises(InsufficientBalance) as caught:
        await client.purchase(REQUEST)
    assert not caught.value.maybe_applied


async def _assert_nothing_was_sent(client: NumbersClient, words: str) -> None:
    with pytest.raises(Unreachable, match=words) as caught:
        await client.purchase(REQUEST)
    assert not caught.value.maybe_applied


async def test_refused(open_client: OpenClient, closed_port: int) -> None:
    await _assert_nothing_was_sent(open_client(f"http://127.0.0.1:{closed_port}"), "No connection to 127.0.0.1")


async def test_unknown_host(open_client: OpenClient) -> None:
    await _assert_nothing_was_sent(open_client("https://numbers.invalid"), "numbers.invalid was not found")


async def test_invalid_host_name(open_client: OpenClient) -> None:
    with pytest.raises(Unreachable):
        await open_client(f"https://{'a' * 70}.invalid").purchase(REQUEST)


async def test_no_tls(open_client: OpenClient, server: Server) -> None:
    server.on_connect = server.raw(b"220 mail.example ESMTP\r\n", then="close")
    client = open_client(f"https://127.0.0.1:{server.port}")
    await _assert_nothing_was_sent(client, "No secure connection to 127.0.0.1")
    assert server.seen == []


@contextlib.contextmanager
def _port_that_never_accepts() -> Iterator[int]:
    """A port whose queue of connections is full: whoever comes next waits."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield full.getsockname()[1]


async def test_connect_timeout(open_client: OpenClient) -> None:
    with _port_that_never_accepts() as port:
        client = open_client(f"http://127.0.0.1:{port}", timeouts=Timeouts(connect=0.1))
        await _assert_nothing_was_sent(client, "does not answer")


async def test_proxy_that_refuses(open_client: OpenClient, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    await _assert_nothing_was_sent(open_client("https://numbers.invalid"), "proxy refused")
    assert [request.method for request in server.seen] == ["CONNECT"]


async def test_requests_to_this_machine_use_no_proxy(
    open_client: OpenClient, server: Server, other_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other_server.url)
    server.on("GET", NUMBERS, server.reply(200, []))
    await open_client().active()
    assert other_server.connections == 0
