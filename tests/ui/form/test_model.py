"""The order form without its widgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from numdeck.desk.port import DeskError, ErrorKind
from numdeck.desk.state import Names
from numdeck.model.quote import Quote
from numdeck.model.request import PERIODS, OrderRequest, Period, Provider
from numdeck.ui.form.model import FIELDS, OrderForm, place_errors
from numdeck.ui.form.price import PriceQuery, PriceState, PriceSubject, PriceTag

NAMES = Names({"tg": "Telegram", "wa": "WhatsApp"}, {"667": "USA", "2": "Kazakhstan"})
TELEGRAM = OrderRequest(service_code="tg", country_code="667")
RENTAL = OrderRequest(
    provider=Provider.RESIDENTIAL_RENT,
    period=Period.WEEK,
    service_code="wa",
    country_code="2",
    need_fraud_score=True,
    markup_percent=50,
    promo_code="DISCOUNT10",
)


def form_with(**values: str) -> OrderForm:
    form = OrderForm(NAMES)
    for name, text in values.items():
        form.change(name, text)
    return form


def filled(request: OrderRequest = TELEGRAM) -> OrderForm:
    form = OrderForm(NAMES)
    form.open(NAMES, request)
    return form


# Filling in


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("provider", "residential", Provider.RESIDENTIAL),
        ("period", "MIN_15", Period.MIN_15),
        ("service_code", " tg ", "tg"),
        ("country_code", "667 ", "667"),
        ("markup_percent", "100 %", 100),
        ("promo_code", " TEN", "TEN"),
        ("need_fraud_score", "yes", True),
    ],
)
def test_a_field_becomes_its_value_in_the_request(name: str, text: str, value: object) -> None:
    form = form_with(**{name: text})
    assert getattr(form.request, name) == value
    assert form.text(name) == text


def test_every_field_of_a_request_is_filled_in_and_shown() -> None:
    form = OrderForm(NAMES)
    form.fill(RENTAL)
    assert form.request == RENTAL
    copy = form_with(**{name: form.text(name) for name in FIELDS})
    assert copy.request == RENTAL


@pytest.mark.parametrize("provider", Provider)
def test_a_provider_offers_its_periods(provider: Provider) -> None:
    form = form_with(provider=provider)
    assert form.options("provider") == tuple(Provider)
    assert form.options("period") == PERIODS[provider]
    assert form.request.period in PERIODS[provider]


def test_a_period_stays_if_the_next_provider_offers_it_too() -> None:
    form = form_with(provider="residential_rent", period="WEEK")
    form.change("provider", "residential_rent")
    assert form.request.period is Period.WEEK


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("service_code", "tg", "Telegram"),
        ("service_code", "TG ", "Telegram"),
        ("service_code", "tele", ""),
        ("country_code", "667", "USA"),
        ("country_code", "66", ""),
        ("promo_code", "", "optional"),
        ("provider", "virtual", ""),
    ],
)
def test_the_hint_names_a_code(name: str, text: str, hint: str) -> None:
    assert form_with(**{name: text}).hint(name) == hint


def test_names_learnt_later_are_hints() -> None:
    form = OrderForm(Names())
    form.change("service_code", "tg")
    assert form.hint("service_code") == ""
    form.learn(NAMES)
    assert form.hint("service_code") == "Telegram"


def test_what_was_filled_in_stands_when_the_form_is_opened_again() -> None:
    form = form_with(service_code="tg")
    form.check()
    form.open(NAMES)
    assert form.request.service_code == "tg"
    assert form.errors == {}


def test_after_an_order_only_provider_and_period_stand() -> None:
    form = filled(RENTAL)
    form.begin_anew()
    assert form.request == OrderRequest(
        provider=RENTAL.provider, period=RENTAL.period, service_code="", country_code=""
    )


# What is wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, set()),
        ({"service_code": " "}, {"service_code"}),
        ({"country_code": "usa"}, {"country_code"}),
        ({"service_code": "", "country_code": ""}, {"service_code", "country_code"}),
        ({"promo_code": "10 %"}, {"promo_code"}),
    ],
)
def test_what_the_service_must_refuse_is_an_error_of_its_field(changes: dict[str, str], wrong: set[str]) -> None:
    form = filled()
    for name, text in changes.items():
        form.change(name, text)
    assert form.check() is (not wrong)
    assert set(form.errors) == wrong
    assert form.first_error == next((name for name in FIELDS if name in wrong), None)


def test_one_field_is_checked_alone() -> None:
    form = form_with(country_code="usa")
    assert not form.check(only="country_code")
    assert set(form.errors) == {"country_code"}
    form.change("country_code", "667")
    assert form.check(only="country_code")
    assert form.errors == {}


def refused(**fields: tuple[str, ...]) -> DeskError:
    return DeskError("No.", kind=ErrorKind.REFUSED, fields=fields)


def test_a_changed_field_takes_its_error_and_the_refusal_with_it() -> None:
    form = filled()
    sentence = form.refuse(TELEGRAM, refused(markup_percent=("Not now.",), need_fraud_score=("Not today.",)))
    assert set(form.change("markup_percent", "50 %")) == {"Not now.", sentence}
    assert form.errors == {"need_fraud_score": "Not today."}
    assert form.change("markup_percent", "50 %") == ()


def test_an_error_of_the_period_goes_with_the_provider() -> None:
    form = filled()
    form.refuse(TELEGRAM, refused(period=("Not this one.",)))
    assert "Not this one." in form.change("provider", "residential")
    assert form.errors == {}


def test_a_refusal_holds_while_the_request_is_the_same() -> None:
    form = filled()
    form.refuse(TELEGRAM, DeskError("None left.", kind=ErrorKind.OUT_OF_STOCK))
    assert form.change("service_code", "tg ") == []
    assert form.change("service_code", "wa") == ["Not ordered. None left."]


def test_what_was_not_sent_is_no_refusal() -> None:
    form = filled()
    assert form.refuse(TELEGRAM, DeskError("Cannot be saved.", kind=ErrorKind.NOT_SENT)) == "Cannot be saved."
    assert form.change("service_code", "wa") == []


@pytest.mark.parametrize(
    ("fields", "placed"),
    [
        ({"provider": ("This field is required.",)}, {"provider": "This field is required."}),
        ({"non_field_errors": ("Bad service_code",)}, {"service_code": "Bad service_code"}),
        ({"non_field_errors": ("Bad country_code",)}, {"country_code": "Bad country_code"}),
        ({"promo_code": ("One.", "Two.")}, {"promo_code": "One. Two."}),
        ({"": ("Something else.",), "count": ("None left.",)}, {}),
    ],
)
def test_an_error_stands_beside_its_field(fields: dict[str, tuple[str, ...]], placed: dict[str, str]) -> None:
    assert place_errors(fields) == placed


# What to ask


@pytest.mark.parametrize(
    ("service", "country", "is_choosing_country", "subject"),
    [
        ("", "", False, PriceSubject.NOTHING),
        ("", "667", False, PriceSubject.NOTHING),
        ("tg", "", False, PriceSubject.NOTHING),
        ("zz", "", False, PriceSubject.NOTHING),
        ("tg", "", True, PriceSubject.ALL_COUNTRIES),
        ("tg", "66", True, PriceSubject.ALL_COUNTRIES),
        ("tg", "667", True, PriceSubject.REQUEST),
        ("tg", "667", False, PriceSubject.REQUEST),
        ("tg", "66", False, PriceSubject.REQUEST),
        ("zz", "667", False, PriceSubject.UNNAMED_SERVICE),
        ("zz", "", True, PriceSubject.UNNAMED_SERVICE),
    ],
)
def test_what_the_price_is_asked_of(
    service: str, country: str, is_choosing_country: bool, subject: PriceSubject
) -> None:
    form = form_with(service_code=service, country_code=country)
    query = form.price_query(is_choosing_country=is_choosing_country)
    assert query.subject is subject
    assert query.request == form.request
    assert query.service_name == ("Telegram" if subject in {PriceSubject.ALL_COUNTRIES, PriceSubject.REQUEST} else "")


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        (replace(TELEGRAM, markup_percent=50), True),
        (replace(TELEGRAM, need_fraud_score=True), True),
        (replace(TELEGRAM, promo_code="TEN"), True),
        (replace(TELEGRAM, country_code="2"), False),
        (replace(TELEGRAM, service_code="wa"), False),
        (replace(TELEGRAM, provider=Provider.RESIDENTIAL), False),
        (replace(TELEGRAM, period=Period.WEEK), False),
    ],
)
def test_a_price_is_asked_again_for_another_offer_only(changed: OrderRequest, is_same: bool) -> None:
    before = PriceQuery(TELEGRAM, PriceSubject.REQUEST, "Telegram")
    assert before.is_same_as(PriceQuery(changed, PriceSubject.REQUEST, "Telegram")) is is_same


def test_a_price_is_asked_again_when_the_name_or_the_subject_is_another() -> None:
    before = PriceQuery(TELEGRAM, PriceSubject.REQUEST, "Telegram")
    assert not before.is_same_as(PriceQuery(TELEGRAM, PriceSubject.REQUEST, "Telegramm"))
    assert not before.is_same_as(PriceQuery(TELEGRAM, PriceSubject.ALL_COUNTRIES, "Telegram"))


def test_the_question_names_doubts_first() -> None:
    form = OrderForm(NAMES)
    form.open(NAMES, TELEGRAM, doubt="Your last order:")
    sold_out = PriceTag(PriceState.KNOWN, Quote(service_code="tg", country_code="667", stock="0"))
    plain = "Order virtual MIN_15: Telegram (tg), USA (667), price not known?"
    assert form.question(TELEGRAM, PriceTag(PriceState.NOT_TOLD), []) == f"Your last order: {plain}"
    assert form.question(TELEGRAM, sold_out, [TELEGRAM]) == (
        f"Your last order: A purchase of the same is still unknown. The service says it is sold out. {plain}"
    )


def test_a_doubt_is_about_the_request_that_the_form_was_opened_with() -> None:
    form = OrderForm(NAMES)
    form.open(NAMES, TELEGRAM, doubt="Your last order:")
    form.change("country_code", "2")
    assert form.question(form.request, PriceTag(PriceState.NOT_TOLD), [TELEGRAM]).startswith("Order virtual")
