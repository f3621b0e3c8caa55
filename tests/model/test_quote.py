"""Prices: which of several counts, in what order, and with what markup."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numdeck.model.quote import Offers, Quote, with_markup
from numdeck.model.request import OrderRequest, Period, Provider


def quote(country: str, price: str | None, stock: str | None = "5", **fields: str) -> Quote:
    return Quote(
        service_code=fields.pop("service", "tg"),
        country_code=country,
        price=None if price is None else Decimal(price),
        stock=stock,
        **fields,
    )


def offered(*quotes: Quote) -> list[tuple[str, Decimal | None]]:
    offers = Offers(quotes, is_whole=True).of_service(Provider.VIRTUAL, Period.MIN_15, "tg")
    return [(each.country_code, each.price) for each in offers.quotes]


def test_sold_out_after_a_failed_purchase() -> None:
    offers = Offers((quote("1", "0.1"), quote("2", "0.2")), is_whole=True).sold_out_in({"1", "3"})
    assert [(each.country_code, each.is_sold_out) for each in offers.quotes] == [("2", False), ("1", True)]


def test_the_cheapest_first_and_sold_out_last() -> None:
    found = offered(
        quote("1", None), quote("2", "0.30"), quote("3", "0.10", "0"), quote("4", "0.20"), quote("5", "0.20")
    )
    assert [country for country, _ in found] == ["4", "5", "2", "1", "3"]


@pytest.mark.parametrize(
    "stranger",
    [
        quote("2", "0.01", service="tgx"),
        quote("2", "0.01", provider="residential"),
        quote("2", "0.01", period="WEEK"),
    ],
)
def test_other_services_are_left_out(stranger: Quote) -> None:
    mine = quote("1", "0.30", provider="virtual", period="MIN_15")
    assert offered(stranger, mine) == [("1", Decimal("0.30"))]


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_part_of_an_answer_is_as_whole_as_the_answer(is_whole: bool) -> None:
    offers = Offers((quote("1", "0.10"),), is_whole=is_whole)
    assert offers.sold_out_in(()).is_whole is is_whole
    assert offers.of_service(Provider.VIRTUAL, Period.MIN_15, "tg").is_whole is is_whole


@pytest.mark.parametrize("turn", [1, -1])
def test_the_dearer_of_two_prices_counts(turn: int) -> None:
    both = (quote("1", "0.10"), quote("1", "0.30"), quote("1", "0.90", "0"))[::turn]
    assert offered(*both) == [("1", Decimal("0.30"))]
    unpriced = (quote("1", None), quote("1", "0.30"))[::turn]
    assert offered(*unpriced) == [("1", Decimal("0.30"))]


@pytest.mark.parametrize(
    ("stock", "is_sold_out"), [("0", True), ("10", False), (">1k", False), ("<10", False), (None, False)]
)
def test_only_nothing_is_sold_out(stock: str | None, is_sold_out: bool) -> None:
    assert quote("1", "0.1", stock).is_sold_out is is_sold_out


@pytest.mark.parametrize(
    ("price", "markup", "total"), [("0.15", 0, "0.15"), ("0.15", 50, "0.225"), ("0.15", 2000, "3.15")]
)
def test_markup_comes_on_top(price: str, markup: int, total: str) -> None:
    request = OrderRequest(service_code="tg", country_code="2", markup_percent=markup)
    assert with_markup(Decimal(price), request) == Decimal(total)
