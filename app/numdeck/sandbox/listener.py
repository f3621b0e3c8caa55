"""uvicorn, fitted for embedding: no polling, no signals, no logs, and connections that can be cut."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_KEEP_ALIVE_SECONDS = 75
"""As a usual front server; uvicorn's 5 would close connections just as a client polls every 5 seconds."""


class _CuttableProtocol(H11Protocol):
    """Lets the application cut its connection through `scope["state"]["abort"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in its base
        """Take a new connection (asyncio)."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


class Listener(uvicorn.Server):
    """A server for one thread and one event loop, which another thread may halt."""

    def __init__(self, app: ASGIApp, on_listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_CuttableProtocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                # Cut and truncated answers, which tests ask for, would be logged as errors.
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
        """Serve until halted; the base looks ten times a second whether to exit."""
        self._event_loop = asyncio.get_running_loop()
        self._halted = asyncio.Event()
        self._on_listening()
        await self._halted.wait()

    def halt(self) -> None:
        """Ask the server to end, from any thread, once it listens."""
        self._event_loop.call_soon_threadsafe(self._halted.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Close everything at once; the base waits for idle clients."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
