"""Prices are told as far as the service tells them, and no further."""

from __future__ import annotations

import pytest

from numdeck.desk.port import DeskError, ErrorKind
from numdeck.model.quote import Quote
from numdeck.sandbox.faults import Fault
from tests.support import TELEGRAM, Bench


@pytest.mark.parametrize(
    ("next_page", "quote"),
    [(None, Quote(service_code="tg", country_code="667")), ("/api/v1/numbers/search/?page=", None)],
)
async def test_what_is_not_among_the_first_offers_may_be_among_the_others(
    bench: Bench, next_page: str | None, quote: Quote | None
) -> None:
    for page in range(2, 6):
        offers = [{"service_code": "tg", "country_code": "2", "price": 0.1, "count": 5}]
        body = {"next": next_page and f"{next_page}{page}", "results": offers}
        bench.sandbox.faults.add(Fault(path="*/search/", action="answer", status=200, body=body))
    assert await bench.desk.quote(TELEGRAM, "Telegram") == quote


async def test_what_could_not_be_bought_counts_as_sold_out_for_a_while(bench: Bench) -> None:
    offers_of_telegram = (TELEGRAM.provider, TELEGRAM.period, "tg", "Telegram")
    assert await bench.desk.offers(*offers_of_telegram)
    bench.sandbox.set_stock(0, service_code="tg", country_code="667")
    with pytest.raises(DeskError) as caught:
        await bench.desk.order(TELEGRAM)
    assert caught.value.kind is ErrorKind.OUT_OF_STOCK
    bench.sandbox.set_stock(9, service_code="tg", country_code="667")
    for seconds, stock in ((0, "0"), (60, "0"), (121, "<10")):
        bench.clock.advance(seconds)
        offers = await bench.desk.offers(*offers_of_telegram)
        assert offers is not None
        listed = offers.of_country("667")
        one = await bench.desk.quote(TELEGRAM, "Telegram")
        assert listed is not None
        assert one is not None
        assert (listed.stock, one.stock) == (stock, stock)
