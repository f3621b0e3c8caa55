"""What stands in the order form: kept through every failure, and when the form is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from numdeck.desk.state import Names
from numdeck.model.request import OrderRequest, Period, Provider, is_residential_code
from numdeck.model.search import Named, SearchIndex


@dataclass(slots=True)
class Draft:
    """The fields as typed and chosen."""

    provider: Provider = Provider.VIRTUAL
    period: Period = Period.MIN_15
    service: str = ""
    country: str = ""
    markup: int = 0
    promo: str = ""
    fraud: bool = False

    def fill(self, request: OrderRequest) -> None:
        """Take over a request."""
        self.provider, self.period = request.provider, request.period
        self.service, self.country = request.service_code, request.country_code
        self.markup, self.promo, self.fraud = request.markup_percent, request.promo_code, request.need_fraud_score

    def begin_anew(self) -> None:
        """Empty everything but provider and period."""
        self.service = self.country = self.promo = ""
        self.markup, self.fraud = 0, False

    def request(self) -> OrderRequest:
        """The request that these fields make."""
        return OrderRequest(
            provider=self.provider,
            period=self.period,
            service_code=self.service.strip(),
            country_code=self.country.strip(),
            markup_percent=self.markup,
            promo_code=self.promo.strip(),
            need_fraud_score=self.fraud,
        )


class Lookup:
    """Services and countries, made ready for searching."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.services = SearchIndex(_entries(names.services), is_residential_code)
        self.countries = SearchIndex(_entries(names.countries))


def _entries(names: Mapping[str, str]) -> list[Named]:
    return [Named(code, name) for code, name in names.items()]


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
