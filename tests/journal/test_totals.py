"""What today came to: only what is known to be of today."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from numdeck.journal.journal import Journal, Totals
from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import Origin
from tests.journal.samples import NOON, found_in_history, record

NOTHING = Totals(0, Decimal(0), 0)


def test_no_orders(journal: Journal) -> None:
    assert journal.totals_since(NOON) == NOTHING


def test_totals(journal: Journal) -> None:
    journal.write([
        record(1, "12345", "67890", price=Decimal("0.10")),
        record(2, price=Decimal("0.20"), status=Status.WAITING),
    ])  # fmt: skip
    assert journal.totals_since(NOON) == Totals(2, Decimal("0.30"), 2, last_price=Decimal("0.20"))


def test_since_is_inclusive(journal: Journal) -> None:
    journal.write([record(1, "12345"), record(2)])
    bought_at = record(2).bought.latest
    assert journal.totals_since(bought_at).orders == 1
    assert journal.totals_since(bought_at + 1).orders == 0


@pytest.mark.parametrize(
    ("status", "expenses", "spent"),
    [
        (Status.SUCCESS, None, "0.15"),
        (Status.NOT_SMS_CODE, None, "0.15"),
        (Status.CALCULATION, Decimal(0), "0.15"),
        (Status.REFUND, None, "0"),
        (Status.CANCELED, None, "0"),
        (Status.REFUND, Decimal("0.05"), "0.05"),
    ],
)
def test_refunds(journal: Journal, status: Status, expenses: Decimal | None, spent: str) -> None:
    journal.write([record(1, status=status, expenses=expenses)])
    assert journal.totals_since(NOON).spent == Decimal(spent)


def test_unknown_price(journal: Journal) -> None:
    journal.write([record(1, price=None), record(2)])
    assert journal.totals_since(NOON).spent == Decimal("0.15")


def test_first_history_does_not_count(journal: Journal) -> None:
    journal.write([found_in_history(1, "12345")])
    assert journal.totals_since(NOON) == NOTHING


def test_old_rental_with_new_codes(journal: Journal) -> None:
    rented = replace(
        record(1, "12345", status=Status.WAITING, provider="residential_rent"),
        origin=Origin.ELSEWHERE,
        request=None,
        bought=Interval.up_to(NOON),
        first_seen=NOON,
        codes=(Code("12345", NOON),),
    )
    journal.write([rented])
    assert journal.totals_since(NOON) == NOTHING
    order = replace(rented.order, codes=("12345", "67890"))
    journal.write([replace(rented, order=order, codes=(*rented.codes, Code("67890", NOON + 60)))])
    assert journal.totals_since(NOON) == Totals(0, Decimal(0), 1)


def test_short_order_counts(journal: Journal) -> None:
    seen_alive = replace(record(1, status=Status.WAITING), bought=Interval.up_to(NOON), first_seen=NOON)
    journal.write([seen_alive])
    assert journal.totals_since(NOON).orders == 1


def test_lost_purchase_counts(journal: Journal) -> None:
    claimed = replace(found_in_history(1, "12345"), origin=Origin.HERE, bought=Interval(NOON - 60, NOON), ended_at=NOON)
    journal.write([claimed])
    assert journal.totals_since(NOON - 60) == Totals(1, Decimal("0.15"), 1)


def test_last_price(journal: Journal) -> None:
    journal.write([
        record(1, price=Decimal("0.10")),
        record(3, price=Decimal("0.30")),
        record(2, price=Decimal("0.20")),
        replace(record(4, price=Decimal("0.40")), request=None),
    ])  # fmt: skip
    assert journal.totals_since(NOON + 3600).last_price == Decimal("0.30")
    journal.write([record(5, price=None)])
    assert journal.totals_since(NOON + 3600).last_price is None


@pytest.mark.parametrize(
    ("bought", "first_seen", "counts"),
    [
        (Interval(NOON - 10, NOON - 5), NOON + 60, 0),  # bought before, however late it was seen
        (Interval(NOON - 10, NOON), NOON + 60, 1),  # perhaps before: counted when it may have been since
        (Interval(NOON - 10, NOON + 5), NOON - 10, 1),
        (Interval.up_to(NOON - 5), NOON + 60, 0),
        (Interval.up_to(NOON + 5), NOON + 60, 1),
    ],
)
def test_latest_purchase_instant_counts(journal: Journal, bought: Interval, first_seen: float, counts: int) -> None:
    journal.write([replace(record(1, status=Status.WAITING), bought=bought, first_seen=first_seen)])
    assert journal.totals_since(NOON).orders == counts
