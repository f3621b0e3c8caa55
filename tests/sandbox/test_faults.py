"""Faults on the way, before and after a request took effect."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Literal

import httpx
import pytest

from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox

NUMBERS = "/api/v1/numbers/"
When = Literal["before", "after"]
Body = Callable[..., dict[str, object]]


@pytest.mark.parametrize(("when", "bought"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("action", ["answer", "cut"])
def test_purchase_that_is_lost(
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
def test_answer_in_place_of_the_services(
    client: httpx.Client, sandbox: Sandbox, body: object, content: bytes, media_type: str
) -> None:
    sandbox.faults.add(Fault(status=429, body=body, headers={"Retry-After": "50"}))
    response = client.get(NUMBERS)
    assert (response.status_code, response.content) == (429, content)
    assert (response.headers["Content-Type"], response.headers["Retry-After"]) == (media_type, "50")


def test_faults_strike_what_they_name_and_as_often_as_they_say(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(method="GET", path="/api/v1/numbers/*/", times=2, status=500))
    paths = [NUMBERS, *[f"{NUMBERS}history/"] * 3]
    assert [client.get(path).status_code for path in paths] == [200, 500, 500, 200]
    assert client.get("/api/v2/users/balance/").status_code == 200


def test_first_fault_that_matches_goes_first(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(status=500))
    sandbox.faults.add(Fault(status=503, times=None))
    assert [client.get(NUMBERS).status_code for _ in range(4)] == [500, 503, 503, 503]
    sandbox.faults.clear()
    assert client.get(NUMBERS).status_code == 200
    assert sandbox.count("GET", NUMBERS) == 5


def test_nothing_to_truncate_before_there_is_an_answer() -> None:
    with pytest.raises(ValueError, match="truncated"):
        Fault(action="truncate")


def test_which_purchase_made_which_order_is_known_even_if_its_answer_was_lost(
    client: httpx.Client, sandbox: Sandbox, order_body: Body
) -> None:
    for when in ("before", "after"):
        sandbox.faults.add(Fault(method="POST", path=NUMBERS, when=when, action="answer", status=502))
        client.post(NUMBERS, json=order_body(markup_percent=50))
    sandbox.buy(Purchase())
    (posted,) = sandbox.posted
    assert posted.purchase.markup_percent == 50
    assert posted.order_id == sandbox.charges[0].order_id
