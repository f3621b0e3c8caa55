"""Settling unknown purchases: which order, if any, came of an attempt whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from numdeck.model.record import Attempt, AttemptState, OrderRecord, Origin
from numdeck.model.span import Span

LISTED_WITHIN: Final = 60.0
"""This long after its answer was lost an order is in the active list, or has been and has ended, in seconds."""

RECORDED_WITHIN: Final = 60.0
"""This long after it has left the active list an order is in the history, in seconds."""


def lost_at(attempt: Attempt) -> float:
    """When an unknown attempt's answer was lost, epoch seconds; when it was sent, where nobody knows."""
    return attempt.sent_at if attempt.settled_at is None else attempt.settled_at


def fits(attempt: Attempt, record: OrderRecord) -> bool:
    """Whether `record` may be what came of `attempt`: same provider, unclaimed, first seen after the attempt was sent.

    Where the order tells its provider, service or country, they must be the ones that were asked for.
    """
    order, request = record.order, attempt.request
    return (
        record.origin is Origin.ELSEWHERE
        and order.provider in {"", request.provider.value}
        and record.first_seen >= attempt.sent_at
        and record.bought.latest >= attempt.sent_at
        and order.service_code in {None, request.service_code}
        and order.country_code in {None, request.country_code}
    )


def match_attempts(attempts: Iterable[Attempt], records: Sequence[OrderRecord]) -> list[tuple[Attempt, OrderRecord]]:
    """Pair unknown attempts with orders where only one answer is possible.

    Of attempts that asked for the very same thing the earliest gets the first order. Where more orders fit than there
    are such attempts, or one fits an attempt that asked for something else, it is left to the operator.
    """
    unknown = sorted((a for a in attempts if a.state is AttemptState.UNKNOWN), key=lambda attempt: attempt.sent_at)
    pairs: list[tuple[Attempt, OrderRecord]] = []
    for request in dict.fromkeys(attempt.request for attempt in unknown):
        alike = [attempt for attempt in unknown if attempt.request == request]
        others = [attempt for attempt in unknown if attempt.request != request]
        candidates = [record for record in records if any(fits(attempt, record) for attempt in alike)]
        if not any(fits(other, record) for other in others for record in candidates):
            pairs += _match_alike(alike, candidates)
    return pairs


def _match_alike(attempts: Iterable[Attempt], records: Iterable[OrderRecord]) -> list[tuple[Attempt, OrderRecord]]:
    """Pair each order with an attempt, both earliest first; nothing where an order finds none left that it fits."""
    free = list(attempts)
    pairs: list[tuple[Attempt, OrderRecord]] = []
    for record in sorted(records, key=lambda record: min(record.first_seen, record.bought.latest)):
        attempt = next((attempt for attempt in free if fits(attempt, record)), None)
        if attempt is None:
            return []
        free.remove(attempt)
        pairs.append((attempt, record))
    return pairs


def claim(attempt: Attempt, record: OrderRecord) -> OrderRecord:
    """The order as the one that came of `attempt`: bought here, not before the attempt was sent."""
    bought = record.bought.intersect(Span(attempt.sent_at, max(attempt.sent_at, record.bought.latest)))
    return replace(record, origin=Origin.HERE, request=attempt.request, bought=bought)


def is_looked_for(attempt: Attempt, *, list_asked_at: float | None, history_asked_at: float | None) -> bool:
    """Whether both the list and the history were asked since the answer was lost, so that all that may fit is known.

    The list alone shows a stranger's order where ours has ended already. Instants in epoch seconds; None where no good
    answer has come.
    """
    if list_asked_at is None or history_asked_at is None:
        return False
    return min(list_asked_at, history_asked_at) > lost_at(attempt)


def is_missed(attempt: Attempt, list_asked_at: float) -> bool:
    """Whether a list, asked for at `list_asked_at` (epoch seconds), would show the order if it still were active."""
    return list_asked_at >= lost_at(attempt) + LISTED_WITHIN


def is_absent(missed_at: float | None, history_asked_at: float | None) -> bool:
    """Whether it was not placed: the history was asked long enough after the first list that missed the order.

    Instants in epoch seconds; None where there was none. What had left the list by then would be in that history. The
    caller has seen that no order fits.
    """
    return missed_at is not None and history_asked_at is not None and history_asked_at >= missed_at + RECORDED_WITHIN
