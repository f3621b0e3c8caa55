"""An order as a row for spreadsheets and scripts: all that is known, in plain texts, and never a formula."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.model.codes import Code
from numdeck.model.export import FIELDS, csv_cells, exported
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord
from numdeck.model.request import OrderRequest

ORDER = Order(
    id="1" * 32,
    status=Status.CANCELED,
    status_text="canceled",
    provider="virtual",
    price=Decimal("0.20"),
    expenses=Decimal("0.00"),
    phone_number="+12125550100",
    fraud_score="12",
    report=(("risk", "low"), ("", "fine")),
)
RECORD = OrderRecord(
    order=ORDER,
    bought=Interval(1_700_000_000.0, 1_700_000_002.4),
    first_seen=1_700_000_000.0,
    request=OrderRequest(service_code="tg", country_code="667"),
    codes=(Code("79373", 1_700_000_060.0), Code("12 34", 1_700_000_070.0)),
    ended_at=1_700_000_100.0,
)


def test_every_field_is_there() -> None:
    assert exported(RECORD) == {
        "id": "1" * 32,
        "number": "+12125550100",
        "service": "tg",
        "country": "667",
        "provider": "virtual",
        "period": "MIN_15",
        "status": "canceled",
        "codes": ["79373", "12 34"],
        "bought_earliest": "2023-11-14T22:13:20Z",
        "bought_latest": "2023-11-14T22:13:22Z",
        "ended": "2023-11-14T22:15:00Z",
        "price": "0.20",
        "charged": "0.20",
        "refunded": "0.20",
        "fraud_score": "12",
        "report": "risk: low; fine",
    }
    assert tuple(exported(RECORD)) == FIELDS


def test_what_is_not_known_is_empty() -> None:
    unknown = OrderRecord(order=Order(id="x", status=Status.REFUND), bought=Interval.up_to(0.0), first_seen=0.0)
    empty = {name for name, value in exported(unknown).items() if value is None}
    assert empty == set(FIELDS) - {"id", "status", "codes", "bought_latest"}
    assert csv_cells(unknown)[FIELDS.index("price")] == ""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("+12125550100", "+12125550100"),
        ("-0.27", "-0.27"),
        ("79373", "79373"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    record = replace(RECORD, order=replace(ORDER, phone_number=text))
    assert csv_cells(record)[FIELDS.index("number")] == cell


def test_several_codes_are_one_cell() -> None:
    assert csv_cells(RECORD)[FIELDS.index("codes")] == "79373 12 34"
