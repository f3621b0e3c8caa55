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


def dialable(raw: str) -> str:
    """What to paste into a form: the number without spaces."""
    return "".join(raw.split())
