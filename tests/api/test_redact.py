"""The key is removed from what the service sends back, however it is encoded."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.api.errors import ApiError
from numdeck.api.redact import Redactor
from numdeck.model.request import OrderRequest

if TYPE_CHECKING:
    from tests.api.conftest import OpenClient, Server


KEY = "k3y-that-nobody-may-see"


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
def test_redact_text(key: str, text: str, redacted: str) -> None:
    assert Redactor(key).redact_text(text) == redacted


def test_redact_numbers_and_names() -> None:
    redactor = Redactor("1234567890123456")
    value = {"1234567890123456": [Decimal(1234567890123456), Decimal("0.15"), None, True]}
    assert redactor.redact(value) == {"***": ["***", Decimal("0.15"), None, True]}


@given(st.text(max_size=80))
def test_redact_nothing_else(text: str) -> None:
    assert Redactor("k3y-that-nobody-may-see").redact_text(text) == text


def test_near_misses_are_fast() -> None:
    key = "a/" * 100
    assert Redactor(key + "b").redact_text("\\" * 20_000 + (key + "c") * 100).endswith("c")


NUMBERS = "/api/v1/numbers/"


REQUEST = OrderRequest(service_code="tg", country_code="2")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("key", [KEY, SLASHED])
@pytest.mark.parametrize("status", [200, 400, 401, 402, 404, 500])
async def test_quoted_key(open_client: OpenClient, server: Server, status: int, key: str, encoding: str) -> None:
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
