"""Settling unknown purchases: which order, if any, came of an attempt whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from app.model.record import Attempt, AttemptState, OrderRecord, Origin
from app.model.span import Span

NOT_PLACED_AFTER: Final = 120.0
"""An order that neither the list nor the history shows this long after the attempt was not placed, in seconds."""


def fits(attempt: Attempt, record: OrderRecord) -> bool:
    """Whether `record` may be what came of `attempt`: same provider, unclaimed, first seen after the attempt was sent.

    Where the order tells its service or country, they must be the ones that were asked for.
    """
    order, request = record.order, attempt.request
    return (
        record.origin is Origin.ELSEWHERE
        and order.provider == request.provider.value
        and record.first_seen >= attempt.sent_at
        and record.bought.latest >= attempt.sent_at
        and order.service_code in {None, request.service_code}
        and order.country_code in {None, request.country_code}
    )


def match_attempts(attempts: Iterable[Attempt], records: Sequence[OrderRecord]) -> list[tuple[Attempt, OrderRecord]]:
    """Pair unknown attempts with orders where only one answer is possible.

    An attempt is paired when one order fits it, and that order fits no other attempt but such as asked for the very
    same thing (then the earlier attempt gets it). Whatever is ambiguous is left to the operator.
    """
    unknown = sorted((a for a in attempts if a.state is AttemptState.UNKNOWN), key=lambda attempt: attempt.sent_at)
    pairs: list[tuple[Attempt, OrderRecord]] = []
    claimed: set[str] = set()
    for attempt in unknown:
        candidates = [record for record in records if record.id not in claimed and fits(attempt, record)]
        if len(candidates) != 1:
            continue
        rivals = [a for a in unknown if a.request != attempt.request and fits(a, candidates[0])]
        if not rivals:
            pairs.append((attempt, candidates[0]))
            claimed.add(candidates[0].id)
    return pairs


def claim(attempt: Attempt, record: OrderRecord) -> OrderRecord:
    """The order as the one that came of `attempt`: bought here, not before the attempt was sent."""
    bought = record.bought.intersect(Span(attempt.sent_at, max(attempt.sent_at, record.bought.latest)))
    return replace(record, origin=Origin.HERE, request=attempt.request, bought=bought)


def is_absent(attempt: Attempt, *, list_asked_at: float | None, history_asked_at: float | None) -> bool:
    """Whether both the list and the history were asked long enough after the attempt to say: it was not placed.

    Instants in epoch seconds; None where no good answer has come. The caller has seen that no order fits.
    """
    if list_asked_at is None or history_asked_at is None:
        return False
    return min(list_asked_at, history_asked_at) >= attempt.sent_at + NOT_PLACED_AFTER
