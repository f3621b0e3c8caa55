"""One session with the service: sends a request once and returns its answer, or raises a typed error."""

from __future__ import annotations

import asyncio
import math
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, TypeVar

import httpx

from numdeck import __version__
from numdeck.api.body import ACCEPT_ENCODING, MAX_BODY, MAX_ERROR, decode_json, read_body, run_off_loop
from numdeck.api.errors import ApiError, ErrorAnswer, Paused, ReadOnly, ServerFault, Throttled, Unreachable, Unreadable
from numdeck.api.gate import Gate, RequestKind, read_http_date
from numdeck.api.redact import Redactor
from numdeck.clock import ServiceClock
from numdeck.model.address import is_loopback
from numdeck.model.text import clean

T = TypeVar("T")
_MAX_CONNECTIONS: Final = 8
_LAST_PORT: Final = 65535
_KEY = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long one request may take, in seconds: each step, and in total however slowly the answer drips."""

    connect: float = 5.0
    read: float = 15.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer: its raw body, when its request was sent and when it was complete, in epoch seconds.

    The body may quote the key; what is decoded from it does not.
    """

    body: bytes = field(repr=False)
    sent_at: float
    answered_at: float
    redactor: Redactor

    async def parse(self, read: Callable[[object], T]) -> T:
        """Decode the body as JSON and pass it to `read`. Raises Unreadable when it is not JSON, or from `read`."""
        return await run_off_loop(len(self.body), lambda: read(decode_json(self.body, self.redactor)))

    def decode_or_none(self) -> object:
        """Decode the body; None unless it is JSON."""
        return _decode_or_none(self.body, self.redactor)


class Session:
    """The connections, the key and the gate.

    Each purchase has a new connection. On a kept-alive one, a lost network or a server that hung up shows only after
    the request was written, when it is no longer certain whether the order was placed; a new connection fails before.
    No request is sent twice: httpx' transports are made without retries, and httpcore changes the connection only
    before the first byte.
    """

    def __init__(
        self, base_url: str, api_key: str, clock: ServiceClock, *, read_only: bool, timeouts: Timeouts
    ) -> None:
        url = check_base_url(base_url)
        check_api_key(api_key)
        self.host = clean(url.netloc.decode("ascii"))
        self.gate = Gate(clock)
        self._root = str(url).rstrip("/")
        self._redactor = Redactor(api_key)
        self._clock = clock
        self._read_only = read_only
        self._total = timeouts.total
        try:
            context = _tls(url)
            self._kept, self._single = (
                _open_client(url, api_key, timeouts, context, keep=keep) for keep in (_MAX_CONNECTIONS, 0)
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL):
            sentence = "The environment's settings cannot be used: check HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE."
            raise ValueError(sentence) from None

    async def aclose(self) -> None:
        """Close all connections."""
        await self._kept.aclose()
        await self._single.aclose()

    async def send(
        self,
        kind: RequestKind,
        path: str,
        *,
        query: httpx.QueryParams | None = None,
        body: Mapping[str, str | int | bool] | None = None,
        limit: int = MAX_BODY,
    ) -> Answer:
        """Send one request, once, and return its answer of at most `limit` bytes.

        Raises ReadOnly, Throttled or Paused before anything is sent, and the ApiError for any other answer than 2xx.
        """
        method = kind.method
        may_change = method != "GET"
        if may_change and self._read_only:
            raise ReadOnly("Read-only: nothing is ordered or cancelled.")
        self._check_gate(kind)
        sent_at = self._clock.monotonic()  # the answer may set the time of day
        client = self._single if method == "POST" else self._kept
        try:
            async with (
                asyncio.timeout(self._total),
                client.stream(method, self._root + path, params=query or None, json=body) as response,
            ):
                self._clock.hear(read_http_date(response.headers.get("date")), sent_at=sent_at)
                await self._check(response, kind, may_change=may_change)
                content = await read_body(response, limit)
        except ApiError:
            raise
        except Exception as error:
            # Any exception, on purpose: httpx lets some through as they are, the frames below hold the key, and crash
            # reports show local variables. For the same reason the new error does not carry the old one.
            raise unreachable(error, self.host) from None
        return Answer(content, self._clock.at(sent_at), self._clock.now(), self._redactor)

    def _check_gate(self, kind: RequestKind) -> None:
        hold = self.gate.hold(kind)
        if hold is None:
            return
        wait = f"{math.ceil(hold.seconds)} s"
        if hold.is_throttle:
            sentence = f"Not sent: there were too many requests, and the service asked to wait {wait} more."
            raise Throttled(sentence, retry_after=hold.seconds)
        raise Paused(f"Not sent: the service is unavailable; try again in {wait}.", retry_after=hold.seconds)

    async def _check(self, response: httpx.Response, kind: RequestKind, *, may_change: bool) -> None:
        """Raise the error for an answer other than 2xx, and tell the gate how long the service asks to wait."""
        if response.is_success:
            self.gate.resume()
            return
        try:
            body = await read_body(response, MAX_ERROR)
        except (Unreadable, httpx.TransportError):
            body = b""  # the status is enough
        error = ErrorAnswer(
            status=response.status_code,
            data=_decode_or_none(body, self._redactor),
            may_change=may_change,
            answered_at=read_http_date(response.headers.get("date")) or self._clock.now(),
            retry_after=response.headers.get("retry-after"),
        ).to_error()
        match error:
            case Throttled():
                self.gate.throttle(kind, error.retry_after)
            case ServerFault():
                if error.retry_after is not None:
                    self.gate.pause(error.retry_after)
            case _:
                self.gate.resume()
        raise error


def check_base_url(text: str) -> httpx.URL:
    """Read the root URL of the service. Raises ValueError with a sentence unless it is https, or http on loopback."""
    try:
        url = httpx.URL(text.rstrip("/"))
        host = url.host
    except (httpx.InvalidURL, UnicodeError):  # UnicodeError: a host name that IDNA cannot encode
        raise ValueError("The base URL is no web address such as https://app.cyberyozh.com.") from None
    if url.scheme not in {"http", "https"} or not host or (url.port or 0) > _LAST_PORT:
        raise ValueError("The base URL is no web address such as https://app.cyberyozh.com.")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("The base URL must be an address alone, without user, query or fragment.")
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError("The base URL must begin with https://, or the key would travel in the clear.")
    return url


def check_api_key(api_key: str) -> None:
    """Raise ValueError, with a sentence that does not show the key, for one that no HTTP header can carry."""
    if not _KEY.fullmatch(api_key):
        raise ValueError("The API key is empty, or holds spaces or characters that no API key has: copy it again.")


def _decode_or_none(body: bytes, redactor: Redactor) -> object:
    try:
        return decode_json(body, redactor)
    except Unreadable:
        return None


def _tls(url: httpx.URL) -> ssl.SSLContext:
    """The trusted certificates; none for plain http, as loading them takes 40 ms."""
    return httpx.create_ssl_context() if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _open_client(
    url: httpx.URL, api_key: str, timeouts: Timeouts, context: ssl.SSLContext, *, keep: int
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        headers=_headers(api_key),
        timeout=httpx.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool),
        limits=httpx.Limits(max_connections=_MAX_CONNECTIONS, max_keepalive_connections=keep),
        # A session cookie would change how the service authenticates: only the key may count.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,
        # The environment's proxies are the operator's choice, but requests to this machine must not leave it.
        trust_env=not is_loopback(url.host),
        verify=context,
    )


def _headers(api_key: str) -> dict[str, str]:
    return {
        "X-Api-Key": api_key,
        "Accept": "application/json",
        "Accept-Encoding": ACCEPT_ENCODING,
        "User-Agent": f"numdeck/{__version__}",
    }


_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.InvalidURL,
)
"""Raised before the first byte of a request is written. A failed TLS handshake is a `ConnectError`."""


def unreachable(error: Exception, host: str) -> Unreachable:
    """Return the error for a failure of the network, with its remedy."""
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
