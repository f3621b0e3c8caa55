from __future__ import annotations

import contextlib
from collections.abc import Callable

import httpx
import pytest

from numdeck.sandbox.faults import PRESETS, read_fault
from numdeck.sandbox.sandbox import Sandbox

ORDER = {"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "2"}


@pytest.mark.parametrize(("text", "times"), [("throttled", 1), ("throttled:3", 3), ("throttled:all", None)])
def test_a_fault_strikes_once_a_number_of_times_or_always(text: str, times: int | None) -> None:
    assert read_fault(text).times == times


@pytest.mark.parametrize("text", ["", "nosuch", "throttled:0", "throttled:x", "throttled:-1"])
def test_what_is_no_fault_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"there is no fault|no number of times"):
        read_fault(text)


def test_every_preset_can_strike(client: httpx.Client, sandbox: Sandbox) -> None:
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


def test_a_lost_answer_has_charged(client: httpx.Client, sandbox: Sandbox, connect: Callable[..., object]) -> None:
    sandbox.faults.add(read_fault("lost-answer"))
    with pytest.raises(httpx.HTTPError):
        client.post("/api/v1/numbers/", json=ORDER)
    assert len(sandbox.charges) == 1
