"""The key goes to the configured address alone, and is shown nowhere."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import re
import traceback
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.traceback import Traceback

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError, ServerFault
from numdeck.api.gate import RequestKind
from numdeck.api.redact import Redactor
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


SLASHED = "k3y/that+nobody=may&see"

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": json.dumps,
    "escaped slashes": lambda key: json.dumps(key).replace("/", "\\/"),
    "escaped throughout": lambda key: '"' + "".join(f"\\u{ord(one):04x}" for one in key) + '"',
    "escaped here and there": lambda key: '"' + f"\\u{ord(key[0]):04X}" + key[1:] + '"',
    "escaped twice": lambda key: json.dumps(json.dumps(key).replace("/", "\\/")),
    "in an address": lambda key: json.dumps(f"https://host/?key={quote(key, safe='')}"),
    "in an address, in small letters": lambda key: json.dumps(quote(key, safe="").lower()),
    "in an address of an address": lambda key: json.dumps(quote(quote(key, safe=""), safe="")),
    "in HTML": lambda key: json.dumps(f"<p>{html.escape(key)}</p>"),
    "in HTML by numbers": lambda key: json.dumps("".join(f"&#{ord(one)};" for one in key)),
    "in capitals": lambda key: json.dumps(key.upper()),
    "in base64": lambda key: json.dumps(base64.b64encode(f"user:{key}".encode()).decode()),
    "in base64 for addresses": lambda key: json.dumps(base64.urlsafe_b64encode(f"me:{key}?".encode()).decode()),
}


def holds(said: str, key: str) -> bool:
    """Whether somebody who reads this knows the key, or most of it."""
    texts = {said, unquote(unquote(said)), html.unescape(said), said.replace("\\", "")}
    texts |= {base64.b64decode(one + "==", altchars="-_").decode("latin-1") for one in re.findall(r"[\w-]{16,}", said)}
    return any(key[3:-3].lower() in text.lower() for text in texts)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("key", [KEY, SLASHED])
@pytest.mark.parametrize("status", [200, 400, 401, 402, 404, 500])
async def test_a_service_that_quotes_the_key_does_not_get_it_onto_the_screen(
    open_client: OpenClient, server: Server, status: int, key: str, encoding: str
) -> None:
    quoted = ENCODINGS[encoding](key)
    order = f'"id": "1", "status": {quoted}, "provider": {quoted}, "history_sms_code": [{quoted}], "report": {quoted}'
    body = f'{{"detail": {quoted}, "message": [{quoted}], {quoted}: "a field", {order}}}'.encode()
    server.on("POST", NUMBERS, server.reply(status, body))
    server.on("GET", NUMBERS, server.reply(status, b"[" + body + b"]"))
    server.on("PUT", f"{NUMBERS}1/cancel/", server.reply(status, body))
    server.on("GET", f"{NUMBERS}countries/", server.reply(200, f'[{{"code": "1", "name": {quoted}}}]'.encode()))
    client = open_client(key=key)
    for ask in (client.purchase(REQUEST), client.active(), client.cancel("1"), client.countries()):
        try:
            said = repr(await ask)
        except ApiError as error:
            said = f"{error!r} {getattr(error, 'fields', '')}"
        assert said
        assert not holds(said, key), said


async def test_headers_of_an_error_are_not_shown(client: NumbersClient, server: Server, api_key: str) -> None:
    server.on("GET", NUMBERS, server.reply(400, b"", Retry_After=api_key, Content_Encoding=api_key, Date=api_key))
    with pytest.raises(ApiError) as caught:
        await client.active()
    assert api_key not in caught.value.sentence


async def test_an_answer_does_not_show_its_body(client: NumbersClient, server: Server, api_key: str) -> None:
    server.on("GET", NUMBERS, server.reply(200, [api_key]))
    answer = await client._session.send(RequestKind.WATCH, NUMBERS)
    assert api_key not in repr(answer)


@pytest.mark.parametrize(
    ("key", "text", "redacted"),
    [
        ("sandbox", "a sandbox", "a sandbox"),  # anybody could guess it
        ("k3y-abcd", "key k3y-abcd, please", "key ***, please"),
        ("k3y-abcd", "k3y-abcdef", "k3y-abcdef"),  # perhaps something else
        ("12345678", "12345678", "12345678"),  # perhaps a code
        ("1234567890123456", "code 1234567890123456.", "code ***."),
        ("k3y-of-sixteen-ch", "xk3y-of-sixteen-chx", "x***x"),
        ("k3y-of-sixteen-ch", "k3y-of-sixteen", "k3y-of-sixteen"),
        (r"k3y\of\seventeen\ch", r"k3y\\of\\seventeen\\ch", "***"),
    ],
)
def test_what_is_taken_out_of_a_text(key: str, text: str, redacted: str) -> None:
    assert Redactor(key).redact_text(text) == redacted


def test_numbers_and_names_of_fields_are_looked_at_too() -> None:
    redactor = Redactor("1234567890123456")
    value = {"1234567890123456": [Decimal(1234567890123456), Decimal("0.15"), None, True]}
    assert redactor.redact(value) == {"***": ["***", Decimal("0.15"), None, True]}


@given(st.text(max_size=80))
def test_nothing_else_is_changed(text: str) -> None:
    assert Redactor("k3y-that-nobody-may-see").redact_text(text) == text


def test_a_text_that_is_nearly_the_key_over_and_over_costs_little() -> None:
    key = "a/" * 100
    assert Redactor(key + "b").redact_text("\\" * 20_000 + (key + "c") * 100).endswith("c")
