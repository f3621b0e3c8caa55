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
    codes, bought = 0, 0
    ends: Counter[Status] = Counter()
    spent = returned = Decimal(0)
    for record in records:
        order = record.order
        if record.origin is Origin.HERE and record.bought.earliest >= started_at:
            continue
        codes += sum(code.seen_at >= started_at for code in record.codes)
        is_new = record.first_seen >= started_at
        if is_new and record.origin is Origin.ELSEWHERE:
            bought += 1
            spent += order.price or 0
        if record.is_ended and (is_new or (record.ended_at or started_at - 1) >= started_at):
            ends[order.status] += 1
            returned += money_back(order) or 0
    unseen = sum(len(record.unseen) for record in on_desk)
    return Away(codes, tuple(ends.most_common()), bought, spent, returned, unseen)
