"""Prices are told as far as the service tells them, and no further."""

from __future__ import annotations

import pytest

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
    assert await bench.desk.quotes.of(TELEGRAM, "Telegram") == quote
