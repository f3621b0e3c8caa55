"""A country of the catalogue is a region of the world where its name says so, and else it is not known."""

from __future__ import annotations

import phonenumbers
import pytest

from numdeck.model.country import country_region
from numdeck.model.phone import calling_code, region_calling_code
from numdeck.sandbox.catalogue import catalogue


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
