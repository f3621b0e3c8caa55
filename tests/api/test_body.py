"""Bodies are bounded and decoded once, whatever comes."""

from __future__ import annotations

import json
import tracemalloc
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numdeck.api.body import MAX_BODY, decode_json
from numdeck.api.client import NumbersClient
from numdeck.api.errors import Unreadable
from numdeck.api.reader import read_balance
from numdeck.model.request import OrderRequest

if TYPE_CHECKING:
    from tests.api.conftest import Server

NUMBERS = "/api/v1/numbers/"
REQUEST = OrderRequest(service_code="tg", country_code="2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda value: json.dumps(value, default=str).encode()))
def test_any_bytes_are_survived(body: bytes) -> None:
    read_balance(body)
    try:
        decode_json(body)
    except Unreadable:
        return


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[0.10]", [Decimal("0.10")]),
        (b"\xef\xbb\xbf[5]", [5]),
        (b"[NaN, Infinity, -Infinity]", [None, None, None]),
        (b"[1e99999999999999999999999]", [None]),
        (b"[" + b"9" * 5000 + b"]", [Decimal("9" * 5000)]),
        (b'["\xff"]', ["\ufffd"]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_at_its_edges(body: bytes, value: object) -> None:
    assert decode_json(body) == value


async def test_bomb_stops_early(client: NumbersClient, server: Server) -> None:
    server.on("POST", NUMBERS, server.reply(201, b" " * (100 * 1024 * 1024), Content_Encoding="gzip"))
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="too long"):
            await client.purchase(REQUEST)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3 * MAX_BODY, "it is unpacked no further than it is read"
