"""A purchase in words: every option of it, and the question before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from numdeck.desk.state import Names
from numdeck.model.money import show_money
from numdeck.model.request import OrderRequest
from numdeck.ui.details import named
from numdeck.ui.form.price_line import Knowledge, PriceTag


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
    if tag.told in {Knowledge.ASKING, Knowledge.NOTHING_CHOSEN}:
        return " (asking for the price…)"
    amount = tag.amount(request)
    return ", price not known" if amount is None else f" for {show_money(amount)}"
