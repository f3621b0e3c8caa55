"""Phone numbers and the regions that numbers and countries belong to."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.phone import (
    calling_code,
    country_region,
    dialable,
    group_number,
    main_region,
    number_region,
    region_calling_code,
)
from numdeck.sandbox.catalogue import catalogue


@pytest.mark.parametrize(
    ("raw", "grouped", "region"),
    [
        ("+447400123456", "+44 7400 123456", "GB"),
        ("+14155552671", "+1 415-555-2671", "US"),
        ("+4915123456789", "+49 1512 3456789", "DE"),
        ("+1", "+1", None),
        ("+999999999999", "+999999999999", None),
        ("447400123456", "447400123456", None),
        ("", "", None),
        ("soon", "soon", None),
    ],
)
def test_grouping_and_region(raw: str, grouped: str, region: str | None) -> None:
    assert group_number(raw) == grouped
    assert number_region(raw) == region


@given(st.from_regex(r"\+[0-9]{1,16}", fullmatch=True))
def test_grouping_keeps_every_digit(raw: str) -> None:
    assert [sign for sign in group_number(raw) if sign.isdigit()] == list(raw[1:])


def test_dialable() -> None:
    assert dialable("+44 7400 123456") == "+447400123456"


@pytest.mark.parametrize(
    ("raw", "code", "main"),
    [("+447400123456", 44, "GB"), ("+14165550112", 1, "US"), ("+77710000000", 7, "RU"), ("+80012345678", 800, None)],
)
def test_calling_codes(raw: str, code: int, main: str | None) -> None:
    assert calling_code(raw) == code
    assert main_region(code) == main


@pytest.mark.parametrize("raw", ["", "soon", "447400123456", "+999999999999", "+1"])
def test_no_calling_code(raw: str) -> None:
    assert calling_code(raw) is None


@pytest.mark.parametrize(("region", "code"), [("CA", 1), ("KZ", 7), ("ZZ", None), ("", None)])
def test_the_calling_code_of_a_region(region: str, code: int | None) -> None:
    assert region_calling_code(region) == code


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("USA", "US"),
        ("United States of America", "US"),
        ("USA (virtual)", "US"),
        ("england", "GB"),
        ("Ivory Coast", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("DR Congo", "CD"),
        ("Congo", None),
        ("Korea", None),
        ("Saint Kitts & Nevis", "KN"),
        ("Guinea-Bissau", "GW"),
        ("Atlantis", None),
        ("", None),
        ("667", None),
    ],
)
def test_names(name: str, region: str | None) -> None:
    assert country_region(name) == region


def test_regions_are_those_that_numbers_have() -> None:
    for country in catalogue().countries.values():
        region = country_region(country.name)
        if region is None:
            assert country.name == "Congo"
            continue
        assert region in phonenumbers.SUPPORTED_REGIONS
        for number in country.numbers:
            assert calling_code(number.replace("#", "5")) == region_calling_code(region), country.name
