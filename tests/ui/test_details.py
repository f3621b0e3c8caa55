"""The fields of an order: no more exactly than they are known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from numdeck.model.codes import Code
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.ui.details import fold, record_details
from numdeck.ui.display import DisplayOptions
from tests.journal.samples import NOON, found_in_history, record

UTC = DisplayOptions(utc=True)
NOW = NOON + 600


def said(record: OrderRecord, name: str) -> str:
    return dict(record_details(record, UTC, now=NOW))[name]


def test_the_details_of_an_uncertain_purchase() -> None:
    known = record(1)
    assert said(known, "Bought") == "in numdeck, 15:07:41"
    elsewhere = replace(known, origin=Origin.ELSEWHERE)
    assert said(replace(elsewhere, bought=Interval(NOON, NOON + 91)), "Bought") == (
        "outside numdeck, between 15:06:40 and 15:08:11"
    )
    assert (
        said(replace(elsewhere, bought=Interval.up_to(NOON)), "Bought") == "outside numdeck, by 15:06:40 at the latest"
    )


def test_the_details_of_uncertain_codes_and_ends() -> None:
    order = record(1)
    codes = (Code("111", NOON), Code("222", NOON + 120, absent_at=NOON + 115), Code("333", NOON + 400, absent_at=NOON))
    watched = replace(order, codes=codes, ended_at=NOON + 400, last_seen_active_at=NOON)
    assert said(watched, "Codes") == ("111 (by 15:06:40) · 222 (15:08:40) · 333 (between 15:06:40 and 15:13:20)")
    assert said(watched, "Ended") == "between 15:06:40 and 15:13:20"
    assert said(found_in_history(2, seen_at=NOON), "Ended") == "before 15:06:40, when it was first seen"
    assert said(replace(watched, last_seen_active_at=NOON + 390), "Ended") == "15:13:20"


def test_a_long_text_is_folded_below_itself() -> None:
    assert fold([("Name", "a text that does not fit"), ("Id", "1")], 20).splitlines() == [
        "Name     a text that",
        "         does not",
        "         fit",
        "Id       1",
    ]


def test_the_details_say_what_was_refunded() -> None:
    refunded = record(1, status=Status.REFUND)
    order = replace(refunded.order, price=Decimal("0.22"), expenses=Decimal("0.05"))
    fields = dict(record_details(replace(refunded, order=order), UTC, now=NOW))
    assert (fields["Charged"], fields["Refunded"]) == ("$0.05", "$0.17")
    assert "Refunded" not in dict(record_details(record(1), UTC, now=NOW))
