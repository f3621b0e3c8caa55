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


def test_of_nothing_comes_nothing(journal: Journal) -> None:
    assert journal.totals_since(NOON) == NOTHING


def test_orders_money_and_codes_add_up(journal: Journal) -> None:
    journal.write([
        record(1, "12345", "67890", price=Decimal("0.10")),
        record(2, price=Decimal("0.20"), status=Status.WAITING),
    ])  # fmt: skip
    assert journal.totals_since(NOON) == Totals(2, Decimal("0.30"), 2, last_price=Decimal("0.20"))


def test_what_was_before_is_not_counted_and_the_instant_itself_is(journal: Journal) -> None:
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
def test_money_is_back_when_the_status_confirms_it(
    journal: Journal, status: Status, expenses: Decimal | None, spent: str
) -> None:
    journal.write([record(1, status=status, expenses=expenses)])
    assert journal.totals_since(NOON).spent == Decimal(spent)


def test_an_unknown_price_does_not_spoil_the_sum(journal: Journal) -> None:
    journal.write([record(1, price=None), record(2)])
    assert journal.totals_since(NOON).spent == Decimal("0.15")


def test_a_first_reading_of_the_history_is_not_todays(journal: Journal) -> None:
    journal.write([found_in_history(1, "12345")])
    assert journal.totals_since(NOON) == NOTHING


def test_a_rental_that_was_there_already_is_not_todays_but_its_new_codes_are(journal: Journal) -> None:
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


def test_a_short_order_that_was_there_already_is_todays(journal: Journal) -> None:
    seen_alive = replace(record(1, status=Status.WAITING), bought=Interval.up_to(NOON), first_seen=NOON)
    journal.write([seen_alive])
    assert journal.totals_since(NOON).orders == 1


def test_a_lost_purchase_that_is_found_in_the_history_is_todays(journal: Journal) -> None:
    claimed = replace(found_in_history(1, "12345"), origin=Origin.HERE, bought=Interval(NOON - 60, NOON), ended_at=NOON)
    journal.write([claimed])
    assert journal.totals_since(NOON - 60) == Totals(1, Decimal("0.15"), 1)


def test_the_last_price_is_of_the_newest_order_bought_here_whenever_that_was(journal: Journal) -> None:
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
def test_an_order_counts_from_the_latest_instant_at_which_it_may_have_been_bought(
    journal: Journal, bought: Interval, first_seen: float, counts: int
) -> None:
    journal.write([replace(record(1, status=Status.WAITING), bought=bought, first_seen=first_seen)])
    assert journal.totals_since(NOON).orders == counts
