"""Codes on the desk: which is the newest, which the operator has not seen, and how long their row stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeAlias

from numdeck.model.record import Code, OrderRecord, Origin, Sight

CodeOf: TypeAlias = tuple[OrderRecord, Code]
"""A code, and the order it belongs to."""


def newest_code(records: Iterable[OrderRecord]) -> CodeOf | None:
    """Find the newest code of these orders; None if there is none.

    Codes that arrived in the same poll have the same instant. Then the order that was first seen later wins, then the
    higher id, then the later code of one order: the answer is the same every time, whatever order the records come in.
    A code that was never news wins only when there is no other.
    """
    codes = _all_codes(records)
    return max(codes, key=_rank)[1] if codes else None


def unseen_codes(records: Iterable[OrderRecord]) -> list[CodeOf]:
    """List the codes that the operator has not seen, the newest first."""
    unseen = [each for each in _all_codes(records) if each[1][1].sight is Sight.UNSEEN]
    return [found for _, found in sorted(unseen, key=_rank, reverse=True)]


def mark_seen(record: OrderRecord, shown: Collection[Code]) -> OrderRecord:
    """Mark those codes of an order as seen that were `shown` to the operator.

    A code that arrived later, while the operator was pressing the key, stays unseen, even if it has the same text.
    """

    def was_shown(code: Code) -> bool:
        return any(each.text == code.text and each.seen_at >= code.seen_at for each in shown)

    codes = tuple(replace(code, sight=Sight.SEEN) if was_shown(code) else code for code in record.codes)
    return replace(record, codes=codes)


def make_news(record: OrderRecord) -> OrderRecord:
    """Make codes that were taken for old ones news: the order turned out to be the operator's own."""
    return replace(record, codes=tuple(replace(code, sight=max(code.sight, Sight.UNSEEN)) for code in record.codes))


def may_leave(record: OrderRecord, *, marked_at: float | None, keep: float, now: float) -> bool:
    """Tell whether the row of an ended order may leave the desk at `now`, epoch seconds.

    It stays for `keep` seconds after the end, and as long after its codes were marked as seen at `marked_at`. The row
    of an order that was bought here also stays until all of its codes were seen; other people's orders do not, as they
    would fill the desk.
    """
    if record.unseen and record.origin is Origin.HERE:
        return False
    ended_at = record.first_seen if record.ended_at is None else record.ended_at
    return max(ended_at, ended_at if marked_at is None else marked_at) <= now - keep


_Ranked: TypeAlias = tuple[int, CodeOf]


def _all_codes(records: Iterable[OrderRecord]) -> list[_Ranked]:
    """Every code with its ordinal in its order."""
    return [(ordinal, (record, code)) for record in records for ordinal, code in enumerate(record.codes)]


def _rank(ranked: _Ranked) -> tuple[bool, float, float, str, int]:
    ordinal, (record, code) = ranked
    return (code.sight > Sight.PAST, code.seen_at, record.first_seen, record.id, ordinal)
