"""Keys as a slow line delivers them, byte for byte: nothing is ordered or cancelled by one that was not meant."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.terminal.conftest import Home, OpenTerminal, Service
from tests.terminal.terminal import CTRL_C, ENTER, ESCAPE, Terminal
from tests.terminal.test_ordering import NEW, first_order

CTRL_P, CTRL_Q = "\x10", "\x11"

PIECES = pytest.mark.parametrize(
    "pieces",
    [
        (ESCAPE + ENTER,),
        (ESCAPE, 0.0, ENTER),
        (ESCAPE, 0.02, ENTER),
        (ESCAPE, 0.06, ENTER),
        (ESCAPE, 0.09, ENTER),
        (ENTER + ESCAPE,),
        (ESCAPE + "[" + ENTER,),
        ("\x1b[27u" + ENTER,),
        (ESCAPE + "y" + ENTER + ENTER,),
    ],
    ids=["one write", "0 ms", "20 ms", "60 ms", "90 ms", "enter first", "esc and [", "kitty", "more keys"],
)
"""What is written, and the seconds in between."""


def send(terminal: Terminal, pieces: tuple[str | float, ...]) -> None:
    for piece in pieces:
        if isinstance(piece, str):
            terminal.send(piece)
        else:
            time.sleep(piece)


def ask_to_order(terminal: Terminal) -> None:
    terminal.send(NEW)
    terminal.wait_for_line("Order virtual MIN_15", "for $", "[enter/esc]")


@PIECES
def test_esc_answers_no_however_soon_enter_follows(
    open_terminal: OpenTerminal, service: Service, pieces: tuple[str | float, ...]
) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    ask_to_order(terminal)
    send(terminal, pieces)
    terminal.wait_until_gone("[enter/esc]")
    time.sleep(0.3)  # a key pressed 300 ms later is another one
    terminal.send(ENTER)
    terminal.wait_for_line("Order virtual MIN_15", "[enter/esc]")
    assert service.sandbox.count("POST") == 0
    time.sleep(0.3)
    terminal.send(ENTER)
    terminal.wait_for("Active 1")
    assert service.sandbox.count("POST") == 1


@PIECES
def test_esc_keeps_an_order_from_being_cancelled(
    open_terminal: OpenTerminal, service: Service, pieces: tuple[str | float, ...]
) -> None:
    terminal = first_order(open_terminal, service)
    terminal.wait_for_line("Telegram", "left")
    service.clock.advance(minutes=2)
    terminal.send("x")
    terminal.wait_for("Cancel +1")
    send(terminal, pieces)
    terminal.wait_until_gone("Cancel +1")
    time.sleep(0.3)
    terminal.send("x")
    terminal.wait_for("Cancel +1")
    assert service.sandbox.count("PUT") == 0
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
    home.configure(rest="")
    path = home.folder / "config" / "numdeck" / "config.toml"
    path.write_text(path.read_text().replace('"1s"', '"10m"'))
    terminal = first_order(open_terminal, service)
    terminal.send("x")
    terminal.wait_for("armed")
    return terminal


def palette_quit(terminal: Terminal) -> None:
    terminal.send(CTRL_P)
    terminal.wait_for("Search for commands")
    terminal.send("Quit")
    terminal.wait_for("End numdeck")
    terminal.send(ENTER)


WAYS_OUT: list[tuple[str, Callable[[Terminal], None]]] = [
    ("q", lambda terminal: terminal.send("q")),
    ("ctrl+q", lambda terminal: terminal.send(CTRL_Q)),
    ("ctrl+c", lambda terminal: terminal.send(CTRL_C)),
    ("palette", palette_quit),
]


@pytest.mark.parametrize("leave", [way for _, way in WAYS_OUT], ids=[name for name, _ in WAYS_OUT])
def test_every_way_out_asks_while_a_cancel_is_armed(
    open_terminal: OpenTerminal, service: Service, home: Home, leave: Callable[[Terminal], None]
) -> None:
    terminal = armed(open_terminal, service, home)
    leave(terminal)
    terminal.wait_for_line("1 armed cancel will not run while numdeck is closed. Quit anyway?")
    terminal.send(ESCAPE)
    terminal.wait_until_gone("Quit anyway?")
    terminal.send(CTRL_Q + CTRL_Q + ENTER)
    terminal.wait_for("Quit anyway?")
    assert terminal.process.poll() is None
    time.sleep(0.3)
    terminal.send(ENTER)
    assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize(
    ("key", "sign"), [("n", "Order a number"), (ENTER, "times in UTC"), ("?", "Signs"), (CTRL_P, "Search for commands")]
)
@pytest.mark.parametrize("leave", [CTRL_Q, CTRL_C], ids=["ctrl+q", "ctrl+c"])
def test_every_screen_asks_before_the_end(
    open_terminal: OpenTerminal, service: Service, home: Home, key: str, sign: str, leave: str
) -> None:
    terminal = armed(open_terminal, service, home)
    terminal.send(key)
    terminal.wait_for(sign)
    terminal.send(leave)
    terminal.wait_for("Quit anyway?")
    terminal.send(ENTER)
    assert terminal.wait_for_exit() == 0
