"""Names of services and countries: asked for in the background, and kept when they cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from numdeck.desk.catalogue import NAMES_AGAIN, NAMES_EVERY
from numdeck.journal.names import NamesFile
from numdeck.sandbox.faults import Fault
from tests.support import Bench, OpenBench


async def test_one_that_cannot_be_had_does_not_take_the_other_away(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="GET", path="*/services/", action="answer", status=500, times=3))
    assert await bench.desk.learn_names() == NAMES_AGAIN
    assert bench.desk.names.countries["667"] == "USA"
    assert not bench.desk.names.services
    assert await bench.desk.learn_names() == NAMES_EVERY
    assert bench.desk.names.services["tg"] == "Telegram"


async def test_names_that_are_known_are_not_asked_for_again_soon(bench: Bench) -> None:
    await bench.desk.learn_names()
    asked = bench.sandbox.count("GET", "*")
    bench.clock.advance(NAMES_EVERY / 2)
    assert await bench.desk.learn_names() == pytest.approx(NAMES_EVERY / 2)
    assert bench.sandbox.count("GET", "*") == asked
    bench.clock.advance(NAMES_EVERY / 2)
    await bench.desk.learn_names()
    assert bench.sandbox.count("GET", "*") > asked


async def test_the_next_start_knows_them_before_it_asks(open_bench: OpenBench, tmp_path: Path) -> None:
    file = NamesFile(tmp_path / "names.json")
    first = await open_bench(names_file=file)
    await first.desk.learn_names()
    second = await open_bench(names_file=file, sandbox=first.sandbox)
    asked = second.sandbox.count("GET", "*")
    await second.desk.learn_names()
    assert second.desk.names == first.desk.names
    assert second.sandbox.count("GET", "*") == asked
