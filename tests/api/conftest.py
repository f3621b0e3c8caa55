"""A server that answers by script, faults included, over real sockets; a clock that only tests move; clients."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

import pytest

from numdeck.api.client import NumbersClient
from numdeck.api.session import Timeouts
from numdeck.clock import ServiceClock

KEY = "k3y-that-nobody-may-see"


class FakeClock:
    """Time stands still until somebody sleeps or a test moves it."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def drift(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@dataclass
class Request:
    """A request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


Act = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What the server does when a request has arrived."""


@dataclass
class Server:
    """Answers each request by its script; of several acts for one address the last one stays."""

    seen: list[Request] = field(default_factory=list)
    connections: int = 0
    on_connect: Act | None = None
    port: int = 0
    script: dict[tuple[str, str], list[Act]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, method: str, path: str, *acts: Act) -> None:
        self.script[method, path] = list(acts)

    def count(self, method: str, path: str | None = None) -> int:
        return sum(request.method == method and path in {None, request.path} for request in self.seen)

    @staticmethod
    def reply(status: int, content: object = b"", **headers: str) -> Act:
        """Answer with a JSON value, or with bytes as they are; `Retry_After="5"` becomes a header."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        if headers.get("Content_Encoding") == "gzip":
            body = gzip.compress(body)
        return Server.raw(Server.head(status, Content_Length=str(len(body)), **headers) + body)

    @staticmethod
    def head(status: int, **headers: str) -> bytes:
        """Status line and headers."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([f"HTTP/1.1 {status} Whatever", *lines, "", ""]).encode("latin-1")

    @staticmethod
    def raw(data: bytes, then: Literal["keep", "close", "reset", "hang"] = "keep") -> Act:
        """Write bytes as they are; then keep the connection, close or reset it, or never write again."""

        async def act(writer: asyncio.StreamWriter) -> None:
            writer.write(data)
            await writer.drain()
            match then:
                case "close":
                    writer.close()
                case "reset":
                    _reset(writer)
                case "hang":
                    await asyncio.Event().wait()

        return act

    @staticmethod
    def drip(data: bytes, every: float) -> Act:
        """Write one byte after the other, `every` seconds."""

        async def act(writer: asyncio.StreamWriter) -> None:
            for byte in data:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(every)

        return act

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                if self.on_connect is not None:
                    await self.on_connect(writer)
                    return
                while not writer.is_closing():
                    await self._exchange(reader, writer)
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path, _, query = target.partition("?")
        self.seen.append(Request(method, path, query, headers, body))
        acts = self.script.get((method, path)) or [self.reply(404, {"detail": "Not found."})]
        await (acts.pop(0) if len(acts) > 1 else acts[0])(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class OpenClient(Protocol):
    """Opens clients that are closed when the test is over."""

    def __call__(
        self, url: str | None = None, *, key: str = KEY, read_only: bool = False, timeouts: Timeouts | None = None
    ) -> NumbersClient: ...


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def api_key() -> str:
    return KEY


@contextlib.asynccontextmanager
async def _running() -> AsyncIterator[Server]:
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20)
    server.port = listener.sockets[0].getsockname()[1]
    yield server
    listener.close()
    for task in server.tasks:
        task.cancel()
    await asyncio.gather(*server.tasks, return_exceptions=True)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with _running() as running:
        yield running


@pytest.fixture
async def other_server() -> AsyncIterator[Server]:
    async with _running() as running:
        yield running


@pytest.fixture
def service_clock(clock: FakeClock) -> ServiceClock:
    return ServiceClock(clock)


@pytest.fixture
async def open_client(server: Server, service_clock: ServiceClock) -> AsyncIterator[OpenClient]:
    async with contextlib.AsyncExitStack() as stack:

        def open_one(
            url: str | None = None, *, key: str = KEY, read_only: bool = False, timeouts: Timeouts | None = None
        ) -> NumbersClient:
            client = NumbersClient(
                url or server.url, key, service_clock, read_only=read_only, timeouts=timeouts or Timeouts()
            )
            stack.push_async_callback(client.aclose)
            return client

        yield open_one


@pytest.fixture
def client(open_client: OpenClient) -> NumbersClient:
    return open_client()


@pytest.fixture
def impatient(open_client: OpenClient) -> NumbersClient:
    """A client that soon gives up on an answer; for answers that never end, as a loaded machine is slow with others."""
    return open_client(timeouts=Timeouts(read=0.5, total=1.5))


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
