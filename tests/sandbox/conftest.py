"""One silent, empty sandbox on a clock that stands still, over real HTTP; and a way to open others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, SandboxSettings

ORDER = {"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "2"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_sandbox(clock: ManualClock) -> Callable[..., Sandbox]:
    """Make a sandbox that is silent and empty unless the settings given say otherwise."""
    plain = SandboxSettings(history=0, waiting=0, is_silent=True)

    def make(**settings: object) -> Sandbox:
        return Sandbox(replace(plain, **settings), clock=clock)  # type: ignore[arg-type]

    return make


@pytest.fixture
def connect() -> Iterator[Callable[[Sandbox], httpx.Client]]:
    """Serve a sandbox until the test is over, and return a client with its key."""
    with ExitStack() as stack:

        def open_client(sandbox: Sandbox) -> httpx.Client:
            server = stack.enter_context(SandboxServer(sandbox))
            headers = {"X-Api-Key": SANDBOX_KEY}
            # Nothing to verify on loopback, and loading the certificates would take longer than most tests.
            client = httpx.Client(base_url=server.base_url, headers=headers, timeout=5, verify=False, trust_env=False)
            return stack.enter_context(client)

        yield open_client


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return make_sandbox()


@pytest.fixture
def client(sandbox: Sandbox, connect: Callable[[Sandbox], httpx.Client]) -> httpx.Client:
    return connect(sandbox)


@pytest.fixture
def order_body() -> Callable[..., dict[str, object]]:
    """Build the body of a plain purchase, with some fields changed; None leaves a field out."""

    def build(**changes: object) -> dict[str, object]:
        return {name: value for name, value in {**ORDER, **changes}.items() if value is not None}

    return build


@pytest.fixture
def buy(order_body: Callable[..., dict[str, object]]) -> Callable[..., dict[str, Any]]:
    """Buy a number over HTTP and return the order."""

    def place(client: httpx.Client, **changes: object) -> dict[str, Any]:
        response = client.post("/api/v1/numbers/", json=order_body(**changes))
        assert response.status_code == 201, response.text
        order: dict[str, Any] = response.json()
        return order

    return place
