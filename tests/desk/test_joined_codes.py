"""Codes as the service may write them: joined in one string, or a whole SMS with the code at its end."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

from numdeck.journal.journal import Journal
from numdeck.model.request import Period, Provider
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.settings import Quirks
from numdeck.ui.settings import AlertSettings
from tests.support import Bench, OpenBench
from tests.ui.support import IN_UTC, operator_at

SMS = "Never share this text with anybody, whoever asks for it, not even us. " * 57 + "Your code: 79373"
RENTAL = Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK)


async def test_joined_codes_that_grow_are_told_once_each(open_bench: OpenBench) -> None:
    bench = await open_bench(quirks=Quirks(codes="joined"))
    await bench.poll()
    order = bench.sandbox.buy(RENTAL)
    await bench.poll(seconds=5)
    for code in ("111", "222", "222", "333"):
        bench.sandbox.deliver(order.id, code)
        await bench.poll(seconds=5)
    assert bench.codes_told == ["111", "222", "222", "333"]
    assert [code.text for code in bench.entry(order.id.hex).record.codes] == ["111", "222", "222", "333"]


async def test_an_sms_is_kept_whole_shown_whole_and_copied_whole(bench: Bench) -> None:
    assert 4000 < len(SMS) < 4096
    entry = await bench.order()
    async with operator_at(bench, replace(IN_UTC, alerts=AlertSettings(notification="osc9"))) as operator:
        bench.sandbox.deliver(entry.id, SMS)
        await operator.poll(seconds=5)
        assert bench.codes_told == [SMS]
        journaled = await bench.desk._journal.run(Journal.find, [entry.id])
        assert [code.text for code in journaled[entry.id].codes] == [SMS]
        titles = [sent for sent in operator.app.wire.sent if sent.startswith(("\x1b]2;", "\x1b]9;"))]
        assert titles
        assert max(map(len, titles)) < 300
        await operator.press("c")
        (copied,) = (sent for sent in operator.app.wire.sent if sent.startswith("\x1b]52;c;"))
        assert b64decode(copied.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == SMS
        await operator.press("enter", "end")
        assert "79373" in operator.screen
