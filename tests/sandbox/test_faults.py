"""Faults on the way, before and after a request took effect."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from time import monotonic
from typing import Literal

import httpx
import pytest

from numdeck.sandbox.faults import PRESETS, Fault, read_fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox

NUMBERS = "/api/v1/numbers/"
When = Literal["before", "after"]
Body = Callable[..., dict[str, object]]


@pytest.mark.parametrize(("when", "bought"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("action", ["answer", "cut"])
def test_lost_purchase(
    client: httpx.Client, sandbox: Sandbox, order_body: Body, when: When, bought: int, action: Literal["answer", "cut"]
) -> None:
    sandbox.faults.add(Fault(method="POST", path=NUMBERS, when=when, action=action, status=502))
    if action == "cut":
        with pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
            client.post(NUMBERS, json=order_body())
    else:
        assert client.post(NUMBERS, json=order_body()).status_code == 502
    assert len(sandbox.charges) == len(client.get(NUMBERS).json()) == bought
    assert len(sandbox.faults) == 0


def test_truncated_answer(client: httpx.Client, sandbox: Sandbox, order_body: Body) -> None:
    sandbox.faults.add(Fault(method="POST", when="after", action="truncate"))
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(NUMBERS, json=order_body())
    assert len(client.get(NUMBERS).json()) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_delay(client: httpx.Client, sandbox: Sandbox, when: When) -> None:
    sandbox.faults.add(Fault(action="delay", when=when, seconds=0.03))
    begun = monotonic()
    assert client.get(NUMBERS).json() == []
    assert monotonic() - begun >= 0.03


def test_delay_beyond_the_clients_patience(client: httpx.Client, sandbox: Sandbox, order_body: Body) -> None:
    sandbox.faults.add(Fault(method="POST", when="after", action="delay", seconds=60))
    with pytest.raises(httpx.ReadTimeout):
        client.post(NUMBERS, json=order_body(), timeout=0.05)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize(
    ("body", "content", "media_type"),
    [
        ("<h1>502</h1>", b"<h1>502</h1>", "text/html; charset=utf-8"),
        (b"\x1b]52;c;\xff", b"\x1b]52;c;\xff", "application/octet-stream"),
        ({"detail": "no"}, b'{"detail": "no"}', "application/json"),
    ],
)
def test_replaced_answer(client: httpx.Client, sandbox: Sandbox, body: object, content: bytes, media_type: str) -> None:
    sandbox.faults.add(Fault(status=429, body=body, headers={"Retry-After": "50"}))
    response = client.get(NUMBERS)
    assert (response.status_code, response.content) == (429, content)
    assert (response.headers["Content-Type"], response.headers["Retry-After"]) == (media_type, "50")


def test_fault_pattern_and_times(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(method="GET", path="/api/v1/numbers/*/", times=2, status=500))
    paths = [NUMBERS, *[f"{NUMBERS}history/"] * 3]
    assert [client.get(path).status_code for path in paths] == [200, 500, 500, 200]
    assert client.get("/api/v2/users/balance/").status_code == 200


def test_first_match_counts(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(status=500))
    sandbox.faults.add(Fault(status=503, times=None))
    assert [client.get(NUMBERS).status_code for _ in range(4)] == [500, 503, 503, 503]
    sandbox.faults.clear()
    assert client.get(NUMBERS).status_code == 200
    assert sandbox.count("GET", NUMBERS) == 5


def test_truncate_before_is_invalid() -> None:
    with pytest.raises(ValueError, match="truncated"):
        Fault(action="truncate")


def test_posted_knows_lost_purchases(client: httpx.Client, sandbox: Sandbox, order_body: Body) -> None:
    for when in ("before", "after"):
        sandbox.faults.add(Fault(method="POST", path=NUMBERS, when=when, action="answer", status=502))
        client.post(NUMBERS, json=order_body(markup_percent=50))
    sandbox.buy(Purchase())
    (posted,) = sandbox.posted
    assert posted.purchase.markup_percent == 50
    assert posted.order_id == sandbox.charges[0].order_id


ORDER = {"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "2"}


@pytest.mark.parametrize(("text", "times"), [("throttled", 1), ("throttled:3", 3), ("throttled:all", None)])
def test_read_fault(text: str, times: int | None) -> None:
    assert read_fault(text).times == times


@pytest.mark.parametrize("text", ["", "nosuch", "throttled:0", "throttled:x", "throttled:-1"])
def test_read_unknown_fault(text: str) -> None:
    with pytest.raises(ValueError, match=r"there is no fault|no number of times"):
        read_fault(text)


def test_every_preset(client: httpx.Client, sandbox: Sandbox) -> None:
    for name in PRESETS:
        if name == "slow":
            continue  # real seconds
        fault = read_fault(name)
        sandbox.faults.add(fault)
        method = "GET" if fault.method == "*" else fault.method
        path = {"GET": "/api/v1/numbers/", "POST": "/api/v1/numbers/", "PUT": "/api/v1/numbers/x/cancel/"}[method]
        with contextlib.suppress(httpx.HTTPError):
            client.request(method, path, json=ORDER if method == "POST" else None)
        assert len(sandbox.faults) == 0, name


def test_lost_answer_is_charged(client: httpx.Client, sandbox: Sandbox, connect: Callable[..., object]) -> None:
    sandbox.faults.add(read_fault("lost-answer"))
    with pytest.raises(httpx.HTTPError):
        client.post("/api/v1/numbers/", json=ORDER)
    assert len(sandbox.charges) == 1
