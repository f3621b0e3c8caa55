"""What an operator's day brings: another window, a lost network, a refused key, hostile messages."""

from __future__ import annotations

import base64
import re
from functools import partial

from tests.terminal.conftest import KEY, Home, OpenService, OpenTerminal, Service
from tests.terminal.terminal import DOWN, Terminal, is_restored
from tests.terminal.test_story import order_at_once

HOSTILE = "77\x1b]52;c;aGFja2Vk\x07\x1b[2J\x9b31m\x9d2;owned\x9c\u202e88\u200b\x1b]2;owned\x07\x1bc\x07\x00"


def test_a_resized_window_is_drawn_anew(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("─ Latest code")
    for columns, rows in ((80, 24), (60, 20), (200, 60), (120, 40)):
        terminal.resize(columns, rows)
        terminal.wait_for(partial(fills, terminal, columns))
    terminal.send("q")
    assert terminal.wait_for_exit() == 0


def fills(terminal: Terminal, columns: int) -> bool:
    """The panes reach to the right edge, the footer stands on the last line, the side column is there where it fits."""
    return (
        terminal.lines[-1].startswith("n New")
        and any(line.endswith("╮") and len(line) == columns for line in terminal.lines)
        and ("─ Latest code" in terminal.text) == (columns >= 110)
        and "$50.00" in terminal.lines[0]
    )


def test_offline_is_said_counted_down_and_recovered_from(open_terminal: OpenTerminal, service: Service) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    order_at_once(terminal, service)
    service.server.stop()
    terminal.send("r")
    terminal.send("r")
    terminal.wait_for_line("numdeck", "▲ offline", "next try in 0:0")
    terminal.wait_for_line("stale: data")  # the row is still there, and said to be old
    assert terminal.line_with("Telegram", "+1")
    # The keyboard is alive.
    terminal.send("?")
    terminal.wait_for("─ Keys")
    terminal.send("\x1b")
    terminal.wait_until_gone("─ Keys")
    terminal.wait_for_line("numdeck", "▲ offline")

    with service.restarted():
        terminal.wait_for_line("numdeck", "● live")
        assert "stale" not in terminal.text
        assert service.sandbox.count("POST") == 1
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_refused_key_is_said_and_does_not_end_it(
    open_terminal: OpenTerminal, open_service: OpenService, home: Home
) -> None:
    service = open_service(key="another-key")
    terminal = open_terminal(service=service)
    terminal.wait_for_line("numdeck", "▲ key refused", "next try in")
    sentence = terminal.wait_for_line("key", "refused", ".").lower()
    assert "key" in sentence
    terminal.send("?")
    terminal.wait_for("─ Keys")
    terminal.send("\x1b")
    terminal.wait_until_gone("─ Keys")
    terminal.send("q")
    assert terminal.wait_for_exit() == 0
    assert_key_is_nowhere(terminal, home)


def test_hostile_messages_are_shown_and_do_nothing(open_terminal: OpenTerminal, service: Service, home: Home) -> None:
    home.configure(rest='[alerts]\nnotification = "osc777"')
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    before = order_at_once(terminal, service)[0]
    service.sandbox.deliver(before, HOSTILE)
    terminal.send("r")
    terminal.wait_for_line("code received", "77^[]52;c")
    terminal.send("c")
    terminal.wait_for("clipboard")
    terminal.send("\r")
    terminal.wait_for("─ Order · times")
    terminal.wait_for("<U+202E>88<U+200B>")
    terminal.send("\x1b")
    terminal.wait_until_gone("─ Order · times")
    terminal.send("h", DOWN, "q")
    assert terminal.wait_for_exit() == 0
    assert is_restored(terminal.raw)

    text = bytes(terminal.raw).decode("utf-8")  # strictly
    assert not re.search("[\x80-\x9f\u200b\u202a-\u202e\u2066-\u2069]", text)
    strings = [sequence for sequence in terminal.sequences if sequence[1:2] in b"]PX^_"]
    kinds = {sequence.split(b";")[0] for sequence in strings}
    assert kinds <= {b"\x1b]2", b"\x1b]22", b"\x1b]52", b"\x1b]777"}
    copied = [sequence for sequence in strings if sequence.startswith(b"\x1b]52")]
    assert len(copied) == 1
    clean = base64.b64decode(copied[0][7:-1]).decode()
    assert clean.startswith("77^[]52;c;aGFja2Vk^G^[[2J~^[31m")
    assert clean.isprintable()
    for hostile in (b"\x1b]52;c;aGFja2Vk", b"\x1b[2J", b"\x1b]2;owned", b"\x1bc"):
        assert hostile not in terminal.sequences
        assert hostile not in terminal.raw


def test_what_is_pasted_is_text_and_bytes_that_are_none_do_no_harm(
    open_terminal: OpenTerminal, service: Service
) -> None:
    terminal = open_terminal(service=service)
    terminal.wait_for("● live")
    terminal.send(b"\xff\xfe\xf8")  # as a terminal in another encoding sends it
    for keys in ("ntg\r667\r\r\r", "\x1bntg\r667\r\r\r", "\x1b[201~ntg\r667\r\r\r"):
        terminal.send(f"\x1b[200~{keys}\x1b[201~")
        terminal.read(0.3)
    terminal.send("/")
    terminal.wait_for("filter")  # keys that arrive together with a paste are taken for a part of it
    terminal.send(f"\x1b[200~ab{HOSTILE}cd\x1b[201~")
    terminal.wait_for_line("ab77]52;c;aGFja2Vk")
    assert service.sandbox.count("POST") == 0
    terminal.send("\x1b")
    terminal.wait_until_gone("ab77")
    terminal.send("h", "q")
    assert terminal.wait_for_exit() == 0
    text = bytes(terminal.raw).decode("utf-8")  # strictly
    assert not re.search("[\x80-\x9f\u200b\u202a-\u202e\u2066-\u2069]", text)
    assert b"\x1b[2J" not in terminal.raw
    assert "Traceback" not in text


def assert_key_is_nowhere(terminal: Terminal, home: Home) -> None:
    """The key was neither shown nor written."""
    assert KEY.encode() not in terminal.raw
    for name in home.files():
        assert KEY.encode() not in (home.folder / name).read_bytes(), name
