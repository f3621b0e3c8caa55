"""The seam between screen and desk: the desk in process satisfies it, and its errors say what happened."""

from __future__ import annotations

import pytest

from numdeck.desk.port import DeskError, DeskPort, ErrorKind, StateView
from numdeck.journal.errors import JournalError
from numdeck.journal.journal import Journal
from numdeck.model.history_query import HistoryCounts, HistoryQuery
from tests.support import TELEGRAM, Bench


async def test_the_desk_in_process_is_a_port(bench: Bench) -> None:
    port: DeskPort = bench.desk
    state: StateView = port.state
    assert isinstance(port, DeskPort)
    entry = await bench.order()
    assert state.entries[entry.id] == entry


async def test_the_history_is_counted_and_read_in_pages(bench: Bench) -> None:
    entry = await bench.order()
    bench.sandbox.deliver(entry.id, "79373")
    await bench.poll(seconds=5)
    await bench.poll(minutes=16)
    query = HistoryQuery()
    assert await bench.desk.history_counts(query) == HistoryCounts(matching=1, unseen=1)
    assert [record.id for record in await bench.desk.history_page(query, 0, 10)] == [entry.id]
    assert await bench.desk.history_page(query, 1, 10) == []
    assert await bench.desk.history_unseen(query) == [(0, entry.id)]
    assert [record.id for record in await bench.desk.newest_news()] == [entry.id]


async def test_a_journal_that_cannot_be_read_is_an_error_of_the_desk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise JournalError("The disk is gone.")

    monkeypatch.setattr(Journal, "history_count", fail)
    with pytest.raises(DeskError) as caught:
        await bench.desk.history_counts(HistoryQuery())
    assert (caught.value.kind, caught.value.sentence) == (ErrorKind.JOURNAL, "The disk is gone.")


async def test_without_stock_a_quote_is_not_an_error(bench: Bench) -> None:
    bench.sandbox.set_stock(0, service_code="tg", country_code="667")
    quote = await bench.desk.quote(TELEGRAM, "Telegram")
    assert quote is not None
    assert quote.is_sold_out
