"""Measure typing into the order form: `python tests/bench/order_form.py`.

The dashboard runs in a real pseudo terminal of 120x40 on the full catalogue of the sandbox (some 12,700 services); for
each key it is told how long the search itself takes, and how long the key takes to show its first byte on the terminal.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from numdeck.desk.state import Names
from numdeck.model.search import load_similarity
from numdeck.sandbox.catalogue import catalogue
from numdeck.ui.form.model import Catalogue
from tests.bench.idle import QUIET, dashboard
from tests.terminal.terminal import Terminal

WORDS = ("telegram", "whatsap", "microsoft ofice", "airtel", "xqzw", "google pay")
BACKSPACE = "\x7f"


def search_times() -> list[float]:
    """Seconds of each search while the words are typed."""
    sold = catalogue()
    names = Names({service.code: service.name for service in sold.services.values()})
    begun = time.perf_counter()
    index = Catalogue(names)
    built = time.perf_counter() - begun
    load_similarity()
    sys.stdout.write(f"made ready       {built * 1000:8.1f} ms   {len(index.services):,} services\n")
    took = []
    for word in WORDS:
        for end in range(1, len(word) + 1):
            begun = time.perf_counter()
            index.services.search(word[:end], recent=("tg", "wa", "go"), unlikely_last=True)
            took.append(time.perf_counter() - begun)
    return took


def key_times(terminal: Terminal) -> list[float]:
    """Seconds from each key to the first byte of what it draws."""
    terminal.send("n")
    terminal.wait_for("Order a number")
    took = []
    for word in WORDS:
        for key in word + BACKSPACE * len(word):
            while terminal.read(QUIET):
                pass
            begun = time.monotonic()
            terminal.send(key)
            if terminal.read(2.0):
                took.append(time.monotonic() - begun)
    terminal.send("\x1b")
    terminal.wait_until_gone("Order a number")
    return took


def main() -> None:
    """Print the figures."""
    searches = sorted(search_times())
    with dashboard(20) as (terminal, _):
        keys = sorted(key_times(terminal))
    for what, took in (("search", searches), ("key", keys)):
        p50, p95 = statistics.median(took) * 1000, took[int(len(took) * 0.95)] * 1000
        sys.stdout.write(f"{what:<17}{p50:8.1f} ms p50   {p95:.1f} ms p95   {took[-1] * 1000:.1f} ms worst\n")


if __name__ == "__main__":
    main()
