"""Two numdecks write to one journal: neither takes away what the other knows."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from numdeck.journal.journal import Journal
from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import AttemptState
from numdeck.model.text import clean
from tests.journal.samples import NOON, attempt, record

WAITING = record(1, status=Status.WAITING)


ELSEWHERE = replace(WAITING, origin=Origin.ELSEWHERE, request=None, bought=Interval(NOON, NOON + 90))


def with_codes(known: OrderRecord, *codes: Code) -> OrderRecord:
    order = replace(known.order, codes=tuple(code.text for code in codes))
    return replace(known, order=order, codes=codes)


def test_seen_codes_are_written(journal: Journal) -> None:
    first, second = Code("12345", NOON, Sight.UNSEEN), Code("67890", NOON + 1, Sight.UNSEEN)
    journal.write([with_codes(WAITING, first, second)])
    seen = replace(first, sight=Sight.SEEN)
    journal.write([with_codes(WAITING, seen, second)])
    assert journal.find([WAITING.id])[WAITING.id].codes == (seen, second)


def test_joined_codes_come_apart(path: Path) -> None:
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


def test_doubled_joined_codes(path: Path) -> None:
    doubled = with_codes(WAITING, Code("111", NOON), Code("222", NOON), Code("111,222", NOON))
    with closing(Journal.open(path)) as journal:
        journal.write([doubled])
        journal.write([with_codes(WAITING, Code("111", NOON), Code("222", NOON))])
        assert [code.text for code in journal.find([WAITING.id])[WAITING.id].codes] == ["111", "222"]


def test_cut_text_is_completed(path: Path) -> None:
    whole = "Your parcel is on its way. " * 20 + "Code 79373"
    cut = with_codes(WAITING, Code(clean(whole), NOON, Sight.SEEN))
    with closing(Journal.open(path)) as journal:
        journal.write([cut])
        journal.write([with_codes(WAITING, Code(whole, NOON + 90, Sight.UNSEEN))])
        (code,) = journal.find([WAITING.id])[WAITING.id].codes
    assert (code.text, code.seen_at) == (whole, NOON)


def test_two_writers(path: Path) -> None:
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
def test_closed_attempts_stay(
    journal: Journal, stored: AttemptState, written: AttemptState, remains: AttemptState
) -> None:
    first = attempt(state=stored, order_id="first" if stored is PLACED else None)
    journal.write(attempts=[first])
    journal.write(attempts=[attempt(state=written, order_id="second" if written is PLACED else None)])
    (found,) = journal.attempts([first.id])
    assert found.state is remains
    if stored in {PLACED, NOT_PLACED}:
        assert found == first


def test_attempts_by_id(journal: Journal) -> None:
    journal.write(attempts=[attempt(4, PLACED), attempt(3, NOT_PLACED), attempt(2, UNKNOWN), attempt(1, SENDING)])
    assert [one.id for one in journal.attempts()] == ["attempt-1", "attempt-2"]
    assert [one.id for one in journal.attempts(["attempt-4", "nobody"])] == ["attempt-1", "attempt-2", "attempt-4"]
