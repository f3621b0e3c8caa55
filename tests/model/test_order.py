"""Statuses, instants and money back, as documented and as they were seen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.order import Status, money_back, parse_instant, parse_status
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


def test_every_status_has_words_of_its_own() -> None:
    words = [status.words for status in Status]
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
def test_a_status_is_read(raw: object, status: Status) -> None:
    assert parse_status(raw) is status


@given(st.text() | st.none() | st.integers())
def test_no_status_is_an_error(raw: object) -> None:
    assert isinstance(parse_status(raw), Status)


def test_a_status_that_we_do_not_know_is_shown_in_the_services_word(make_order: MakeOrder) -> None:
    assert make_order(status=Status.UNKNOWN, status_text="on hold").status_words == "on hold"
    assert make_order(status=Status.UNKNOWN).status_words == "unknown"
    assert make_order(status=Status.REFUND, status_text="refund").status_words == "refunded"


@pytest.mark.parametrize(
    ("provider", "is_rental"),
    [("virtual", False), ("residential", False), ("residential_rent", True), ("virtual_rent", True), ("", False)],
)
def test_a_rental_is_known_by_its_provider(make_order: MakeOrder, provider: str, is_rental: bool) -> None:
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
def test_an_instant_without_a_zone_is_utc_wherever_we_are(raw: str, instant: float) -> None:
    assert parse_instant(raw) == instant


@pytest.mark.parametrize(
    "raw",
    [
        None, "", "  ", "soon", "2025-13-01", "2025-01-01T25:00", 1_735_689_600, True, ["2025-01-01"],
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_unknown(raw: object) -> None:
    assert parse_instant(raw) is None


@given(st.datetimes(datetime(6, 1, 1), datetime(9892, 1, 1), timezones=st.one_of(st.none(), st.timezones())))  # noqa: DTZ001
def test_every_instant_that_a_calendar_has_can_be_read(moment: datetime) -> None:
    read = parse_instant(moment.isoformat())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    assert read == pytest.approx(aware.timestamp(), abs=1)


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
def test_what_money_came_back(
    make_order: MakeOrder, status: Status, price: str | None, expenses: str | None, back: str | None
) -> None:
    amounts = [None if text is None else Decimal(text) for text in (price, expenses, back)]
    assert money_back(make_order(status=status, price=amounts[0], expenses=amounts[1])) == amounts[2]
