"""One operator's errand from start to quit, in a real terminal, against the service over HTTP."""

from __future__ import annotations

import base64

import pytest

from tests.terminal.conftest import KEY, Home, OpenTerminal, Service
from tests.terminal.terminal import ENTER, Terminal, is_restored

SIZES = pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)], ids=["120x40", "80x24"])


def order(terminal: Terminal, service: Service) -> tuple[str, str]:
    """Order a number as the README says; the result is its id and its last four digits."""
    open_form(terminal)
    terminal.send(ENTER)
    terminal.wait_for("Russia")
    terminal.send("667")
    terminal.wait_for_line("Country", "667", "USA")
    terminal.send(ENTER)
    terminal.wait_for("in stock")
    terminal.send(ENTER)
    terminal.wait_for_line("Order virtual MIN_15: Telegram (tg), USA (667) for $")
    terminal.send(ENTER)
    return newest_order(terminal, service)


def order_at_once(terminal: Terminal, service: Service) -> tuple[str, str]:
    """Order a number with all keys in one piece, as a slow line hands over what was typed key by key."""
    terminal.send("ntg" + ENTER + "667" + ENTER + ENTER)
    terminal.wait_for_line("Order virtual MIN_15", "tg", "667", "for $")
    terminal.send(ENTER)
    return newest_order(terminal, service)


def newest_order(terminal: Terminal, service: Service) -> tuple[str, str]:
    """Wait until the order form says what it ordered; the result is the order's id and last four digits."""
    terminal.wait_for("Ordered +1")
    order_id = str(service.sandbox.charges[-1].order_id)
    digits = service.sandbox.order(order_id).phone_number[-4:]
    terminal.wait_for_line("Ordered +1", digits)
    return order_id, digits


def open_form(terminal: Terminal) -> None:
    """Open the order form, and type a service."""
    terminal.send("n")
    terminal.wait_for("Order a number")
    terminal.send("tg")
    terminal.wait_for_line("Service", "tg", "Telegram")


@SIZES
def test_order_two_get_a_code_cancel_the_other(
    open_terminal: OpenTerminal, service: Service, home: Home, columns: int, rows: int
) -> None:
    terminal = open_terminal(service=service, columns=columns, rows=rows)
    terminal.wait_for("● live")
    terminal.wait_for("No active numbers.")
    terminal.wait_for("$50.00")
    assert "SANDBOX" not in terminal.text

    with_code, code_digits = order(terminal, service)
    to_cancel, cancel_digits = order_at_once(terminal, service)
    assert service.sandbox.count("POST") == 2
    terminal.wait_for("Active 2")

    # The code: on the screen by itself, in the title, with a bell, and on the clipboard when asked for.
    service.sandbox.deliver(with_code, "482913")
    terminal.wait_for_line(code_digits, "482913", "code received")
    terminal.wait_for(lambda: b"\x1b]2;\xe2\x97\x8f code 482913" in terminal.raw)
    assert b"\x07" in terminal.raw.replace(b"\x1b]22;default\x07", b"")
    terminal.send("c")
    terminal.wait_for("clipboard")
    assert [b"\x1b]52;c;" + base64.b64encode(b"482913") + b"\x07"] == [
        sequence for sequence in terminal.sequences if sequence.startswith(b"\x1b]52")
    ]

    # The other: the cursor is on it, as it was ordered last. Nothing is sent before the question was answered.
    terminal.wait_for_line(cancel_digits, "left")
    service.clock.advance(minutes=2)
    terminal.send("x")
    terminal.wait_for("Cancel +1")
    assert service.sandbox.count("PUT") == 0
    terminal.send(ENTER)
    terminal.wait_for_line(cancel_digits, "canceled")
    terminal.wait_for(lambda: "Active 0" in terminal.text)
    assert service.sandbox.order(to_cancel).status == "canceled"

    # Both are looked up in the history.
    terminal.send("h")
    terminal.wait_for("History 5")
    terminal.wait_for_line(code_digits, "success", "482913")
    terminal.wait_for_line(cancel_digits, "canceled", "—")

    terminal.send("q")
    assert terminal.wait_for_exit() == 0
    assert is_restored(terminal.raw)
    assert (service.sandbox.count("POST"), service.sandbox.count("PUT")) == (2, 1)
    assert [str(entry.order_id) for entry in service.sandbox.refunds] == [to_cancel]
    assert KEY.encode() not in terminal.raw
    written = home.files()
    kept = {"state/numdeck/journal", "state/numdeck/names", "state/numdeck/numdeck.log"}
    assert {name.partition("-")[0] for name in written} == kept
    assert not any(KEY.encode() in (home.folder / name).read_bytes() for name in written)


@SIZES
def test_the_embedded_sandbox_says_so_everywhere_and_leaves_nothing(
    open_terminal: OpenTerminal, home: Home, columns: int, rows: int
) -> None:
    terminal = open_terminal("--sandbox", "--speed", "60", columns=columns, rows=rows)
    terminal.wait_for("● live")
    assert "SANDBOX" in terminal.lines[0]
    terminal.wait_for_line("─ Active", "· SANDBOX")
    terminal.send("h")
    terminal.wait_for_line("─ History", "· SANDBOX")
    terminal.wait_for(lambda: b"\x1b]2;numdeck SANDBOX\x07" in terminal.raw)
    terminal.send("n")
    terminal.wait_for_line("Order a number", "SANDBOX")
    terminal.send("\x03")
    assert terminal.wait_for_exit() == 0
    assert is_restored(terminal.raw)
    assert home.files() == set()


def test_keys_typed_ahead_go_where_they_were_meant(open_terminal: OpenTerminal, service: Service) -> None:
    """Even before the names of services and countries have come; and no enter too many orders anything."""
    terminal = open_terminal(service=service)
    terminal.wait_for("─ Active")
    order_at_once(terminal, service)
    assert service.sandbox.count("POST") == 1
