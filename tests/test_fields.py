"""No field of an order is forgotten on its way from the wire to the screen: whoever adds one meets these tests."""

from __future__ import annotations

from contextlib import closing
from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any, Final

import pytest

from numdeck.api.reader import read_order
from numdeck.journal.journal import Journal
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.merging import merge_order
from numdeck.model.order import TOLD_FIELDS, Order, Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest
from numdeck.ui.details import NAME_WIDTH, record_details
from numdeck.ui.display import DisplayOptions

NOW: Final = 1_750_000_000.0
TOLD: Final[dict[str, Any]] = {
    "id": "71066120515e427ea147fc090fe395ce",
    "pk": "97f39164-512f-4ccb-9b1a-22cbdee0c47f",
    "status": "not_sms_code",
    "provider": "residential",
    "price_usd": "2.84",
    "phone_number": "+15555550123",
    "expiration_time": "2025-06-15T13:37:00Z",
    "history_sms_code": ["79373"],
    "can_replay": True,
    "can_extend": False,
    "can_cancel": False,
    "fraud_score": 0,
    "expenses": "0.07",
    "report": {"VOIP": False, "carrier": {"name": "Example Mobile"}},
    "period": "MIN_15",
    "service_code": "tg",
    "country_code": "667",
    "proxy_city": "Berlin",
}
SHOWN: Final[dict[str, str]] = {
    "id": "71066120515e427ea147fc090fe395ce",
    "status": "no SMS",
    "status_text": "not_sms_code",
    "provider": "residential",
    "price": "$2.84",
    "phone_number": "+1 555-555-0123",
    "expires_at": "13:37:00",
    "codes": "79373",
    "can_replay": "can_replay: yes",
    "can_extend": "can_extend: no",
    "can_cancel": "can_cancel: no",
    "fraud_score": "Fraud 0",
    "expenses": "$0.07",
    "report": "carrier.name: Example Mobile",
    "period": "MIN_15",
    "service_code": "tg",
    "country_code": "667",
    "pk": "97f39164512f4ccb9b1a22cbdee0c47f",
    "extras": "proxy_city: Berlin",
}
"""What the details say of each field."""

RECORD: Final = OrderRecord(
    order=Order(id="a", status=Status.SUCCESS, codes=("79373",)),
    bought=Interval(NOW - 9, NOW - 8),
    first_seen=NOW - 7,
    origin=Origin.HERE,
    request=OrderRequest(service_code="tg", country_code="667"),
    codes=(Code("79373", NOW - 5, Sight.UNSEEN, NOW - 6),),
    ended_at=NOW - 3,
    last_seen_active_at=NOW - 4,
    in_history=True,
    is_inferred=True,
)
ATTEMPT: Final = Attempt(
    id="b",
    request=OrderRequest(service_code="tg", country_code="667"),
    sent_at=NOW - 9,
    asked_price=Decimal("0.15"),
    sender="1-a",
    state=AttemptState.UNKNOWN,
    order_id="a",
    settled_at=NOW - 8,
    searched_at=NOW - 7,
    reason="The answer was lost.",
)
DEFAULTS: Final = {
    field.name: field.default
    for kind in (OrderRecord, Attempt)
    for field in fields(kind)
    if field.default is not MISSING
}
"""What a field of a sample must differ from, or its loss would not be seen."""

FIELDS: Final = [field.name for field in fields(Order)]
SPECIAL: Final = {"id", "status", "status_text", "codes", "pk", "extras"}
"""What has code of its own in the reader, `merge_order`, the journal's rows and the details."""

UNTOLD: Final = (None, "", ())


def told() -> Order:
    return read_order(TOLD)


def record(order: Order) -> OrderRecord:
    codes = tuple(Code(text, NOW) for text in order.codes)
    return OrderRecord(order=order, bought=Interval.up_to(NOW), first_seen=NOW, codes=codes)


def test_a_field_is_marked_or_special() -> None:
    assert {*FIELDS} == {*TOLD_FIELDS} | SPECIAL
    assert {*FIELDS} == {*SHOWN}


@pytest.mark.parametrize("name", FIELDS)
def test_read(name: str) -> None:
    assert getattr(told(), name) not in UNTOLD


@pytest.mark.parametrize("name", FIELDS)
def test_merged_when_left_out(name: str) -> None:
    silent = read_order({"id": TOLD["id"]})
    assert getattr(merge_order(told(), silent), name) == getattr(told(), name)


@pytest.mark.parametrize("name", FIELDS)
def test_merged_when_new(name: str) -> None:
    silent = read_order({"id": TOLD["id"]})
    assert getattr(merge_order(silent, told()), name) == getattr(told(), name)


@pytest.mark.parametrize("name", FIELDS)
def test_stored(name: str) -> None:
    with closing(Journal.in_memory()) as journal:
        journal.write([record(told())])
        (found,) = journal.find([told().id]).values()
    assert getattr(found.order, name) == getattr(told(), name)


@pytest.mark.parametrize("name", FIELDS)
def test_shown(name: str) -> None:
    pairs = record_details(record(told()), DisplayOptions(utc=True), now=NOW)
    assert SHOWN[name] in "\n".join(f"{label} {text}" for label, text in pairs)


def test_never_told_is_not_no() -> None:
    order = Order(id="a", status=Status.WAITING, price=Decimal(1))
    with closing(Journal.in_memory()) as journal:
        journal.write([record(order)])
        (found,) = journal.find(["a"]).values()
    assert found.order == order
    texts = [text for _, text in record_details(found, DisplayOptions(utc=True), now=NOW)]
    assert {"can_cancel: unknown", "can_replay: unknown", "can_extend: unknown"} <= set(texts)


def test_labels_fit() -> None:
    pairs = record_details(record(told()), DisplayOptions(utc=True), now=NOW)
    assert [label for label, _ in pairs if len(label) >= NAME_WIDTH] == []


@pytest.mark.parametrize("name", [field.name for field in fields(OrderRecord)])
def test_field_of_a_record_is_stored(name: str) -> None:
    assert getattr(RECORD, name) != DEFAULTS.get(name)
    with closing(Journal.in_memory()) as journal:
        journal.write([RECORD])
        (found,) = journal.find(["a"]).values()
    assert getattr(found, name) == getattr(RECORD, name)


@pytest.mark.parametrize("name", [field.name for field in fields(Attempt)])
def test_field_of_an_attempt_is_stored(name: str) -> None:
    assert getattr(ATTEMPT, name) != DEFAULTS.get(name)
    with closing(Journal.in_memory()) as journal:
        journal.write(attempts=[ATTEMPT])
        (found,) = journal.attempts(["b"])
    assert getattr(found, name) == getattr(ATTEMPT, name)
