"""Running the sandbox: embedded in a program or a test, or alone."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Protocol, Self

from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import SandboxSettings

_HOST: Final = "127.0.0.1"
_ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SandboxStartError(RuntimeError):
    """The sandbox could not start; its text is one sentence for the operator."""


class _Halting(Protocol):
    def halt(self) -> None:
        """Ask to end."""


class SandboxServer:
    """Serves a sandbox on loopback from a thread with its own event loop.

    After a stop it can be started again with the same data. Works as a context manager.
    """

    def __init__(self, sandbox: Sandbox | None = None, *, port: int = 0) -> None:
        """Serve the given sandbox, or a new one; port 0 lets the system choose."""
        self.sandbox = sandbox or Sandbox()
        self._port = port
        self._thread: threading.Thread | None = None
        self._listener: _Halting | None = None
        self._base_url = ""

    @property
    def base_url(self) -> str:
        """The base URL, such as `http://127.0.0.1:40123`; empty before the first start."""
        return self._base_url

    def start(self) -> str:
        """Start serving; return the base URL once connections are accepted.

        Raises `SandboxStartError` when the port is not available or the server is running already.
        """
        if self._thread is not None:
            raise SandboxStartError("The sandbox runs already.")
        # Imported here: a program that never starts a sandbox must not load a web server.
        from numdeck.sandbox.listener import Listener
        from numdeck.sandbox.routes import build_app

        bound = _bind(self._port)
        host, port = bound.getsockname()
        started = threading.Event()
        listener = Listener(build_app(self.sandbox), started.set)
        failures: list[BaseException] = []

        def run() -> None:
            try:
                asyncio.run(listener.serve(sockets=[bound]))
            except BaseException as error:
                failures.append(error)
            finally:
                bound.close()
                started.set()

        self._thread = threading.Thread(target=run, name="numdeck-sandbox", daemon=True)
        self._thread.start()
        started.wait()
        if failures:
            self._thread = None
            raise SandboxStartError(f"The sandbox could not start: {failures[0]}.") from failures[0]
        self._listener = listener
        self._base_url = f"http://{host}:{port}"
        return self._base_url

    def stop(self) -> None:
        """Stop serving and close all connections; does nothing when the server is not running."""
        if self._thread is None or self._listener is None:
            return
        self._listener.halt()
        self._thread.join()
        self._thread = self._listener = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _bind(port: int) -> socket.socket:
    # asyncio disables Nagle's algorithm, which costs 40 ms an answer, only if the protocol is given.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # A restart on the same port need not wait for old connections to expire.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((_HOST, port))
        # Here, not later: only listen() fails if another sandbox has the port.
        bound.listen()
    except (OSError, OverflowError) as error:
        bound.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise SandboxStartError(f"Port {port} on {_HOST} is in use: choose another one.") from None
        raise SandboxStartError(f"Port {port} on {_HOST} cannot be used: {str(error).rstrip('.')}.") from None
    return bound


def serve(settings: SandboxSettings, port: int) -> None:
    """Serve a sandbox from the main thread until ctrl+c, SIGTERM or SIGHUP.

    Prints a line with the URL, the key and the speed. Raises `SandboxStartError` when the port is not available.
    """
    server = SandboxServer(Sandbox(settings), port=port)
    with _held_signals() as wait_for_signal, server:
        sys.stdout.write(f"sandbox at {server.base_url} · key {settings.key} · speed {settings.speed:g}×\n")
        sys.stdout.flush()
        wait_for_signal()


@contextlib.contextmanager
def _held_signals() -> Iterator[Callable[[], object]]:
    """Block the ending signals in this thread and those it starts; yields a function that waits for one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING_SIGNALS)
    try:
        yield lambda: signal.sigwait(_ENDING_SIGNALS)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
