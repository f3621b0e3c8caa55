"""The key goes to the configured address alone, and is shown nowhere."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.traceback import Traceback

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, ServerFault
from numdeck.api.gate import RequestKind
from numdeck.api.session import check_api_key, check_base_url
from numdeck.model.request import OrderRequest

if TYPE_CHECKING:
    from tests.api.conftest import OpenClient, Server

KEY = "k3y-that-nobody-may-see"
NUMBERS = "/api/v1/numbers/"
REQUEST = OrderRequest(service_code="tg", country_code="2")

Ask = Callable[[NumbersClient], Awaitable[object]]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("method", "path", "ask"),
    [
        ("GET", NUMBERS, lambda client: client.active()),
        ("POST", NUMBERS, lambda client: client.purchase(REQUEST)),
        ("PUT", f"{NUMBERS}a/cancel/", lambda client: client.cancel("a")),
    ],
)
async def test_redirect_is_not_followed(
    client: NumbersClient, server: Server, other_server: Server, status: int, method: str, path: str, ask: Ask
) -> None:
    server.on(method, path, server.reply(status, Location=f"{other_server.url}{path}"))
    with pytest.raises(ServerFault, match="redirects") as caught:
        await ask(client)
    assert caught.value.maybe_applied is (method != "GET")
    assert other_server.connections == 0
    assert len(server.seen) == 1


async def test_client_does_not_show_its_key(client: NumbersClient, server: Server, api_key: str) -> None:
    assert repr(client) == f"NumbersClient('127.0.0.1:{server.port}')"
    assert api_key not in str(client)


@pytest.mark.parametrize("fault", ["refused", "cut", "502", "401", "garbage"])
async def test_errors_do_not_show_the_key(
    open_client: OpenClient, server: Server, closed_port: int, api_key: str, fault: str
) -> None:
    server.on(
        "POST",
        NUMBERS,
        {
            "refused": server.reply(201),
            "cut": server.raw(b"HTTP/1.1 201 Cre", then="reset"),
            "502": server.reply(502),
            "401": server.reply(401, {"detail": "Invalid API key provided."}),
            "garbage": server.reply(201, b"{"),
        }[fault],
    )
    client = open_client(f"http://127.0.0.1:{closed_port}" if fault == "refused" else None)
    with pytest.raises(ApiError) as caught:
        await client.purchase(REQUEST)
    shown = [str(caught.value), repr(caught.value), caught.value.sentence, *traceback.format_exception(caught.value)]
    shown.append(_crash_report(caught.value))
    assert "session.py" in shown[-1]
    assert not any(api_key in text for text in shown)
    # The network's own exception, whose frames hold the key, is not to be shown with it.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def _crash_report(error: BaseException) -> str:
    """What Textual prints when a program ends by an exception: every frame with its variables, but the test's own."""
    assert error.__traceback__ is not None
    console = Console(width=500, record=True, file=io.StringIO())
    console.print(Traceback.from_exception(type(error), error, error.__traceback__.tb_next, show_locals=True))
    return console.export_text()


async def test_log_does_not_show_the_key(
    client: NumbersClient, server: Server, api_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("GET", NUMBERS, server.reply(200, []))
    server.on("POST", NUMBERS, server.raw(b"", then="reset"))
    await client.active()
    with pytest.raises(ApiError):
        await client.purchase(REQUEST)
    assert caplog.text
    assert api_key not in caplog.text


@pytest.mark.parametrize("key", ["", "with space", "line\n", "\x1b[0m", "ключ", "tab\t"])
def test_key_that_no_header_can_carry(key: str) -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        check_api_key(key)
    assert not key or key not in str(caught.value)


async def test_client_refuses_such_a_key(open_client: OpenClient) -> None:
    with pytest.raises(ValueError, match="API key"):
        open_client(key="not a key")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "numbers",
        "ftp://127.0.0.1",
        "https://",
        "http://app.cyberyozh.com",
        "http://127.0.0.1.example",
        "http://[::2]",
        "http://[",
        "https://user:word@host",
        "https://host/?a=b",
        "https://host/#a",
        "https://host:99999",
    ],
)
def test_address_that_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        check_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.cyberyozh.com",
        "https://host:8443/root/",
        "http://127.0.0.1:80/",
        "http://localhost",
        "http://[::1]:8",
    ],
)
def test_address_that_is_taken(url: str) -> None:
    assert not str(check_base_url(url)).endswith("//")


async def test_address_may_have_a_path(open_client: OpenClient, server: Server) -> None:
    server.on("GET", f"/mirror{NUMBERS}", server.reply(200, []))
    await open_client(f"{server.url}/mirror/").active()


@pytest.mark.parametrize("proxy", ["nonsense://proxy", "http://proxy:nonsense", "socks5://proxy:1"])
def test_proxy_that_cannot_be_used(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ValueError, match="environment"):
        open_client("https://numbers.invalid")


async def test_headers_of_an_error_are_not_shown(client: NumbersClient, server: Server, api_key: str) -> None:
    server.on("GET", NUMBERS, server.reply(400, b"", Retry_After=api_key, Content_Encoding=api_key, Date=api_key))
    with pytest.raises(ApiError) as caught:
        await client.active()
    assert api_key not in caught.value.sentence


async def test_an_answer_does_not_show_its_body(client: NumbersClient, server: Server, api_key: str) -> None:
    server.on("GET", NUMBERS, server.reply(200, [api_key]))
    answer = await client._session.send(RequestKind.WATCH, NUMBERS)
    assert api_key not in repr(answer)
