"""The tolerant reader: what comes instead of what is documented, and that nothing breaks it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numdeck.api.errors import Unreadable
from numdeck.api.reader import read_catalogue, read_order, read_orders, read_page, read_quotes
from numdeck.model.order import MAX_TOLD, TOLD_FIELDS, Order, Status
from numdeck.model.text import MAX_CODE, clean

BIDI = "\u202e"
NAMES = ("id", "pk", "status", "history_sms_code", *(name for told in TOLD_FIELDS.values() for name in told.names))
"""What the fields of an order are called in an answer."""


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        (["79373"], ("79373",)),
        (["1", "2", "1"], ("1", "2", "1")),
        ("79373", ("79373",)),
        (79373, ("79373",)),
        (None, ()),
        ("", ()),
        ([], ()),
        ([None, "", True, 5, " 12 "], ("5", "12")),
        ([{"code": "79373", "sent": "now"}], ("79373",)),
        ({"text": "Your code is 5"}, ("Your code is 5",)),
        ([{"value": "79373", "deep": {"x": 1}}], ("79373",)),
        ([{}, [], [["1"]]], ("1",)),
        ([[[["1"]]]], ("1",)),
        ([[[[["too deep"]]]]], ()),
        ("111,222", ("111", "222")),
        (["111,222", "333"], ("111", "222", "333")),
        ("Your code is 111,222", ("Your code is 111,222",)),
        ({"sms": "111;222"}, ("111", "222")),
        ("x" * 4096, ("x" * 4096,)),
        ("x" * 5000, ("x" * 4095 + "…",)),
        (["\x1b[2J1", "2" + BIDI], ("^[[2J1", "2<U+202E>")),
    ],
)
def test_codes(told: object, codes: tuple[str, ...]) -> None:
    assert read_order({"id": "a", "history_sms_code": told}).codes == codes


def test_only_an_id() -> None:
    assert read_order({"id": "a"}) == Order(id="a", status=Status.UNKNOWN)


@pytest.mark.parametrize(
    ("told", "order_id"),
    [
        ({"id": "71066120515e427ea147fc090fe395ce"}, "71066120515e427ea147fc090fe395ce"),
        ({"pk": "71066120-515E-427E-A147-FC090FE395CE"}, "71066120515e427ea147fc090fe395ce"),
        ({"id": None, "pk": "b"}, "b"),
        ({"id": [], "pk": 17}, "17"),
        ({"id": " a\x00"}, "a^@"),
    ],
)
def test_id(told: dict[str, Any], order_id: str) -> None:
    assert read_order(told).id == order_id


@pytest.mark.parametrize(
    ("told", "status", "text"),
    [
        ("waiting", Status.WAITING, "waiting"),
        ("Cancelled", Status.CANCELED, "Cancelled"),
        ("teleported\x07", Status.UNKNOWN, "teleported^G"),
        (7, Status.UNKNOWN, "7"),
        (None, Status.UNKNOWN, ""),
        ([["waiting"]], Status.UNKNOWN, ""),
    ],
)
def test_status(told: object, status: Status, text: str) -> None:
    order = read_order({"id": "a", "status": told})
    assert (order.status, order.status_text) == (status, text)


@pytest.mark.parametrize(
    ("told", "price"),
    [("0.15", "0.15"), ("$2.84", "2.84"), (Decimal("0.1"), "0.1"), (3, "3"), (None, None), ("free", None), ([], None)],
)
def test_price(told: object, price: str | None) -> None:
    assert read_order({"id": "a", "price_usd": told}).price == (None if price is None else Decimal(price))


@pytest.mark.parametrize(
    ("told", "flag"),
    [(True, True), ("true", True), (1, True), (False, False), ("no", False), (None, None), ({}, False)],
)
def test_flag(told: object, flag: bool | None) -> None:
    order = read_order({"id": "a", "can_cancel": told, "can_replay": told, "can_extend": told})
    assert (order.can_cancel, order.can_replay, order.can_extend) == (flag, flag, flag)


@pytest.mark.parametrize(
    ("told", "instant"),
    [
        ("2023-11-15T12:00:00Z", 1_700_049_600.0),
        ("2023-11-15T12:00:00", 1_700_049_600.0),
        ("2023-11-15T14:00:00+02:00", 1_700_049_600.0),
        (None, None),
        ("tomorrow", None),
        (5, None),
    ],
)
def test_expiry(told: object, instant: float | None) -> None:
    assert read_order({"id": "a", "expiration_time": told}).expires_at == instant


@pytest.mark.parametrize("told", [{"service": "tg", "country": 2}, {"service_code": "tg", "country_code": "2"}])
def test_service_and_country(told: dict[str, Any]) -> None:
    order = read_order({"id": "a", **told})
    assert (order.service_code, order.country_code) == ("tg", "2")


def test_codes_count_more_than_names() -> None:
    order = read_order({"id": "a", "service": "wa", "service_code": "tg", "country_code": "2", "country": "44"})
    assert (order.service_code, order.country_code) == ("tg", "2")


def test_service_as_an_object() -> None:
    order = read_order({"id": "a", "service": {"code": "tg", "name": "Telegram"}, "service_code": None})
    assert order.service_code == "tg"


def test_hostile_text() -> None:
    hostile = f"\x1b]52;c;ZXZpbA==\x07{BIDI}\x9b2J" + "\u0301" * 50 + "\ud800" + "x" * 10_000
    order = read_order(dict.fromkeys(NAMES, hostile) | {"history_sms_code": [hostile]})
    texts = [
        order.id,
        order.status_text,
        order.provider,
        order.phone_number,
        order.fraud_score,
        order.period,
        order.service_code,
        order.country_code,
    ]
    assert len(texts) == 8
    assert order.codes == (clean(hostile, MAX_CODE),)
    assert order.report == (("", clean(hostile, MAX_TOLD)),)
    for text in texts:
        assert text is not None
        assert text == clean(hostile)
    assert (order.price, order.expenses, order.expires_at) == (None, None, None)


@pytest.mark.parametrize("told", [None, [], "a", 5, {}, {"detail": "Not found."}, {"id": None}, {"status": "new"}])
def test_what_is_no_order(told: object) -> None:
    with pytest.raises(Unreadable):
        read_order(told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ORDER_LIKE = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON))
LISTS = st.lists(ORDER_LIKE | JSON, max_size=5)


@settings(deadline=None, max_examples=60)
@given(JSON | LISTS | st.fixed_dictionaries({"results": LISTS | JSON}, optional={"next": JSON}))
def test_any_list_is_read_or_unreadable(data: object) -> None:
    try:
        items = read_page(data).items
    except Unreadable:
        return
    orders, unreadable = read_orders(items)
    assert len(orders) + unreadable <= len(items)
    assert len({order.id for order in orders}) == len(orders)
    assert all(order.id and order.id == clean(order.id) for order in orders)
    assert all(code and code == clean(code, MAX_CODE) for order in orders for code in order.codes)


@settings(deadline=None)
@given(ORDER_LIKE | JSON, st.none() | st.just("a"))
def test_any_order_is_read_or_unreadable(data: object, asked_for: str | None) -> None:
    try:
        order = read_order(data, asked_for=asked_for)
    except Unreadable:
        return
    assert asked_for in {None, order.id}


@settings(deadline=None)
@given(JSON)
def test_any_catalogue_is_survived(item: object) -> None:
    read_catalogue([item])
    read_quotes([item])
