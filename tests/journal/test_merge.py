"""Two numdecks on one account write the same orders: neither takes from the journal what the other learnt."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.journal.journal import Journal
from numdeck.journal.merge import merge_record
from numdeck.model.codes import Code, Sight, new_codes
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import AttemptState
from numdeck.model.text import clean
from tests.journal.samples import NOON, TELEGRAM, attempt, patient, record, records

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


def test_that_a_code_was_seen_is_written(journal: Journal) -> None:
    first, second = Code("12345", NOON, Sight.UNSEEN), Code("67890", NOON + 1, Sight.UNSEEN)
    journal.write([with_codes(WAITING, first, second)])
    seen = replace(first, sight=Sight.SEEN)
    journal.write([with_codes(WAITING, seen, second)])
    assert journal.find([WAITING.id])[WAITING.id].codes == (seen, second)


def test_joined_codes_of_an_older_numdeck_come_apart_once(path: Path) -> None:
    """It kept them as one, and as another one whenever they grew."""
    seen, later = Code("111", NOON, Sight.SEEN), NOON + 60
    kept = with_codes(WAITING, seen, Code("111,222", later, Sight.SEEN), Code("111,222,333", later, Sight.UNSEEN))
    with closing(Journal.open(path)) as journal:
        journal.write([kept])
        told = with_codes(WAITING, *(Code(text, NOON + 90, Sight.UNSEEN) for text in ("111", "222", "333", "444")))
        journal.write([told])
        codes = journal.find([WAITING.id])[WAITING.id].codes
    assert codes == (
        seen,
        Code("222", later, Sight.SEEN),
        Code("333", later, Sight.UNSEEN),
        Code("444", NOON + 90, Sight.UNSEEN),
    )


def test_joined_codes_that_were_kept_twice_leave_nothing_behind(path: Path) -> None:
    doubled = with_codes(WAITING, Code("111", NOON), Code("222", NOON), Code("111,222", NOON))
    with closing(Journal.open(path)) as journal:
        journal.write([doubled])
        journal.write([with_codes(WAITING, Code("111", NOON), Code("222", NOON))])
        assert [code.text for code in journal.find([WAITING.id])[WAITING.id].codes] == ["111", "222"]


def test_a_text_that_an_older_numdeck_cut_is_completed(path: Path) -> None:
    whole = "Your parcel is on its way. " * 20 + "Code 79373"
    cut = with_codes(WAITING, Code(clean(whole), NOON, Sight.SEEN))
    with closing(Journal.open(path)) as journal:
        journal.write([cut])
        journal.write([with_codes(WAITING, Code(whole, NOON + 90, Sight.UNSEEN))])
        (code,) = journal.find([WAITING.id])[WAITING.id].codes
    assert (code.text, code.seen_at) == (whole, NOON)


def test_two_connections_add_up(path: Path) -> None:
    code = Code("12345", NOON + 200, Sight.UNSEEN)
    with closing(Journal.open(path)) as buyer, closing(Journal.open(path)) as onlooker:
        buyer.write([WAITING], [attempt()])
        onlooker.write([with_codes(ELSEWHERE, code)])
        buyer.write([replace(WAITING, ended_at=NOON + 300, order=replace(WAITING.order, status=Status.SUCCESS))])
        found = onlooker.find([WAITING.id])[WAITING.id]
        assert found.codes == (code,)
        assert found.origin is Origin.HERE
        assert found.is_ended
        assert found.unseen == (code,)


@pytest.mark.parametrize(
    ("stored", "written"),
    [(NOON, NOON + 60), (NOON + 60, NOON)],
    ids=["the file saw it first", "the writer saw it first"],
)
def test_first_seen_is_when_the_first_of_them_saw_it(stored: float, written: float) -> None:
    merged = merge_record(replace(WAITING, first_seen=stored), replace(WAITING, first_seen=written))
    assert merged.first_seen == NOON


SENDING, UNKNOWN = AttemptState.SENDING, AttemptState.UNKNOWN
PLACED, NOT_PLACED = AttemptState.PLACED, AttemptState.NOT_PLACED


@pytest.mark.parametrize(
    ("stored", "written", "remains"),
    [
        (SENDING, SENDING, SENDING),
        (SENDING, UNKNOWN, UNKNOWN),
        (SENDING, PLACED, PLACED),
        (SENDING, NOT_PLACED, NOT_PLACED),
        (UNKNOWN, SENDING, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, PLACED, PLACED),
        (UNKNOWN, NOT_PLACED, NOT_PLACED),
        (PLACED, SENDING, PLACED),
        (PLACED, UNKNOWN, PLACED),
        (PLACED, PLACED, PLACED),
        (PLACED, NOT_PLACED, PLACED),
        (NOT_PLACED, SENDING, NOT_PLACED),
        (NOT_PLACED, UNKNOWN, NOT_PLACED),
        (NOT_PLACED, PLACED, NOT_PLACED),
        (NOT_PLACED, NOT_PLACED, NOT_PLACED),
    ],
)
def test_what_one_has_settled_is_settled_for_all(
    journal: Journal, stored: AttemptState, written: AttemptState, remains: AttemptState
) -> None:
    first = attempt(state=stored, order_id="first" if stored is PLACED else None)
    journal.write(attempts=[first])
    journal.write(attempts=[attempt(state=written, order_id="second" if written is PLACED else None)])
    (found,) = journal.attempts([first.id])
    assert found.state is remains
    if stored in {PLACED, NOT_PLACED}:
        assert found == first


def test_open_attempts_come_with_those_that_are_asked_for(journal: Journal) -> None:
    journal.write(attempts=[attempt(4, PLACED), attempt(3, NOT_PLACED), attempt(2, UNKNOWN), attempt(1, SENDING)])
    assert [one.id for one in journal.attempts()] == ["attempt-1", "attempt-2"]
    assert [one.id for one in journal.attempts(["attempt-4", "nobody"])] == ["attempt-1", "attempt-2", "attempt-4"]
