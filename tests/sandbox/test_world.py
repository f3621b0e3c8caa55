"""What the world is made of: catalogue, stock, carrier, past and clocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from time import monotonic

import phonenumbers
import pytest

from numdeck.model.request import Period, Provider
from numdeck.sandbox.catalogue import Stock, catalogue
from numdeck.sandbox.clock import ManualClock, SandboxClock
from numdeck.sandbox.lifecycle import Status
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.settings import Quirks, SandboxSettings


def test_catalogue_is_of_the_real_size() -> None:
    services = catalogue().services.values()
    well_known = [service for service in services if service.is_well_known]
    long_tail = [service for service in services if not service.is_well_known]
    assert len(well_known) >= 250
    assert 12_500 < len(services) < 13_000
    assert all(re.fullmatch(r"[a-z0-9]{2,5}", service.code) for service in well_known)
    assert all(re.fullmatch(r"s[0-9a-f]{8}", service.code) for service in long_tail)
    assert catalogue().services["tg"].name == "Telegram"


def test_countries_are_numeric_and_have_numbers_people_could_have() -> None:
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


def test_carrier_delivers_most_codes_within_minutes_and_some_never(
    make_sandbox: Callable[..., Sandbox], clock: ManualClock
) -> None:
    sandbox = make_sandbox(is_silent=False, balance=Decimal(1000))
    sandbox.set_stock(400)
    for _ in range(400):
        sandbox.buy(Purchase())
    assert len(sandbox.book.active()) == 400
    clock.advance(minutes=2)
    assert 230 < sum(bool(order.codes) for order in sandbox.book.orders()) < 300
    clock.advance(minutes=14)
    statuses = Counter(order.status for order in sandbox.book.orders())
    assert 250 < statuses[Status.SUCCESS] < 320
    assert statuses[Status.REFUND] > 20
    assert statuses[Status.NOT_SMS_CODE] > 20
    assert all(re.fullmatch(r"\d{4,6}", code) for order in sandbox.book.orders() for code in order.codes)


def test_carrier_delivers_several_codes_to_a_rental(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(is_silent=False)
    order = sandbox.buy(Purchase(provider=Provider.RESIDENTIAL_RENT, period=Period.DAY_3))
    seen = 0
    for _ in range(3):
        clock.advance(minutes=23 * 60)
        now_seen = len(sandbox.order(order.id).codes)
        assert now_seen > seen
        seen = now_seen


def test_past_is_mixed_and_shows_what_the_program_is_for(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(history=25, waiting=None, is_silent=False)
    history = sandbox.book.history()
    assert len(history) == 25
    assert {order.status for order in history} >= {
        Status.SUCCESS,
        Status.CANCELED,
        Status.REFUND,
        Status.NOT_SMS_CODE,
    }
    assert history == sorted(history, key=lambda order: -order.bought_at)
    ages = [round(sandbox.clock.now() - order.bought_at) for order in sandbox.book.active()]
    assert ages == [28 * 3600, 830, 480, 180, 40]
    assert len(sandbox.book.active()[0].codes) == 2
    assert sandbox.charges == []


def test_showcase_lives_on(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(waiting=None, is_silent=False)
    rental, expiring, refunded, later, soon = sandbox.book.active()
    clock.advance(16)
    assert sandbox.order(soon.id).status is Status.SUCCESS
    clock.advance(65)
    assert sandbox.order(later.id).status is Status.SUCCESS
    assert sandbox.order(expiring.id).status is Status.NOT_SMS_CODE
    clock.advance(minutes=6)
    assert sandbox.order(refunded.id).status is Status.REFUND
    assert len(sandbox.order(rental.id).codes) == 3


@pytest.mark.parametrize("is_silent", [True, False])
def test_waiting_orders_wait_at_the_start(make_sandbox: Callable[..., Sandbox], is_silent: bool) -> None:
    assert len(make_sandbox(waiting=200, is_silent=is_silent).book.active()) == 200


def test_silent_world_stays_silent(make_sandbox: Callable[..., Sandbox], clock: ManualClock) -> None:
    sandbox = make_sandbox(waiting=50)
    clock.advance(minutes=4.9)
    assert len(sandbox.book.active()) == 50


def test_clock_passes_at_its_speed() -> None:
    clock = SandboxClock(speed=6000)
    begun, real = clock.now(), monotonic()
    while monotonic() - real < 0.01:
        pass
    passed = monotonic() - real
    assert clock.now() - begun == pytest.approx(6000 * passed, rel=0.2)
    assert clock.client_seconds() < 1


def test_settings_speed_reaches_the_world() -> None:
    sandbox = Sandbox(SandboxSettings(speed=1_000_000, history=0, waiting=0, is_silent=True))
    order = sandbox.buy(Purchase())
    real = monotonic()
    while monotonic() - real < 0.002:
        pass
    assert sandbox.order(order.id).status is Status.NOT_SMS_CODE


def test_senseless_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="speed"):
        SandboxClock(0)
    with pytest.raises(ValueError, match="speed"):
        SandboxSettings(speed=-1)
    with pytest.raises(ValueError, match="waiting"):
        SandboxSettings(waiting=-1)
    with pytest.raises(ValueError, match="nothing"):
        Quirks(missing=frozenset({"nothing"}))
