"""Which field of the form an error of the service belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

FIELDS: Final = (
    "provider", "period", "service_code", "country_code", "markup_percent", "promo_code", "need_fraud_score",
)  # fmt: skip
"""The fields of the form, from top to bottom, as the request body names them."""


def place_errors(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Sort messages by the field that they stand beside; those that belong to none are left out.

    The service tells some errors of a field without its name in the key: `{"non_field_errors": ["Bad service_code"]}`
    ("Bad Service Code (400)").
    """
    placed: dict[str, list[str]] = {}
    for name, messages in fields.items():
        for message in messages:
            field = name if name in FIELDS else next((field for field in FIELDS if field in message), None)
            if field is not None:
                placed.setdefault(field, []).append(message)
    return {field: " ".join(messages) for field, messages in placed.items()}
