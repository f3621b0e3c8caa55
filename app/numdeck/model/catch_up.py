"""What happened on the account while numdeck was not running."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from numdeck.model.order import Status, money_back
from numdeck.model.record import OrderRecord, Origin


@dataclass(frozen=True, slots=True)
class Away:
    """What the first requests of a run found out: codes, ends by status, purchases made elsewhere, USD out and back.

    `unseen` counts the codes on the desk that the operator has not seen, including those from before.
    """

    codes: int = 0
    ends: tuple[tuple[Status, int], ...] = ()
    bought: int = 0
    spent: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    unseen: int = 0


def what_happened(records: Iterable[OrderRecord], started_at: float, *, on_desk: Iterable[OrderRecord] = ()) -> Away:
    """Sum up what was first seen since `started_at` (epoch seconds), when this run began to watch.

    Purchases made here since then do not count. Of the orders `on_desk` the unseen codes are counted.
    """
    parts = [_of_one(record, started_at) for record in records]
    ends = Counter(status for part in parts for status, _ in part.ends)
    return Away(
        codes=sum(part.codes for part in parts),
        ends=tuple(ends.most_common()),
        bought=sum(part.bought for part in parts),
        spent=sum((part.spent for part in parts), Decimal(0)),
        returned=sum((part.returned for part in parts), Decimal(0)),
        unseen=sum(len(record.unseen) for record in on_desk),
    )


def _of_one(record: OrderRecord, started_at: float) -> Away:
    """What happened to one order."""
    order = record.order
    if record.origin is Origin.HERE and record.bought.earliest >= started_at:
        return Away()
    is_new = record.first_seen >= started_at
    is_strangers = is_new and record.origin is Origin.ELSEWHERE
    has_ended = record.is_ended and (is_new or (record.ended_at is not None and record.ended_at >= started_at))
    return Away(
        codes=sum(code.seen_at >= started_at for code in record.codes),
        ends=((order.status, 1),) if has_ended else (),
        bought=int(is_strangers),
        spent=(order.price or Decimal(0)) if is_strangers else Decimal(0),
        returned=(money_back(order) or Decimal(0)) if has_ended else Decimal(0),
    )
