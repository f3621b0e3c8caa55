"""Orders as the service tells them: statuses, instants, ids, money back, and fields that nobody documented."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.order import (
    MAX_TOLD,
    Extras,
    Parts,
    Status,
    as_recorded,
    bound,
    canonical_id,
    merge_extras,
    money_back,
    money_charged,
    parse_instant,
    parse_status,
    take_apart,
    wire_id,
)
from numdeck.model.text import clean
from tests.model.conftest import MakeOrder

NEW_YEAR = 1_735_689_600.0  # 2025-01-01T00:00:00Z


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is somewhere else than in UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("status", "is_final", "is_refunded"),
    [
        (Status.NEW, False, False),
        (Status.WAITING, False, False),
        (Status.CALCULATION, False, False),
        (Status.UNKNOWN, False, False),
        (Status.SUCCESS, True, False),
        (Status.NOT_SMS_CODE, True, False),
        (Status.CANCELED, True, True),
        (Status.REFUND, True, True),
    ],
)
def test_what_a_status_means(status: Status, is_final: bool, is_refunded: bool) -> None:
    assert (status.is_final, status.is_refunded) == (is_final, is_refunded)


def test_every_status_has_its_own_label() -> None:
    words = [status.label for status in Status]
    assert len(set(words)) == len(words)
    assert all(word.isprintable() for word in words)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        *((status.value, status) for status in Status),
        ("WAITING", Status.WAITING),
        (" Success ", Status.SUCCESS),
        ("cancelled", Status.CANCELED),
        ("Cancelled", Status.CANCELED),
        ("refunded", Status.REFUND),
        ("teleported", Status.UNKNOWN),
        ("", Status.UNKNOWN),
        (None, Status.UNKNOWN),
        (7, Status.UNKNOWN),
        (["waiting"], Status.UNKNOWN),
    ],
)
def test_parse_status(raw: object, status: Status) -> None:
    assert parse_status(raw) is status


@given(st.text() | st.none() | st.integers())
def test_any_status_can_be_parsed(raw: object) -> None:
    assert isinstance(parse_status(raw), Status)


def test_an_unknown_status_shows_the_services_word(make_order: MakeOrder) -> None:
    assert make_order(status=Status.UNKNOWN, status_text="on hold").status_label == "on hold"
    assert make_order(status=Status.UNKNOWN).status_label == "unknown"
    assert make_order(status=Status.REFUND, status_text="refund").status_label == "refunded"


@pytest.mark.parametrize(
    ("provider", "is_rental"),
    [("virtual", False), ("residential", False), ("residential_rent", True), ("virtual_rent", True), ("", False)],
)
def test_rentals(make_order: MakeOrder, provider: str, is_rental: bool) -> None:
    assert make_order(provider=provider).is_rental is is_rental


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2025-01-01T00:00:00Z", NEW_YEAR),
        ("2025-01-01T00:00:00+00:00", NEW_YEAR),
        ("2025-01-01T02:30:00+02:30", NEW_YEAR),
        ("2025-01-01T00:00:00", NEW_YEAR),
        ("2025-01-01 00:00:00", NEW_YEAR),
        ("2025-01-01", NEW_YEAR),
        ("20250101", NEW_YEAR),
        ("  2025-01-01T00:00:00.250Z\n", NEW_YEAR + 0.25),
    ],
)
def test_an_instant_without_a_zone_is_utc(raw: str, instant: float) -> None:
    assert parse_instant(raw) == instant


@pytest.mark.parametrize(
    "raw",
    [
        None, "", "  ", "soon", "2025-13-01", "2025-01-01T25:00", 1_735_689_600, True, ["2025-01-01"],
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00",
    ],
)  # fmt: skip
def test_what_is_no_instant(raw: object) -> None:
    assert parse_instant(raw) is None


@given(st.datetimes(datetime(6, 1, 1), datetime(9892, 1, 1), timezones=st.one_of(st.none(), st.timezones())))  # noqa: DTZ001
def test_every_instant_of_the_calendar(moment: datetime) -> None:
    read = parse_instant(moment.isoformat())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    assert read == pytest.approx(aware.timestamp(), abs=1)


def test_the_history_ends_an_order_of_unknown_status(make_order: MakeOrder) -> None:
    unknown = make_order(status=Status.UNKNOWN, status_text="expired")
    recorded = as_recorded(unknown)
    assert (recorded.status, recorded.status_label) == (Status.ENDED, "expired")
    assert as_recorded(make_order(status=Status.WAITING)).status is Status.WAITING


@pytest.mark.parametrize(
    ("status", "price", "expenses", "back"),
    [
        (Status.WAITING, "0.22", None, "0"),
        (Status.SUCCESS, "0.22", "0.22", "0"),
        (Status.CANCELED, "0.22", None, "0.22"),
        (Status.REFUND, "0.22", "0.05", "0.17"),
        (Status.REFUND, None, "0.05", None),
    ],
)
def test_money_back(
    make_order: MakeOrder, status: Status, price: str | None, expenses: str | None, back: str | None
) -> None:
    amounts = [None if text is None else Decimal(text) for text in (price, expenses, back)]
    assert money_back(make_order(status=status, price=amounts[0], expenses=amounts[1])) == amounts[2]


@pytest.mark.parametrize(
    ("status", "price", "expenses", "charged"),
    [
        (Status.SUCCESS, "0.15", None, "0.15"),
        (Status.SUCCESS, "0.15", "0.20", "0.20"),
        (Status.REFUND, "0.15", "0.05", "0.15"),
        (Status.REFUND, None, "0.05", None),
    ],
)
def test_money_charged(
    make_order: MakeOrder, status: Status, price: str | None, expenses: str | None, charged: str | None
) -> None:
    order = make_order(status=status, price=usd(price), expenses=usd(expenses))
    assert money_charged(order) == usd(charged)


def usd(amount: str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)


CANONICAL = "7106b2f0c3d44e5fa6b7c8d9e0f1a2b3"
DASHED = "7106b2f0-c3d4-4e5f-a6b7-c8d9e0f1a2b3"


@pytest.mark.parametrize("raw", [CANONICAL, DASHED, DASHED.upper(), CANONICAL.upper(), f"  {DASHED}\n"])
def test_every_spelling_of_a_uuid_is_one_id(raw: str) -> None:
    assert canonical_id(raw) == CANONICAL


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("12345", "12345"),
        ("Order-A1", "Order-A1"),
        (CANONICAL[:-1], CANONICAL[:-1]),
        (CANONICAL + "0", CANONICAL + "0"),
        ("g" * 32, "g" * 32),
        ("a\x1bb", "a^[b"),
        ("", ""),
    ],
)
def test_an_id_that_is_no_uuid(raw: str, canonical: str) -> None:
    assert canonical_id(raw) == canonical


def test_paths_have_the_dashed_spelling() -> None:
    assert wire_id(CANONICAL) == DASHED
    assert wire_id("12345") == "12345"


@given(st.uuids())
def test_to_the_wire_and_back(uuid: UUID) -> None:
    assert wire_id(canonical_id(str(uuid))) == str(uuid)
    assert canonical_id(wire_id(uuid.hex)) == uuid.hex


@given(st.text())
def test_a_canonical_id_stays_what_it_is(raw: str) -> None:
    once = canonical_id(raw)
    assert canonical_id(once) == once


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=40,
)
CHECK = {"fraud_score": 0, "VOIP": False, "line_type": "Wireless", "carrier": None, "recent_abuse": True}


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (None, ()),
        ("", ()),
        ({}, ()),
        ([], ()),
        ("clean", (("", "clean"),)),
        (0, (("", "0"),)),
        (Decimal("0.0"), (("", "0.0"),)),
        (False, (("", "no"),)),
        (
            CHECK,
            (
                ("fraud_score", "0"),
                ("VOIP", "no"),
                ("line_type", "Wireless"),
                ("carrier", "—"),
                ("recent_abuse", "yes"),
            ),
        ),
        ({"a": {"b": [1, {"c": "x"}], "d": {}}}, (("a.b.1", "1"), ("a.b.2.c", "x"), ("a.d", "—"))),
        (["x", ["y"]], (("1", "x"), ("2.1", "y"))),
        ({"a\x1b": "\u202ex"}, (("a^[", "<U+202E>x"),)),
        ([[[[[["too deep"]]]]]], (("1.1.1.1.1", "…"),)),
        ({"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}, (("a.a.a.a.a", "…"),)),
        ("x" * 4096, (("", "x" * 4096),)),
        ("x" * 5000, (("", "x" * 4095 + "…"),)),
    ],
)
def test_take_apart(value: object, parts: Parts) -> None:
    assert take_apart(value) == parts


@pytest.mark.parametrize("value", [list(range(10**5)), {str(n): "x" * 1000 for n in range(999)}], ids=["many", "long"])
def test_long_values_are_cut(value: object) -> None:
    parts = take_apart(value)
    assert parts[-1] == ("…", "There is more, which is not kept.")
    assert len(parts) <= 65
    assert sum(len(name) + len(text) for name, text in parts[:-1]) <= MAX_TOLD


@given(JSON)
def test_any_shape_is_harmless(value: object) -> None:
    for name, text in take_apart(value):
        assert clean(name) == name
        assert text == clean(text, MAX_TOLD)
        assert text


def test_extras_are_merged_by_field() -> None:
    known: Extras = (("city", (("", "Berlin"),)), ("lines", (("1", "a"), ("2", "b"))))
    seen: Extras = (("lines", (("1", "c"),)), ("asn", (("", "64500"),)))
    joined = (("city", (("", "Berlin"),)), ("lines", (("1", "c"),)), ("asn", (("", "64500"),)))
    assert merge_extras(known, seen) == joined
    assert merge_extras(joined, seen) == joined
    assert merge_extras(known, ()) == known


def test_extras_are_bounded() -> None:
    many = bound({str(number): (("", "x" * 1000),) for number in range(99)})
    assert [name for name, _ in many] == ["0", "1", "2", "3"]
