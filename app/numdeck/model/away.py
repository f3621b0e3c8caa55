"""What happened on the account while nobody watched, in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from numdeck.model.duration import show_coarse
from numdeck.model.money import show_money
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.words import counted

SHORTEST_AWAY: Final = 60.0
"""A pause shorter than this, in seconds, is no absence."""


@dataclass(frozen=True, slots=True)
class Away:
    """What the first looks of a run found out: codes, ends by status, purchases made elsewhere, USD out and back."""

    codes: int = 0
    ends: tuple[tuple[Status, int], ...] = ()
    bought: int = 0
    spent: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)

    def sentence(self, absence: float) -> str:
        """Tell it, after an absence of so many seconds; empty when nothing happened."""
        ended = sum(count for _, count in self.ends)
        ends = ", ".join(f"{count} {status.words}" for status, count in self.ends)
        parts = [
            counted(self.codes, "code") if self.codes else "",
            f"{counted(ended, 'order')} ended ({ends})" if ended else "",
            f"{self.bought} bought elsewhere" if self.bought else "",
            f"{show_money(self.spent)} spent" if self.spent else "",
            f"{show_money(self.returned)} back" if self.returned else "",
        ]
        told = ", ".join(filter(None, parts))
        return f"While nobody watched ({show_coarse(absence)}): {told}." if told else ""


def what_happened(records: Iterable[OrderRecord], started_at: float) -> Away:
    """Sum up what was first seen since `started_at` (epoch seconds), when the watch began again.

    What was bought here since then is no news.
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
            if order.status.is_refunded:
                returned += (order.price or Decimal(0)) - (order.expenses or 0)
    return Away(codes, tuple(ends.most_common()), bought, spent, returned)
