"""Ordering counted from outside: keys from the desk to a placed order, and what is asked of the service for it."""

from __future__ import annotations

import pytest

from numdeck.model.request import Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.settings import Quirks
from tests.terminal.conftest import Home, OpenService, OpenTerminal, Service
from tests.terminal.terminal import ENTER, Terminal

NEW = "ntg" + ENTER + "667" + ENTER + ENTER
"""From the desk to the question."""


def first_order(open_terminal: OpenTerminal, service: Service, price: str = "for $") -> Terminal:
    """Order a number, and answer the question when it says this of the price."""
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.send(NEW)
    terminal.wait_for_line("Order virtual MIN_15", "tg", "667", price)
    terminal.send(ENTER)
    terminal.wait_for("Active 1")
    return terminal


def test_two_keys_order_the_same_again(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = first_order(open_terminal, service)
    terminal.send("R")
    terminal.wait_for_line("Order virtual MIN_15", "for $")
    terminal.send(ENTER)
    terminal.wait_for("Active 2")
    assert service.sandbox.count("POST") == 2


def test_a_number_and_two_keys_order_what_was_ordered_before(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = first_order(open_terminal, service)
    terminal.send("n1" + ENTER)
    terminal.wait_for_line("Order virtual MIN_15: Telegram (tg), USA (667) for $")
    terminal.send(ENTER)
    terminal.wait_for("Active 2")
    assert service.sandbox.count("POST") == 2


def test_a_choice_costs_one_request_however_fast_it_was_typed(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.send("n")
    terminal.wait_for("Order a number")
    for key in "tg" + ENTER + "667" + ENTER:
        terminal.send(key)
        terminal.read(0.03)
    terminal.wait_for_line("Price $", "in stock")
    assert service.sandbox.count("GET", "*/search/") == 1


def test_the_next_start_finds_names_without_asking(open_terminal: OpenTerminal, service: Service, home: Home) -> None:
    terminal = first_order(open_terminal, service)
    terminal.wait_for(lambda: list(home.state.glob("names-*.json")))
    terminal.send("q")
    terminal.wait_for_exit()
    service.sandbox.faults.add(Fault(path="*/services/", action="cut", times=None))
    again = open_terminal(service=service)
    again.wait_for("● live")
    again.send("nwhatsap")
    again.wait_for_line("WhatsApp")
    assert service.sandbox.count("GET", "*/services/") == 1


@pytest.mark.parametrize(
    ("settings", "price"),
    [
        ({"quirks": Quirks(missing=frozenset({"services", "countries", "search", "balance"}))}, "not known"),
        (
            {"faults": tuple(Fault(path=f"*/{name}/", action="cut", times=None) for name in ("services", "search"))},
            "not known",
        ),
        ({"faults": (Fault(path="*/search/", action="delay", seconds=30.0, times=None),)}, "asking for the price"),
        (
            {"faults": (Fault(path="*/search/", action="answer", status=200, body="\x1b[2J<html>", times=None),)},
            "not known",
        ),
    ],
    ids=["missing", "cut", "slow", "nonsense"],
)
def test_an_order_never_waits_for_what_nobody_promised(
    open_terminal: OpenTerminal, open_service: OpenService, settings: dict[str, object], price: str
) -> None:
    service = open_service(**settings)
    terminal = first_order(open_terminal, service, price)
    assert service.sandbox.count("POST") == 1
    order = service.sandbox.order(str(service.sandbox.charges[-1].order_id))
    assert (order.provider, order.period, order.service_code) == (Provider.VIRTUAL, Period.MIN_15, "tg")
    assert b"\x1b[2J<html>" not in terminal.raw


def test_beyond_a_limit_enter_is_not_enough(open_terminal: OpenTerminal, service: Service, home: Home) -> None:
    home.configure(rest="[spend]\nper_order = 0.10\nlow_balance = 60")
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.wait_for("▲ balance $50.00")
    terminal.send(NEW)
    terminal.wait_for("is more than the limit of $0.10 an order")
    terminal.send(ENTER + ENTER + "0.01" + ENTER)
    terminal.wait_for("Nothing was ordered")
    assert service.sandbox.count("POST") == 0
