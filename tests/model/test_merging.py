"""Two views of one order are merged: nothing that was known for certain is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.codes import Code, Sight, new_codes
from numdeck.model.interval import Interval
from numdeck.model.merging import merge_order, merge_purchase, merge_record
from numdeck.model.order import Order, Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import OrderRequest
from tests.journal.samples import NOON, TELEGRAM, patient, record, records
from tests.model.conftest import MakeOrder

WAITING = record(1, status=Status.WAITING)
ELSEWHERE = replace(WAITING, origin=Origin.ELSEWHERE, request=None, bought=Interval(NOON, NOON + 90))


def with_codes(known: OrderRecord, *codes: Code) -> OrderRecord:
    order = replace(known.order, codes=tuple(code.text for code in codes))
    return replace(known, order=order, codes=codes)


@patient
@given(records("same"))
def test_to_write_the_same_again_changes_nothing(known: OrderRecord) -> None:
    merged = merge_record(known, known)
    if known.is_ended:  # that an ended order can be cancelled is no news worth keeping
        known = replace(known, order=replace(known.order, can_cancel=known.order.can_cancel and False))
    assert merged == known


@patient
@given(st.data())
def test_codes_only_grow_and_stay_one_with_those_of_the_order(data: st.DataObject) -> None:
    stored, written = data.draw(records("same")), data.draw(records("same"))
    merged = merge_record(stored, written)
    texts = tuple(code.text for code in merged.codes)
    for code, kept in zip(stored.codes, merged.codes, strict=False):
        assert (kept.text, kept.seen_at) == (code.text, code.seen_at)
        assert kept.sight >= code.sight
    assert new_codes(texts, written.order.codes) == ()
    assert texts == merged.order.codes


def test_who_saw_it_only_in_the_list_does_not_take_the_purchase_from_who_bought_it() -> None:
    for merged in (merge_record(WAITING, ELSEWHERE), merge_record(ELSEWHERE, WAITING)):
        assert (merged.origin, merged.request, merged.bought) == (Origin.HERE, WAITING.request, WAITING.bought)


INFERRED = replace(ELSEWHERE, origin=Origin.HERE, request=replace(TELEGRAM, service_code="wa"), is_inferred=True)


@pytest.mark.parametrize("other", [WAITING, ELSEWHERE], ids=["who bought it", "who saw it in the list"])
def test_what_was_inferred_gives_way_to_what_is_certain(other: OrderRecord) -> None:
    for merged in (merge_record(INFERRED, other), merge_record(other, INFERRED)):
        expected = WAITING if other is WAITING else INFERRED
        assert (merged.origin, merged.request, merged.is_inferred) == (
            Origin.HERE, expected.request, expected.is_inferred,
        )  # fmt: skip


def test_of_two_that_inferred_it_the_first_counts() -> None:
    second = replace(INFERRED, request=TELEGRAM)
    assert merge_record(INFERRED, second).request == INFERRED.request


def test_an_end_is_not_undone_by_who_has_not_seen_it() -> None:
    ended = record(1, status=Status.REFUND)
    merged = merge_record(ended, WAITING)
    assert (merged.order.status, merged.ended_at) == (Status.REFUND, ended.ended_at)


def test_the_instants_first_seen_stay() -> None:
    early, late = Code("12345", NOON), Code("12345", NOON + 9)
    merged = merge_record(with_codes(WAITING, early), with_codes(WAITING, late))
    assert merged.codes == (early,)
    ended = record(1)
    assert merge_record(ended, replace(ended, ended_at=NOON + 9999)).ended_at == ended.ended_at


def test_the_codes_of_the_record_become_those_of_its_order() -> None:
    written = replace(with_codes(WAITING, Code("1", NOON)), order=WAITING.order)
    assert merge_record(WAITING, written).order.codes == ("1",)


@pytest.mark.parametrize(
    ("stored", "written", "merged"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_an_order_on_a_desk_is_not_left_to_the_history(stored: bool, written: bool, merged: bool) -> None:
    records = [replace(WAITING, in_history=each) for each in (stored, written)]
    assert merge_record(*records).in_history is merged


def test_the_first_end_tells_when_the_order_was_last_seen_active() -> None:
    seen = replace(WAITING, last_seen_active_at=NOON + 90)
    assert merge_record(WAITING, seen).last_seen_active_at == NOON + 90
    ended = replace(WAITING, ended_at=NOON + 99, last_seen_active_at=NOON + 60)
    assert merge_record(ended, seen).last_seen_active_at == NOON + 60


def test_a_code_that_came_twice_is_two_codes() -> None:
    first, second = Code("12345", NOON), Code("12345", NOON + 60)
    merged = merge_record(with_codes(WAITING, first), with_codes(WAITING, first, second))
    assert merged.codes == (first, second)


@pytest.mark.parametrize("stored", Sight)
@pytest.mark.parametrize("written", [None, *Sight])
def test_what_was_seen_stays_seen_and_nobody_sees_a_code_that_it_does_not_know(
    stored: Sight, written: Sight | None
) -> None:
    known = with_codes(WAITING, Code("12345", NOON, stored))
    writer = with_codes(WAITING, *([] if written is None else [Code("12345", NOON, written)]))
    merged = merge_record(known, writer)
    assert [code.sight for code in merged.codes] == [stored if written is None else max(stored, written)]


@pytest.mark.parametrize(
    ("stored", "written"),
    [(NOON, NOON + 60), (NOON + 60, NOON)],
    ids=["the file saw it first", "the writer saw it first"],
)
def test_first_seen_is_when_the_first_of_them_saw_it(stored: float, written: float) -> None:
    merged = merge_record(replace(WAITING, first_seen=stored), replace(WAITING, first_seen=written))
    assert merged.first_seen == NOON


code_lists = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


statuses = st.sampled_from(Status)


orders = st.builds(
    Order,
    id=st.just("1"),
    status=statuses,
    codes=code_lists,
    can_cancel=st.booleans(),
    price=st.none() | st.just(Decimal("0.15")),
    phone_number=st.sampled_from([None, "", "+15550000001"]),
)


@given(orders, orders)
def test_codes_and_ends_are_never_undone(known: Order, seen: Order) -> None:
    merged = merge_order(known, seen)
    assert merged.codes[: len(known.codes)] == known.codes
    assert not Counter(seen.codes) - Counter(merged.codes)
    assert merged.status.is_final or not (known.status.is_final or seen.status.is_final)
    assert not (merged.can_cancel and merged.status.is_final)
    assert merge_order(merged, seen) == merged, "the same answer again is no news"


@pytest.mark.parametrize("final", [status for status in Status if status.is_final])
@pytest.mark.parametrize("late", [status for status in Status if not status.is_final])
def test_a_late_answer_does_not_bring_an_order_back(make_order: MakeOrder, final: Status, late: Status) -> None:
    merged = merge_order(
        make_order(status=final, status_text="the end"), make_order(status=late, status_text="on its way")
    )
    assert (merged.status, merged.status_text, merged.can_cancel) == (final, "the end", False)


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        (Status.SUCCESS, Status.REFUND),
        (Status.NOT_SMS_CODE, Status.REFUND),
        (Status.NEW, Status.WAITING),
        (Status.WAITING, Status.CALCULATION),
        (Status.CALCULATION, Status.WAITING),
    ],
)
def test_the_newer_status_counts(make_order: MakeOrder, known: Status, seen: Status) -> None:
    assert merge_order(make_order(status=known), make_order(status=seen)).status is seen


def test_an_unknown_status_is_kept(make_order: MakeOrder) -> None:
    merged = merge_order(make_order(), make_order(status=Status.UNKNOWN, status_text="on hold"))
    assert (merged.status, merged.status_text) == (Status.UNKNOWN, "on hold")


@pytest.mark.parametrize(
    "told",
    [
        {"provider": "residential"},
        {"price": Decimal("0.15")},
        {"price": Decimal(0)},
        {"phone_number": "+447700900123"},
        {"expires_at": 5.0},
        {"codes": ("12345",)},
        {"fraud_score": "0"},
        {"expenses": Decimal(0)},
        {"report": (("VOIP", "no"),)},
        {"can_cancel": True},
        {"period": "WEEK"},
        {"service_code": "tg"},
        {"country_code": "0"},
    ],
    ids=lambda told: "-".join(map(str, *told.items())),
)
def test_fields_that_an_answer_leaves_out_stay(told: dict[str, object]) -> None:
    silent = Order(id="1", status=Status.UNKNOWN)
    merged = merge_order(replace(silent, **told), silent)  # type: ignore[arg-type]
    assert {name: getattr(merged, name) for name in told} == told


def test_newer_fields_count() -> None:
    known = Order(id="1", status=Status.WAITING, price=Decimal(1), phone_number="+1", can_replay=True)
    seen = replace(known, price=Decimal(2), phone_number="+2", can_replay=False, can_extend=True, expires_at=9.0)
    assert merge_order(known, seen) == seen


def test_extras_are_merged() -> None:
    known = Order(id="1", status=Status.WAITING, extras=(("a", (("", "1"),)), ("b", (("", "2"),))))
    merged = merge_order(known, replace(known, extras=(("b", (("", "3"),)),)))
    assert merged.extras == (("a", (("", "1"),)), ("b", (("", "3"),)))


WHATSAPP = OrderRequest(service_code="wa", country_code="667")


@pytest.mark.parametrize(
    ("stored", "written", "merged"),
    [
        ((Origin.ELSEWHERE, None, False), (Origin.HERE, TELEGRAM, False), (Origin.HERE, TELEGRAM, False)),
        ((Origin.HERE, TELEGRAM, False), (Origin.ELSEWHERE, None, False), (Origin.HERE, TELEGRAM, False)),
        ((Origin.HERE, TELEGRAM, False), (Origin.HERE, WHATSAPP, True), (Origin.HERE, TELEGRAM, False)),
        ((Origin.HERE, TELEGRAM, True), (Origin.HERE, WHATSAPP, False), (Origin.HERE, WHATSAPP, False)),
        ((Origin.HERE, TELEGRAM, True), (Origin.HERE, WHATSAPP, True), (Origin.HERE, TELEGRAM, True)),
        ((Origin.HERE, TELEGRAM, False), (Origin.HERE, WHATSAPP, False), (Origin.HERE, WHATSAPP, False)),
        ((Origin.HERE, TELEGRAM, False), (Origin.HERE, None, False), (Origin.HERE, TELEGRAM, False)),
        ((Origin.ELSEWHERE, None, False), (Origin.ELSEWHERE, None, False), (Origin.ELSEWHERE, None, False)),
    ],
)
def test_the_surer_record_of_a_purchase_counts(
    make_order: MakeOrder,
    stored: tuple[Origin, OrderRequest | None, bool],
    written: tuple[Origin, OrderRequest | None, bool],
    merged: tuple[Origin, OrderRequest | None, bool],
) -> None:
    def known(purchase: tuple[Origin, OrderRequest | None, bool], bought: Interval) -> OrderRecord:
        origin, request, is_inferred = purchase
        record = OrderRecord(order=make_order(), bought=bought, first_seen=9)
        return replace(record, origin=origin, request=request, is_inferred=is_inferred)

    result = merge_purchase(known(stored, Interval(0, 5)), known(written, Interval(3, 9)))
    assert (result.origin, result.request, result.is_inferred) == merged
    assert result.bought == Interval(3, 5)
