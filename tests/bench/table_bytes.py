"""Count the bytes that the table writes to a terminal, action by action: `python tests/bench/table_bytes.py [THEME]`.

The table runs in a child, in a real pseudo terminal of 120x40 with 24-bit colours; this side answers as a terminal
without synchronized output would, and counts.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pty
import select
import struct
import sys
import termios
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.events import Key

EXAMPLES = Path(__file__).resolve().parents[1] / "ui" / "table" / "examples.py"
QUIET = 0.4
"""Seconds without a byte after which an action counts as done."""

ACTIONS = [
    ("0", "nothing changed, all rows looked at"),
    ("1", "one cell of one row in sight, leftmost column"),
    ("2", "one cell of one row in sight, third column"),
    ("3", "one row out of sight"),
    ("4", "leftmost cell of all rows"),
    ("j", "cursor one row down"),
    ("\x1b[6~", "page down"),
    ("n", "row added above, while scrolled"),
    ("d", "row under the cursor dropped"),
]


def run_child(theme: str) -> None:
    """Run a live table whose keys do what is to be measured."""
    spec = importlib.util.spec_from_file_location("table_examples", EXAMPLES)
    assert spec is not None
    assert spec.loader is not None
    examples: Any = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = examples
    spec.loader.exec_module(examples)

    class Bench(examples.LiveTable):  # type: ignore[misc]
        """Changes by key."""

        def on_key(self, event: Key) -> None:
            """Do what the key stands for."""
            match event.key:
                case "0":
                    self.table.refresh_visible_rows()
                case "1":
                    self.change(5, bought=self.now)
                case "2":
                    self.change(5, code="", number="+1 555 9999999")
                case "3":
                    self.change(900, bought=self.now)
                case "4":
                    self.show([replace(order, bought=self.now - 1, code="") for order in self.orders])

        def change(self, index: int, **changes: object) -> None:
            """Change one order."""
            order = self.orders[index] = replace(self.orders[index], **changes)
            self.source.replace(self.orders)
            self.table.rows_changed([order.id])

    Bench(orders=1000, theme=theme).run()


def read_until_quiet(terminal: int) -> int:
    """Count bytes until none has come for a while."""
    count = 0
    while select.select([terminal], [], [], QUIET)[0]:
        data = os.read(terminal, 65536)
        count += len(data)
    return count


def main(theme: str = "textual-dark") -> None:
    """Print a table of actions and bytes."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        run_child(theme)
        os._exit(0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    time.sleep(1.5)
    rows = [("first paint", read_until_quiet(terminal)), ("at rest for 0.4 s", read_until_quiet(terminal))]
    for keys, what in ACTIONS:
        os.write(terminal, keys.encode())
        rows.append((what, read_until_quiet(terminal)))
    os.write(terminal, b"\x11")
    for what, count in rows:
        print(f"{count:8,}  {what}")  # noqa: T201 (what a bench is for)
    os.close(terminal)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main(*sys.argv[1:2])
