from __future__ import annotations

import pytest

from numdeck.ui.form.model import place_errors


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
def test_an_error_stands_beside_the_field_it_is_about(
    fields: dict[str, tuple[str, ...]], placed: dict[str, str]
) -> None:
    assert place_errors(fields) == placed
