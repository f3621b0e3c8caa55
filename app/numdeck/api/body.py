"""Reading the body of an answer: bounded, decoded once, without blocking the event loop."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

import httpx

from numdeck.api.errors import Unreadable
from numdeck.api.redact import Redactor

ACCEPT_ENCODING: Final = "gzip"
"""The only compression that is requested, and so the only one that is read."""

MAX_BODY: Final = 8 * 1024 * 1024
"""Longest body of an answer, in decoded bytes."""

MAX_HISTORY: Final = 32 * 1024 * 1024
"""Longest body of the history, in decoded bytes: it may hold all orders of an account."""

MAX_ERROR: Final = 64 * 1024
"""Longest body of an error, in decoded bytes."""

_LARGE: Final = 256 * 1024
_TOO_LONG: Final = "The service's answer is too long to be read."
_GARBLED: Final = "The service's answer cannot be read."

T = TypeVar("T")


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Read and decompress a streamed body. Raises Unreadable when it is longer than `limit` bytes or garbled.

    `Response.aiter_bytes` would decompress a whole chunk before its size is known, and as many layers of compression as
    the header names: a few kilobytes could become gigabytes.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return await _read_plain(response, limit)
    if encoding not in {"gzip", "x-gzip"}:
        raise Unreadable("The service's answer is compressed in a way that was not asked for.")
    return await _read_gzip(response, limit)


async def _read_plain(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise Unreadable(_TOO_LONG)
    return bytes(body)


async def _read_gzip(response: httpx.Response, limit: int) -> bytes:
    body, compressed = bytearray(), 0
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        async for chunk in response.aiter_raw():
            compressed += len(chunk)
            body += unpacker.decompress(chunk, limit + 1 - len(body))
            if max(len(body), compressed) > limit:
                raise Unreadable(_TOO_LONG)
    except zlib.error:
        raise Unreadable(_GARBLED) from None
    if compressed and not unpacker.eof:
        raise Unreadable("The service's answer broke off in the middle.")
    return bytes(body)


def decode_json(body: bytes, redactor: Redactor | None = None) -> object:
    """Decode a body. Numbers become `Decimal`, as money must not become `float`. Raises Unreadable unless it is JSON.

    The key is redacted after decoding: before, an escape could hide it. Impossible numbers (NaN, a monstrous exponent)
    become None, bytes that are not UTF-8 the replacement character.
    """
    try:
        value: object = json.loads(
            body.decode("utf-8-sig", "replace"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
        return value if redactor is None or redactor.is_clear(body) else redactor.redact(value)
    except (ValueError, RecursionError):
        raise Unreadable(_GARBLED) from None


async def run_off_loop(size: int, work: Callable[[], T]) -> T:
    """Run `work` on `size` bytes of data; in a thread if that is much, so that the event loop stays free."""
    return work() if size <= _LARGE else await asyncio.to_thread(work)


def _number(digits: str) -> Decimal | None:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _no_number(_name: str) -> None:
    return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Python code between the C parser's objects lets other threads run. Without it, a megabyte is parsed with the
    # interpreter locked, and a thread would not help.
    return dict(pairs)
