"""What stands in the order form: kept through every failure, and when the form is closed."""

from __future__ import annotations

from dataclasses import dataclass

from numdeck.model.request import OrderRequest, Period, Provider


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
