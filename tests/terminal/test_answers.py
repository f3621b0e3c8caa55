"""Keys as a slow line delivers them, byte for byte: nothing is ordered or cancelled by one that was not meant."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from tests.terminal.conftest import Home, OpenTerminal, Service
from tests.terminal.terminal import CTRL_C, ENTER, ESCAPE, Terminal
from tests.terminal.test_ordering import NEW, first_order

CTRL_P, CTRL_Q = "\x10", "\x11"

BUNCHES = {
    "esc first": ESCAPE + ENTER,
    "enter first": ENTER + ESCAPE,
    "esc and [": ESCAPE + "[" + ENTER,
    "kitty": "\x1b[27u" + ENTER,
    "more keys": ESCAPE + "y" + ENTER + ENTER,
}
"""Keys that come in one piece. For those that come a little later see tests/ui/test_answers.py."""

ANOTHER_KEY: Final = 0.3
"""Seconds after which a key has nothing to do with an esc before it."""


def ask_to_order(terminal: Terminal) -> None:
    terminal.send(NEW)
    terminal.wait_for_line("Order virtual MIN_15", "for $", "[enter/esc]")


def test_esc_answers_no_whatever_comes_with_it(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    ask_to_order(terminal)
    for name, keys in BUNCHES.items():
        terminal.send(keys)
        terminal.wait_until_gone("[enter/esc]")
        time.sleep(ANOTHER_KEY)
        terminal.send(ENTER)
        terminal.wait_for_line("Order virtual MIN_15", "[enter/esc]")
        assert service.sandbox.count("POST") == 0, name
    time.sleep(ANOTHER_KEY)
    terminal.send(ENTER)
    terminal.wait_for("Active 1")
    assert service.sandbox.count("POST") == 1


def test_esc_keeps_an_order_whatever_comes_with_it(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = first_order(open_terminal, service)
    terminal.wait_for_line("Telegram", "left")
    service.clock.advance(minutes=2)
    terminal.send("x")
    terminal.wait_for("Cancel +1")
    for name, keys in BUNCHES.items():
        terminal.send(keys)
        terminal.wait_until_gone("Cancel +1")
        time.sleep(ANOTHER_KEY)
        terminal.send("x")
        terminal.wait_for("Cancel +1")
        assert service.sandbox.count("PUT") == 0, name
    terminal.send(ENTER)
    terminal.wait_for(lambda: service.sandbox.count("PUT") == 1)


def test_keys_typed_before_a_question_stands_on_the_screen_do_not_answer_it(
    open_terminal: OpenTerminal, service: Service
) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.send(NEW + ENTER + ENTER)
    terminal.wait_for_line("Order virtual MIN_15", "for $", "[enter/esc]")
    assert service.sandbox.count("POST") == 0
    terminal.send(ENTER)
    terminal.wait_for("Active 1")
    terminal.send("R" + ENTER)
    terminal.wait_for_line("Order virtual MIN_15", "for $", "[enter/esc]")
    assert service.sandbox.count("POST") == 1
    terminal.send(ENTER)
    terminal.wait_for("Active 2")
    terminal.wait_until_gone("opens in")
    service.clock.advance(minutes=2)
    terminal.send("x" + ENTER)
    terminal.wait_for("Cancel +1")
    assert service.sandbox.count("PUT") == 0
    terminal.send(ENTER)
    terminal.wait_for(lambda: service.sandbox.count("PUT") == 1)


def test_a_question_that_a_stalled_terminal_has_not_taken_is_not_answered(
    open_terminal: OpenTerminal, service: Service
) -> None:
    terminal = first_order(open_terminal, service)
    terminal.send("R")  # nothing is read from here on: the form is more than the pty holds
    time.sleep(1.0)
    terminal.send(ENTER)
    time.sleep(0.5)
    terminal.wait_for_line("Order virtual MIN_15", "[enter/esc]")
    assert service.sandbox.count("POST") == 1
    terminal.wait_for_line("Order virtual MIN_15", "for $", "[enter/esc]")
    terminal.send(ENTER)
    terminal.wait_for("Active 2")


def armed(open_terminal: OpenTerminal, service: Service, home: Home) -> Terminal:
    home.configure(opens_after="10m")
    terminal = first_order(open_terminal, service)
    terminal.send("x")
    terminal.wait_for("armed")
    return terminal


def palette_quit(terminal: Terminal) -> None:
    terminal.send(CTRL_P)
    terminal.wait_for("Search for commands")
    terminal.send("Quit")
    terminal.wait_for("Quit numdeck")
    terminal.send(ENTER)


WAYS_OUT: dict[str, Callable[[Terminal], None]] = {
    "q": lambda terminal: terminal.send("q"),
    "ctrl+q": lambda terminal: terminal.send(CTRL_Q),
    "ctrl+c": lambda terminal: terminal.send(CTRL_C),
    "palette": palette_quit,
}
SCREENS = {"n": "Order a number", ENTER: "times in UTC", "?": "Signs", CTRL_P: "Search for commands"}
"""By the key that opens it, what it says."""


def test_every_way_out_asks_while_a_cancel_is_armed(open_terminal: OpenTerminal, service: Service, home: Home) -> None:
    terminal = armed(open_terminal, service, home)
    for leave in WAYS_OUT.values():
        leave(terminal)
        terminal.wait_for_line("1 armed cancel will not run while numdeck is closed. Quit anyway?")
        time.sleep(ANOTHER_KEY)
        terminal.send(ESCAPE)
        terminal.wait_until_gone("Quit anyway?")
        time.sleep(ANOTHER_KEY)
    terminal.send(CTRL_Q + CTRL_Q + ENTER)
    terminal.wait_for("Quit anyway?")
    assert terminal.process.poll() is None
    time.sleep(ANOTHER_KEY)
    terminal.send(ENTER)
    assert terminal.wait_for_exit() == 0


def test_every_screen_asks_before_the_end(open_terminal: OpenTerminal, service: Service, home: Home) -> None:
    terminal = armed(open_terminal, service, home)
    for leave in (CTRL_Q, CTRL_C):
        for key, sign in SCREENS.items():
            terminal.send(key)
            terminal.wait_for(sign)
            terminal.send(leave)
            terminal.wait_for("Quit anyway?")
            time.sleep(ANOTHER_KEY)
            terminal.send(ESCAPE)
            terminal.wait_until_gone("Quit anyway?")
            time.sleep(ANOTHER_KEY)
            terminal.send(ESCAPE)
            terminal.wait_until_gone(sign)
            time.sleep(ANOTHER_KEY)
    terminal.send("n")
    terminal.wait_for("Order a number")
    terminal.send(CTRL_Q)
    terminal.wait_for("Quit anyway?")
    terminal.send(ENTER)
    assert terminal.wait_for_exit() == 0
