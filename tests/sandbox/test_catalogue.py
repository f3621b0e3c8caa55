"""What is on sale: services, countries, stock and prices."""

from __future__ import annotations

import re
from decimal import Decimal

import phonenumbers

from numdeck.model.request import Period, Provider
from numdeck.sandbox.catalogue import Stock, catalogue
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import SandboxSettings


def test_catalogue_is_of_the_real_size() -> None:
    services = catalogue().services.values()
    well_known = [service for service in services if service.is_well_known]
    long_tail = [service for service in services if not service.is_well_known]
    assert len(well_known) >= 250
    assert 12_500 < len(services) < 13_000
    assert all(re.fullmatch(r"[a-z0-9]{2,5}", service.code) for service in well_known)
    assert all(re.fullmatch(r"s[0-9a-f]{8}", service.code) for service in long_tail)
    assert catalogue().services["tg"].name == "Telegram"


def test_country_codes_and_numbers() -> None:
    countries = catalogue().countries
    assert len(countries) >= 150
    assert all(code.isdigit() for code in countries)
    assert (countries["667"].name, countries["2"].name) == ("USA", "Kazakhstan")
    for country in countries.values():
        for pattern in country.numbers:
            assert phonenumbers.is_possible_number(phonenumbers.parse(pattern.replace("#", "0"))), country


def test_stock_is_drawn_from_the_seed() -> None:
    service, country = catalogue().services["tg"], catalogue().countries["2"]
    offers = [Stock(seed).offer(Provider.VIRTUAL, Period.MIN_15, service, country) for seed in (1, 1, 2)]
    assert offers[0] == offers[1] != offers[2]
    assert Decimal("0.10") < offers[0].price < Decimal("0.20")


def test_some_offers_are_empty_and_none_is_free() -> None:
    stock = Stock(1)
    offers = [
        stock.offer(Provider.VIRTUAL, Period.MIN_15, service, country)
        for service in catalogue().sold_by(Provider.VIRTUAL)[:40]
        for country in catalogue().countries.values()
    ]
    empty = sum(offer.count == 0 for offer in offers) / len(offers)
    assert 0.05 < empty < 0.15
    assert min(offer.price for offer in offers) > 0


def test_popular_orders_never_start_out_empty() -> None:
    for seed in range(20):
        sandbox = Sandbox(SandboxSettings(seed=seed, history=0, waiting=0), clock=ManualClock())
        for provider, period in ((Provider.VIRTUAL, Period.MIN_15), (Provider.RESIDENTIAL_RENT, Period.DAY_3)):
            sandbox.buy(Purchase(provider=provider, period=period, country_code="667"))
