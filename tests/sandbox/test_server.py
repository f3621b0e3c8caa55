"""Starting and stopping, embedded and alone."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import httpx
import pytest

from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer, SandboxStartError, serve
from numdeck.sandbox.settings import SandboxSettings

KEY = {"X-Api-Key": "sandbox"}
ROOT = Path(__file__).resolve().parents[2]


def test_restart(sandbox: Sandbox, order_body: Callable[..., object]) -> None:
    server = SandboxServer(sandbox)
    assert server.base_url == ""
    for bought in range(2):
        url = server.start()
        assert url == server.base_url
        assert url.startswith("http://127.0.0.1:")
        with httpx.Client(base_url=url, headers=KEY) as client:
            assert len(client.get("/api/v1/numbers/").json()) == bought
            client.post("/api/v1/numbers/", json=order_body())
        server.stop()
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
    server.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "numdeck-sandbox"]


def test_two_at_once() -> None:
    with SandboxServer() as one, SandboxServer() as other:
        assert one.base_url != other.base_url
        with pytest.raises(SandboxStartError, match="runs already"):
            one.start()


def test_stop_does_not_wait_for_clients() -> None:
    with SandboxServer() as server, httpx.Client(headers=KEY) as client:
        client.get(f"{server.base_url}/api/v1/numbers/")
        begun = monotonic()
        server.stop()
    assert monotonic() - begun < 1


def test_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for start in (SandboxServer(port=port).start, lambda: serve(SandboxSettings(), port)):
            with pytest.raises(
                SandboxStartError, match=rf"^Port {port} on 127\.0\.0\.1 is in use: choose another one\.$"
            ):
                start()


def test_invalid_port() -> None:
    with pytest.raises(SandboxStartError, match="cannot be used"):
        SandboxServer(port=70_000).start()


def test_latency(make_sandbox: Callable[..., Sandbox], connect: Callable[[Sandbox], httpx.Client]) -> None:
    client = connect(make_sandbox(latency=0.03))
    begun = monotonic()
    client.get("/api/v1/numbers/")
    assert monotonic() - begun >= 0.03


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_until_signal(ending: signal.Signals) -> None:
    script = "from numdeck.sandbox.server import *; serve(SandboxSettings(key='k3y', speed=60), 0)"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as it:
        assert it.stdout is not None
        line = it.stdout.readline().decode()
        words = line.split()
        assert line == f"sandbox at {words[2]} · key k3y · speed 60×\n"
        response = httpx.get(f"{words[2]}/api/v1/numbers/", headers={"X-Api-Key": "k3y"})
        assert response.status_code == 200
        it.send_signal(ending)
        rest, errors = it.communicate(timeout=5)
    assert (it.returncode, rest, errors) == (0, b"", b"")


def test_lazy_import() -> None:
    script = "import sys, numdeck.sandbox.server; numdeck.sandbox.server.SandboxServer(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"starlette", "uvicorn", "httpx", "textual", "rich", "pydantic"} & set(loaded.stdout.split())
