"""Faults of the network as `Unreachable`: what broke, and whether the request may have left before it did."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from numdeck.api.errors import Unreachable

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.InvalidURL,
)
"""Raised before the first byte of a request is written. A failed TLS handshake is a `ConnectError`."""


def unreachable(error: Exception, host: str) -> Unreachable:
    """Tell in a sentence with a remedy what kept a whole answer from coming."""
    return Unreachable(_sentence(error, host), maybe_applied=not isinstance(error, _NOTHING_SENT))


def _sentence(error: Exception, host: str) -> str:
    match error:
        case httpx.ConnectTimeout():
            return f"{host} does not answer: check the network."
        case httpx.PoolTimeout():
            return "Too many requests are waiting for an answer: try again in a moment."
        case httpx.ProxyError():
            return "The proxy refused the connection: check HTTPS_PROXY."
        case httpx.ConnectError():
            return _connect_sentence(error, host)
        case httpx.TimeoutException() | TimeoutError():
            return f"{host} did not answer in time."
        case _:
            return f"The connection to {host} broke off before the whole answer came ({type(error).__name__})."


def _connect_sentence(error: httpx.ConnectError, host: str) -> str:
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"{host} was not found: check the network, its name service, and the base URL."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"No secure connection to {host}: check the base URL, the clock and the certificates of this machine."
    return f"No connection to {host}: check the network and the base URL."


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
