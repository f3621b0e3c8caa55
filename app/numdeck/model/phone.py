"""Phone numbers as people read them."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def group_number(raw: str) -> str:
    """Group the digits of an international number as its country does: `+447700900123` → `+44 7700 900123`.

    What is no number that can be grouped is returned as it is.
    """
    import phonenumbers

    if not raw.startswith("+"):
        return raw
    try:
        number = phonenumbers.parse(raw)
    except phonenumbers.NumberParseException:
        return raw
    if not phonenumbers.is_possible_number(number):
        return raw
    grouped = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    # Some impossible numbers lose a zero on the way; a number that was not told is worse than one not grouped.
    return grouped if _digits(grouped) == _digits(raw) else raw


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


@lru_cache(maxsize=4096)
def number_region(raw: str) -> str | None:
    """Name the region a number is of, by its ISO code such as `GB`; None when the number does not say."""
    import phonenumbers

    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(raw))
    except phonenumbers.NumberParseException:
        return None
    return str(region) if region else None


@lru_cache(maxsize=4096)
def calling_code(raw: str) -> int | None:
    """Return the country calling code that a number begins with, such as 44; None when there is none."""
    import phonenumbers

    try:
        return phonenumbers.parse(raw).country_code
    except phonenumbers.NumberParseException:
        return None


def region_calling_code(region: str) -> int | None:
    """Return the calling code of a region, by its ISO code; several regions may share one."""
    import phonenumbers

    return phonenumbers.country_code_for_region(region) or None


def main_region(code: int) -> str | None:
    """Return the region that a calling code stands for first of all: 44 → `GB`."""
    import phonenumbers

    region = str(phonenumbers.region_code_for_country_code(code))
    return region if region.isalpha() and region != "ZZ" else None


def dialable(raw: str) -> str:
    """What to paste into a form: the number without spaces."""
    return "".join(raw.split())
