"""The same story on every shape of answer that the service was seen to give."""

from __future__ import annotations

import pytest

from numdeck.desk.state import Phase
from numdeck.model.order import Status
from numdeck.sandbox.settings import Quirks
from tests.support import OpenBench

WILD = {
    "as documented": Quirks(),
    "number comes later": Quirks(assigning_seconds=4),
    "bare ids": Quirks(ids="bare"),
    "dashed ids": Quirks(ids="dashed"),
    "code as a string": Quirks(codes="string"),
    "codes null": Quirks(codes="null"),
    "codes absent": Quirks(codes="absent"),
    "lists in pages": Quirks(page_size=2),
    "cancel 201": Quirks(cancel_status=201),
    "cancel 202": Quirks(cancel_status=202),
    "cancel 204": Quirks(cancel_status=204),
    "nothing optional": Quirks(missing=frozenset({"services", "countries", "search", "balance"})),
    "nothing optional, 405": Quirks(
        missing=frozenset({"services", "countries", "search", "balance"}), missing_status=405
    ),
    "no detail": Quirks(missing=frozenset({"detail"})),
    "catalogue at the root": Quirks(catalogue_at_root=True),
    "balance as JSON": Quirks(balance_as_json=True),
    "numbers in search": Quirks(search_as_text=False),
}


@pytest.mark.parametrize("quirks", WILD.values(), ids=WILD.keys())
async def test_order_two_get_a_code_cancel_the_other(open_bench: OpenBench, quirks: Quirks) -> None:
    bench = await open_bench(quirks=quirks, history=5, waiting=3)
    await bench.poll()
    await bench.desk.learn_names()
    await bench.desk.count_money()
    assert (bench.desk.state.balance is None) == ("balance" in quirks.missing)
    assert bool(bench.desk.names.services) == ("services" not in quirks.missing)
    with_code, without = await bench.order(), await bench.order()
    for _ in range(3):
        await bench.poll(seconds=5)
    assert len(bench.desk.state.entries) == 5, "one order is one row, however its id is spelt"
    bench.sandbox.deliver(with_code.id, "79373")
    for _ in range(3):
        await bench.poll(seconds=5)
    assert bench.entry(with_code.id).record.order.status is Status.SUCCESS
    if quirks.codes in {"list", "string"}:
        assert bench.codes_told == ["79373"]
    bench.clock.advance(minutes=3)
    await bench.desk.cancel(without.id)
    for _ in range(3):
        await bench.poll(seconds=5)
    ended = bench.entry(without.id)
    assert (ended.phase, ended.record.order.status) == (Phase.ENDED, Status.CANCELED)
    assert bench.sandbox.count("POST", "*") == 2
