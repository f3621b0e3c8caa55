"""uvicorn and the faults of its connections, fitted for embedding: no polling, no signals, no logs."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from numdeck.sandbox.faults import Fault, FaultQueue

_KEEP_ALIVE_SECONDS = 75
"""Like common front servers; with uvicorn's 5, connections close just when a client polls every 5 seconds."""


class FaultMiddleware:
    """Applies the faults of a queue to an ASGI application.

    Cutting needs the server's help: `scope["state"]["abort"]`, a function that closes the connection.
    """

    def __init__(self, app: ASGIApp, queue: FaultQueue) -> None:
        self._app = app
        self._queue = queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        fault = self._queue.take(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.when == "before":
            await self._strike_before(fault, scope, receive, send)
        else:
            await self._strike_after(fault, scope, receive, send)

    async def _strike_before(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.action == "delay":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif fault.action == "cut":
            await _cut(scope, receive)
        else:
            await _send_all(_messages(fault), send)

    async def _strike_after(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        if fault.action == "cut":
            await _cut(scope, receive)
        elif fault.action == "answer":
            await _send_all(_messages(fault), send)
        elif fault.action == "delay":
            await asyncio.sleep(fault.seconds)
            await _send_all(messages, send)
        else:
            await _send_all([messages[0], _half_body(messages[1:])], send)


async def _send_all(messages: list[Message], send: Send) -> None:
    for message in messages:
        await send(message)


async def _cut(scope: Scope, receive: Receive) -> None:
    scope["state"]["abort"]()
    # The server would answer with a 500 if the application returned before the connection is closed.
    while (await receive())["type"] != "http.disconnect":
        pass


def _messages(fault: Fault) -> list[Message]:
    if isinstance(fault.body, bytes):
        media_type, body = "application/octet-stream", fault.body
    elif isinstance(fault.body, str):
        media_type, body = "text/html; charset=utf-8", fault.body.encode()
    else:
        media_type, body = "application/json", json.dumps(fault.body).encode()
    headers = {"content-type": media_type, "content-length": str(len(body))}
    headers.update({name.lower(): value for name, value in fault.headers.items()})
    raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return [
        {"type": "http.response.start", "status": fault.status, "headers": raw_headers},
        {"type": "http.response.body", "body": body},
    ]


def _half_body(parts: list[Message]) -> Message:
    body = b"".join(part.get("body", b"") for part in parts)
    # The rest never comes: the server closes the connection short of the content length.
    return {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}


class _CuttableProtocol(H11Protocol):
    """Lets the application close its connection by `scope["state"]["abort"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in its base
        """Take a new connection (asyncio)."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


class Listener(uvicorn.Server):
    """A server for one thread and one event loop; another thread may halt it."""

    def __init__(self, app: ASGIApp, on_listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_CuttableProtocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                # Cut and truncated answers would be logged as errors.
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        self._on_listening = on_listening

    async def main_loop(self) -> None:
        """Serve until halted; the base class polls ten times a second."""
        self._event_loop = asyncio.get_running_loop()
        self._halted = asyncio.Event()
        self._on_listening()
        await self._halted.wait()

    def halt(self) -> None:
        """Stop the server, which must be listening, from any thread."""
        self._event_loop.call_soon_threadsafe(self._halted.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Close everything at once; the base class waits for idle clients."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
