"""The JSON of the API's answers: orders, search results and pages, as documented or as seen in the wild."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from starlette.requests import Request

from numdeck.sandbox import refusals
from numdeck.sandbox.catalogue import Found
from numdeck.sandbox.lifecycle import Order
from numdeck.sandbox.settings import Quirks

_MANY = 1000
_FEW = 10

_LARGEST_PAGE: Final = 100


def active_json(order: Order, quirks: Quirks) -> dict[str, object]:
    """Return an order as in the purchase, active list and detail ("Get Active Numbers", "Response Fields")."""
    return {"id": str(order.id) if quirks.ids == "dashed" else order.id.hex, **_shared_json(order, quirks)}


def new_json(order: Order, quirks: Quirks) -> dict[str, object]:
    """Return a purchase without a number yet, as in an earlier edition of the documentation."""
    shown = active_json(order, quirks)
    return {
        **shown,
        "pk": str(order.id),
        "phone_number": None,
        "period": order.period,
        "service": order.service_code,
        "country": order.country_code,
    }


def history_json(order: Order, quirks: Quirks) -> dict[str, object]:
    """Return an order as in the history ("Get Number History")."""
    return {
        "pk": str(order.id),
        "id": order.id.hex if quirks.ids == "bare" else str(order.id),
        **_shared_json(order, quirks),
        "fraud_score": order.fraud_score,
        "expenses": f"{order.expenses:.2f}",
        "report": _report_json(order, quirks),
    }


def _report_json(order: Order, quirks: Quirks) -> object:
    """Return the fraud check in the configured shape."""
    if order.fraud_score is None or quirks.report == "null":
        return None
    if quirks.report == "text":
        return f"Fraud score {order.fraud_score}, no recent abuse."
    return {
        "fraud_score": order.fraud_score,
        "VOIP": False,
        "line_type": "Wireless",
        "carrier": {"name": "Example Mobile", "lines": ["prepaid", "5G"]},
        "recent_abuse": None,
    }


def _shared_json(order: Order, quirks: Quirks) -> dict[str, object]:
    return {
        "status": order.status,
        "provider": order.provider,
        "price_usd": f"{order.price:.2f}",
        "phone_number": order.phone_number,
        "expiration_time": _utc(order.ends_at) if order.is_rental else None,
        **_codes_json(order, quirks),
        "can_replay": False,
        "can_extend": order.can_extend,
        "can_cancel": order.can_cancel,
    }


def _codes_json(order: Order, quirks: Quirks) -> dict[str, object]:
    if quirks.codes == "string":
        return {"history_sms_code": order.codes[-1] if order.codes else ""}
    if quirks.codes == "joined":
        return {"history_sms_code": ",".join(order.codes)}
    if quirks.codes == "absent" and not order.codes:
        return {}
    if quirks.codes == "null" and not order.codes:
        return {"history_sms_code": None}
    return {"history_sms_code": list(order.codes)}


def _utc(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")


def found_json(found: Found, quirks: Quirks) -> dict[str, object]:
    """Return a search result."""
    offer = found.offer
    return {
        "service_code": found.service.code,
        "service_name": found.service.name,
        "country_code": found.country.code,
        "provider": found.provider,
        "period": found.period,
        "price": f"{offer.price:.2f}" if quirks.search_as_text else float(offer.price),
        "count": _count_text(offer.count) if quirks.search_as_text else offer.count,
    }


def _count_text(count: int) -> int | str:
    """Return a count as the service shows it: vague if very large or small."""
    if count > _MANY:
        return ">1k"
    return "<10" if 0 < count < _FEW else count


def balance_text(balance: Decimal) -> str:
    """Return the balance, such as `$12.34`."""
    return f"${balance:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list, as `page` (from 1) and `page_size` ask for it."""

    count: int
    start: int
    stop: int
    previous: str | None
    following: str | None

    @classmethod
    def of(cls, request: Request, count: int, default_size: int) -> Page:
        """Return the page that a request asks for. Raises `RefusedError` (404) if there is none."""
        size = _positive(request.query_params.get("page_size"))
        size = min(size, _LARGEST_PAGE) if size else default_size
        number = _positive(request.query_params.get("page", "1"))
        last = max(1, -(-count // size))
        if not 1 <= number <= last:
            raise refusals.detail(404, "Invalid page.")
        return cls(
            count=count,
            start=(number - 1) * size,
            stop=min(number * size, count),
            previous=str(request.url.include_query_params(page=number - 1)) if number > 1 else None,
            following=str(request.url.include_query_params(page=number + 1)) if number < last else None,
        )

    def wrap(self, results: list[dict[str, object]]) -> dict[str, object]:
        """Wrap the page's results."""
        return {"count": self.count, "next": self.following, "previous": self.previous, "results": results}


def _positive(text: str | None) -> int:
    """Read a whole number above zero; anything else is 0."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0
