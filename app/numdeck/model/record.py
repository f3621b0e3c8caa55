"""What numdeck knows of an order beyond what the service says. It must survive a restart."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import Order
from numdeck.model.request import OrderRequest


class Origin(StrEnum):
    """Where an order was bought."""

    HERE = "here"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An order and its history.

    `bought` is the purchase instant as far as it is known. `first_seen` and `ended_at` are epoch seconds. `ended_at` is
    when its end was seen; None while it is open, and for an order that had ended before it was first seen (only
    `is_ended` says so). `last_seen_active_at` is when it was last seen active before that, −inf if never. `in_history`
    is set for an order that was first seen in the history, before its end (`calculation`): it is shown there, not on
    the desk. `is_inferred` is set if the answer to its purchase was lost and only evidence suggests that it was bought
    here: it is never cancelled automatically.
    """

    order: Order
    bought: Interval
    first_seen: float
    origin: Origin = Origin.ELSEWHERE
    request: OrderRequest | None = None
    codes: tuple[Code, ...] = ()
    ended_at: float | None = None
    last_seen_active_at: float = -math.inf
    in_history: bool = False
    is_inferred: bool = False

    @property
    def id(self) -> str:
        """The order's canonical id."""
        return self.order.id

    @property
    def is_ended(self) -> bool:
        """Whether its end is known."""
        return self.order.status.is_final

    @property
    def ended(self) -> Interval | None:
        """When it ended; None while it is open, and if it had ended before it was first seen."""
        return None if self.ended_at is None else Interval(min(self.last_seen_active_at, self.ended_at), self.ended_at)

    @property
    def unseen(self) -> tuple[Code, ...]:
        """The codes that the operator has not seen yet, oldest first."""
        return tuple(code for code in self.codes if code.sight is Sight.UNSEEN)

    @property
    def is_recorded(self) -> bool:
        """Whether it is listed in the history."""
        return self.is_ended or self.in_history

    @property
    def service_code(self) -> str | None:
        """The code of its service, None if unknown."""
        return self.request.service_code if self.request else self.order.service_code

    @property
    def country_code(self) -> str | None:
        """The code of its country, None if unknown."""
        return self.request.country_code if self.request else self.order.country_code


CodeOf: TypeAlias = tuple[OrderRecord, Code]
"""A code, and the order it belongs to."""


def newest_code(records: Iterable[OrderRecord]) -> CodeOf | None:
    """Return the newest code of these orders; None if there is none.

    Codes that arrived in one poll have the same instant. Then the order that was first seen later counts, then the
    higher id, then the later code of one order, so that the result does not depend on the order of the records. A code
    that was never news counts only if there is no other.
    """
    codes = _all_codes(records)
    return max(codes, key=_rank)[1] if codes else None


def unseen_codes(records: Iterable[OrderRecord]) -> list[CodeOf]:
    """Return the codes that the operator has not seen, newest first."""
    unseen = [each for each in _all_codes(records) if each[1][1].sight is Sight.UNSEEN]
    return [found for _, found in sorted(unseen, key=_rank, reverse=True)]


def mark_seen(record: OrderRecord, shown: Collection[Code]) -> OrderRecord:
    """Mark the codes of an order that were `shown` to the operator as seen.

    A code that arrived later, while the operator pressed the key, stays unseen, even if it has the same text.
    """

    def was_shown(code: Code) -> bool:
        return any(each.text == code.text and each.seen_at >= code.seen_at for each in shown)

    codes = tuple(replace(code, sight=Sight.SEEN) if was_shown(code) else code for code in record.codes)
    return replace(record, codes=codes)


def make_news(record: OrderRecord) -> OrderRecord:
    """Mark the old codes of an order as unseen: it turned out to be the operator's own."""
    return replace(record, codes=tuple(replace(code, sight=max(code.sight, Sight.UNSEEN)) for code in record.codes))


def may_leave(record: OrderRecord, *, marked_at: float | None, keep: float, now: float) -> bool:
    """Whether the row of an ended order may leave the desk at `now`, epoch seconds.

    It stays for `keep` seconds after the end, and after its codes were marked as seen at `marked_at`. The row of an
    order that was bought here also stays until all its codes were seen; orders of others do not, as they would fill
    the desk.
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
