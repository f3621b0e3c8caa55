"""What an order costs, and the question before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from numdeck.desk.state import Names
from numdeck.model.money import Balance, LimitExceeded, show_money
from numdeck.model.quote import Quote, with_markup
from numdeck.model.request import OrderRequest
from numdeck.ui.details import named
from numdeck.ui.display import show_balance


class PriceSubject(Enum):
    """What the price is asked of."""

    NOTHING = "nothing: the choice is not complete"
    UNNAMED_SERVICE = "a service that is not in the catalogue: the service tells prices by name"
    ALL_COUNTRIES = "a service in all countries, of which one is to be chosen"
    REQUEST = "the request"


@dataclass(frozen=True, slots=True)
class PriceQuery:
    """What has to be known of the price of a request; `service_name` is empty where the catalogue has none."""

    request: OrderRequest
    subject: PriceSubject = PriceSubject.NOTHING
    service_name: str = ""

    def is_same_as(self, other: PriceQuery) -> bool:
        """Whether the answer is the same: markup and options do not change the price that is asked for."""
        is_same_offer = offer_key(self.request) == offer_key(other.request)
        return (self.subject, self.service_name) == (other.subject, other.service_name) and is_same_offer


def offer_key(request: OrderRequest) -> tuple[str, ...]:
    """What the price of a request depends on, before markup."""
    return (request.provider, request.period, request.service_code, request.country_code)


class PriceState(Enum):
    """How much is known of the price."""

    NOTHING_CHOSEN = "nothing chosen"
    UNNAMED_SERVICE = "the service is not in the catalogue"
    ASKING = "asking"
    FAILED = "failed"
    NOT_TOLD = "the service tells no prices"
    NO_OFFER = "the service lists no offer"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class PriceTag:
    """What is known of the price of a request, and since when (seconds on the monotonic clock)."""

    state: PriceState = PriceState.NOTHING_CHOSEN
    quote: Quote | None = None
    sentence: str = ""
    at: float = 0.0

    @property
    def is_sold_out(self) -> bool:
        """Whether the service says that there is none."""
        return self.quote is not None and self.quote.is_sold_out

    def amount(self, request: OrderRequest) -> Decimal | None:
        """What the request costs, in USD, with its markup; None where that is not known."""
        price = None if self.quote is None else self.quote.price
        return None if price is None else with_markup(price, request)

    def words(self, request: OrderRequest, balance: Balance | None, now: float) -> str:
        """Price, stock and what the balance becomes, in a line; `now` in epoch seconds."""
        match self.state:
            case PriceState.NOTHING_CHOSEN:
                return ""
            case PriceState.UNNAMED_SERVICE:
                return "No price: this code is not in the catalogue."
            case PriceState.ASKING:
                return "Asking for price and stock…"
            case PriceState.FAILED:
                return f"Price and stock are not known. {self.sentence}"
            case PriceState.NOT_TOLD:
                return "Price and stock: not told by the service."
            case PriceState.NO_OFFER:
                return "▲ The service lists no offer of this kind: it may be sold out."
            case PriceState.KNOWN:
                return self._offer_words(request, balance, now)

    def _offer_words(self, request: OrderRequest, balance: Balance | None, now: float) -> str:
        amount = self.amount(request)
        stock = "▲ SOLD OUT" if self.is_sold_out else f"{(self.quote and self.quote.stock) or '?'} in stock"
        promo = " without the promo code" if request.promo_code else ""
        parts = [f"Price {show_money(amount)}{promo}", stock]
        if balance is not None and amount is not None:
            after = balance.amount - amount
            parts.append(f"balance {show_balance(balance, now)} → {show_money(after)}")
            if after < 0:
                parts.append("▲ too little: top up")
        return " · ".join(parts)


def describe(request: OrderRequest, names: Names) -> str:
    """A request in one line."""
    service, country = names.service(request.service_code), names.country(request.country_code)
    return " · ".join([f"{service}, {country}", f"{request.provider} {request.period}", *_options(request)])


def order_words(request: OrderRequest, names: Names, tag: PriceTag) -> str:
    """What is ordered, with all that changes its price, and with what is not known of the price."""
    service = named(names.service(request.service_code), request.service_code)
    country = named(names.country(request.country_code), request.country_code)
    what = f"{request.provider} {request.period}: {service}, {country}{_price(request, tag)}"
    options = _options(request, promo_note=" (its discount is not known)", fraud_note=" (what it costs is not known)")
    return ", ".join([what, *options])


def order_question(request: OrderRequest, names: Names, tag: PriceTag, doubts: Sequence[str]) -> str:
    """The question before an order is sent; what speaks against the order stands in front."""
    sold_out = ["The service says it is sold out."] if tag.is_sold_out else []
    return " ".join([*doubts, *sold_out, f"Order {order_words(request, names, tag)}?"])


def _options(request: OrderRequest, *, promo_note: str = "", fraud_note: str = "") -> list[str]:
    options = []
    if request.markup_percent:
        options.append(f"markup {request.markup_percent} %")
    if request.promo_code:
        options.append(f"promo code {request.promo_code}{promo_note}")
    if request.need_fraud_score:
        options.append(f"fraud score{fraud_note}")
    return options


def _price(request: OrderRequest, tag: PriceTag) -> str:
    if tag.state in {PriceState.ASKING, PriceState.NOTHING_CHOSEN}:
        return " (asking for the price…)"
    amount = tag.amount(request)
    return ", price not known" if amount is None else f" for {show_money(amount)}"


def limit_sentence(beyond: LimitExceeded) -> str:
    """Which limit an order goes beyond, without a full stop."""
    limit = show_money(beyond.limit)
    if beyond.price is None:
        return f"The price is not known, and there is a limit of {limit}"
    if beyond.spent is None:
        return f"{show_money(beyond.price)} is more than the limit of {limit} an order"
    spent, more = show_money(beyond.spent), show_money(beyond.price)
    return f"{spent} was spent today, and {more} more is beyond the limit of {limit} a day"
