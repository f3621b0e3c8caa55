"""What may be ordered: the documented table of providers and periods, the nine markups, and codes that can be sent."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.request import (
    MARKUPS,
    MAX_FIELD_LENGTH,
    PERIOD_MINUTES,
    PERIODS,
    Attempt,
    AttemptState,
    OrderRequest,
    Period,
    Provider,
    check_request,
    is_residential_code,
    request_body,
)

PLAIN = OrderRequest(service_code="tg", country_code="667")
SHORT, LONG = {"MIN_15"}, {"DAY_3", "WEEK", "WEEK_2", "DAY_25"}
DOCUMENTED = {"virtual": SHORT, "residential": SHORT, "residential_rent": LONG}


@pytest.mark.parametrize(("provider", "period"), product(Provider, Period))
def test_every_pair_of_provider_and_period_is_as_documented(provider: Provider, period: Period) -> None:
    errors = check_request(replace(PLAIN, provider=provider, period=period))
    assert (errors == {}) is (period.value in DOCUMENTED[provider.value])
    assert set(errors) <= {"period"}


def test_a_wrong_period() -> None:
    errors = check_request(replace(PLAIN, provider=Provider.RESIDENTIAL_RENT))
    assert errors == {"period": "residential_rent offers DAY_3, WEEK, WEEK_2, DAY_25 only."}


def test_every_provider_has_periods_and_every_period_a_length() -> None:
    assert set(PERIODS) == set(Provider)
    assert set(PERIOD_MINUTES) == set(Period)
    assert [PERIOD_MINUTES[period] for period in Period] == [15, 4320, 10080, 20160, 36000]


def test_the_markups_are_the_nine_that_are_documented() -> None:
    assert MARKUPS == (0, 50, 100, 200, 300, 400, 500, 1000, 2000)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_documented_markup_may_be_sent(markup: int) -> None:
    assert check_request(replace(PLAIN, markup_percent=markup)) == {}


@pytest.mark.parametrize("markup", [-50, -1, 1, 49, 51, 150, 501, 999, 2001, 3000])
def test_any_other_markup_is_refused(markup: int) -> None:
    assert set(check_request(replace(PLAIN, markup_percent=markup))) == {"markup_percent"}


@pytest.mark.parametrize("code", ["tg", "s1f09ac", "A", "a_b-c.d", "0", "x" * MAX_FIELD_LENGTH])
def test_valid_service_codes(code: str) -> None:
    assert check_request(replace(PLAIN, service_code=code)) == {}


@pytest.mark.parametrize("code", ["", " ", "t g", "tg\n", "тг", "tg/", "<tg>", "x" * (MAX_FIELD_LENGTH + 1), "tg\x00"])
def test_invalid_service_codes(code: str) -> None:
    assert set(check_request(replace(PLAIN, service_code=code))) == {"service_code"}


@pytest.mark.parametrize("code", ["0", "667", "9" * MAX_FIELD_LENGTH])
def test_valid_country_codes(code: str) -> None:
    assert check_request(replace(PLAIN, country_code=code)) == {}


@pytest.mark.parametrize("code", ["", "US", "-1", "6.67", "٦٦٧", "²", " 667", "667\n", "9" * (MAX_FIELD_LENGTH + 1)])
def test_invalid_country_codes(code: str) -> None:
    assert set(check_request(replace(PLAIN, country_code=code))) == {"country_code"}


@pytest.mark.parametrize(
    ("code", "is_fine"), [("", True), ("SPRING-25", True), (" ", False), ("50%", False), ("x" * 65, False)]
)
def test_a_promo_code_is_optional(code: str, is_fine: bool) -> None:
    assert set(check_request(replace(PLAIN, promo_code=code))) == (set() if is_fine else {"promo_code"})


def test_all_errors_at_once() -> None:
    wrong = OrderRequest(period=Period.WEEK, service_code="", country_code="", markup_percent=7, promo_code="%")
    errors = check_request(wrong)
    assert list(errors) == ["period", "service_code", "country_code", "markup_percent", "promo_code"]
    assert all(sentence.endswith(".") for sentence in errors.values())


def test_the_body_is_the_documented_one() -> None:
    request = OrderRequest(
        provider=Provider.RESIDENTIAL_RENT,
        period=Period.DAY_25,
        service_code="tg",
        country_code="667",
        need_fraud_score=True,
        markup_percent=50,
        promo_code="SPRING",
    )
    assert request_body(request) == {
        "provider": "residential_rent",
        "period": "DAY_25",
        "service_code": "tg",
        "country_code": "667",
        "need_fraud_score": True,
        "markup_percent": 50,
        "promo_code": "SPRING",
    }


def test_an_empty_promo_code_is_left_out() -> None:
    assert "promo_code" not in request_body(PLAIN)


@given(st.text(), st.text(), st.text())
def test_a_valid_request_can_be_sent(service_code: str, country_code: str, promo_code: str) -> None:
    request = OrderRequest(service_code=service_code, country_code=country_code, promo_code=promo_code)
    if not check_request(request):
        sent = service_code + country_code + promo_code
        assert sent.isascii()
        assert sent.isprintable()
        assert " " not in sent


@pytest.mark.parametrize(
    ("code", "is_residential"), [("tg", False), ("s1", False), ("s98c9c08c", True), ("signal", False), ("sbad", False)]
)
def test_residential_codes(code: str, is_residential: bool) -> None:
    assert is_residential_code(code) is is_residential


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        (AttemptState.SENDING, True),
        (AttemptState.UNKNOWN, True),
        (AttemptState.PLACED, False),
        (AttemptState.NOT_PLACED, False),
    ],
)
def test_open_attempts(state: AttemptState, is_open: bool) -> None:
    request = OrderRequest(service_code="tg", country_code="667")
    assert Attempt(id="1", request=request, sent_at=0, state=state).is_open is is_open
