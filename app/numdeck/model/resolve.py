"""Settling unknown purchases: which order, if any, came of an attempt whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Final

from numdeck.model.interval import Interval
from numdeck.model.order import Order
from numdeck.model.phone import calling_code, main_region, number_region, region_calling_code
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import PERIOD_MINUTES, Attempt, AttemptState, OrderRequest, Period

LISTED_WITHIN: Final = 60.0
"""This long after its answer was lost an order is in the active list, or has been and has ended, in seconds."""

RECORDED_WITHIN: Final = 60.0
"""This long after it has left the active list an order is in the history, in seconds."""

LISTED_SOON: Final = 10.0
"""An order that a list asked this long after the loss did not show is probably somebody else's, in seconds."""

_CENT: Final = Decimal("0.01")
_DAY: Final = 24 * 3600.0

RegionOf = Callable[[str], str | None]
"""The ISO region of a country code of the service; None where it is not known."""


class Ground(Enum):
    """What an order and a purchase are compared by."""

    OWNER = "owner"
    TIME = "time"
    PROVIDER = "provider"
    PERIOD = "period"
    SERVICE = "service"
    COUNTRY = "country"
    REGION = "region"
    PRICE = "price"


class Weight(Enum):
    """What a comparison says: it speaks for the order, against it, or rules it out."""

    FOR = "for"
    AGAINST = "against"
    EXCLUDES = "excludes"


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison that says something."""

    ground: Ground
    weight: Weight


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an order may be what came of a purchase, and why."""

    reasons: tuple[Reason, ...]

    @property
    def is_possible(self) -> bool:
        """Whether nothing rules it out: the operator may choose it."""
        return not self._has(Weight.EXCLUDES)

    @property
    def is_consistent(self) -> bool:
        """Whether nothing speaks against it."""
        return self.is_possible and not self._has(Weight.AGAINST)

    @property
    def is_strong(self) -> bool:
        """Whether it may be claimed without asking: what was bought and where agree, and nothing speaks against it.

        Provider and time alone are shared by everybody who buys on the account at that moment.
        """
        agreed = {reason.ground for reason in self.reasons if reason.weight is Weight.FOR}
        says_what = agreed & {Ground.SERVICE, Ground.PRICE}
        says_where = agreed & {Ground.COUNTRY, Ground.REGION}
        return self.is_consistent and bool(says_what and says_where)

    def grounds(self, weight: Weight) -> tuple[Ground, ...]:
        """Return the grounds that carry this weight."""
        return tuple(reason.ground for reason in self.reasons if reason.weight is weight)

    def _has(self, weight: Weight) -> bool:
        return any(reason.weight is weight for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that may be what came of a purchase."""

    record: OrderRecord
    verdict: Verdict


def lost_at(attempt: Attempt) -> float:
    """When an unknown attempt's answer was lost, epoch seconds; when it was sent, where nobody knows."""
    return attempt.sent_at if attempt.settled_at is None else attempt.settled_at


def judge(attempt: Attempt, record: OrderRecord, region: str | None) -> Verdict:
    """Compare an order with a purchase by everything that is known of both.

    `region` is the ISO code of the country that was asked for; None where it is not known. What nobody told is no
    reason, neither for nor against.
    """
    order, request = record.order, attempt.request
    weights = {
        Ground.OWNER: Weight.EXCLUDES if record.origin is Origin.HERE else None,
        Ground.TIME: _time(attempt, record),
        Ground.PROVIDER: _told(order.provider or None, request.provider.value),
        Ground.PERIOD: _period(attempt, order),
        Ground.SERVICE: _told(order.service_code, request.service_code),
        Ground.COUNTRY: _told(order.country_code, request.country_code),
        Ground.REGION: _region(order.phone_number, region),
        Ground.PRICE: _price(order.price, attempt.asked_price, request),
    }
    return Verdict(tuple(Reason(ground, weight) for ground, weight in weights.items() if weight is not None))


def _told(told: str | None, asked: str) -> Weight | None:
    if told is None:
        return None
    return Weight.FOR if told == asked else Weight.EXCLUDES


def _time(attempt: Attempt, record: OrderRecord) -> Weight | None:
    """An order that was there before is not it, nor one that was bought long after the answer was lost."""
    if record.first_seen < attempt.sent_at or record.bought.latest < attempt.sent_at:
        return Weight.EXCLUDES
    if attempt.searched_at is not None and record.first_seen > attempt.searched_at:
        return Weight.EXCLUDES
    after = record.bought.earliest - lost_at(attempt)
    if after >= LISTED_WITHIN:
        return Weight.EXCLUDES
    if after > LISTED_SOON:
        return Weight.AGAINST
    return Weight.FOR if record.bought.latest <= lost_at(attempt) + LISTED_SOON else None


def _period(attempt: Attempt, order: Order) -> Weight | None:
    """A period is told by few answers; the end of a rental tells it too."""
    period = attempt.request.period
    if order.period in set(Period):
        return _told(order.period, period.value)
    if not order.is_rental or order.expires_at is None:
        return None
    expected = attempt.sent_at + PERIOD_MINUTES[period] * 60
    return Weight.FOR if abs(order.expires_at - expected) <= _DAY else Weight.AGAINST


def _region(number: str | None, region: str | None) -> Weight | None:
    """A number under another calling code is of another country; regions that share one are told apart less surely."""
    code = calling_code(number) if number else None
    expected = region_calling_code(region) if region else None
    if code is None or expected is None:
        return None
    if code != expected:
        return Weight.EXCLUDES
    return Weight.FOR if (number_region(number or "") or main_region(code)) == region else Weight.AGAINST


def _price(charged: Decimal | None, asked: Decimal | None, request: OrderRequest) -> Weight | None:
    """Compare to the cent. A promo code takes nobody knows how much off, a fraud score may cost something more."""
    if charged is None or asked is None:
        return None
    over = charged - asked
    may_be_less, may_be_more = bool(request.promo_code), request.need_fraud_score
    if abs(over) < _CENT:
        return None if may_be_less else Weight.FOR
    is_explained = may_be_more if over > 0 else may_be_less
    return None if is_explained else Weight.AGAINST


def match_attempts(
    attempts: Iterable[Attempt], records: Sequence[OrderRecord], region_of: RegionOf
) -> list[tuple[Attempt, OrderRecord]]:
    """Pair unknown attempts with orders where only one answer is possible and the evidence for it is strong.

    Of attempts that asked for the very same thing the earliest gets the first order. Where more orders agree than there
    are such attempts, or one agrees with an attempt that asked for something else or is still being sent, it is left to
    the operator.
    """
    still_open = sorted((each for each in attempts if each.is_open), key=lambda attempt: attempt.sent_at)
    unknown = [each for each in still_open if each.state is AttemptState.UNKNOWN]

    def agrees(attempt: Attempt, record: OrderRecord) -> bool:
        return judge(attempt, record, region_of(attempt.request.country_code)).is_consistent

    pairs: list[tuple[Attempt, OrderRecord]] = []
    for request in dict.fromkeys(attempt.request for attempt in unknown):
        alike = [attempt for attempt in unknown if attempt.request == request]
        others = [attempt for attempt in still_open if attempt not in alike]
        candidates = [record for record in records if any(agrees(attempt, record) for attempt in alike)]
        if not any(agrees(other, record) for other in others for record in candidates):
            pairs += _match_alike(alike, candidates, agrees)
    return [
        (attempt, record)
        for attempt, record in pairs
        if judge(attempt, record, region_of(attempt.request.country_code)).is_strong
    ]


def _match_alike(
    attempts: Iterable[Attempt], records: Iterable[OrderRecord], agrees: Callable[[Attempt, OrderRecord], bool]
) -> list[tuple[Attempt, OrderRecord]]:
    """Pair each order with an attempt, both earliest first; nothing where an order finds none left that it fits."""
    free = list(attempts)
    pairs: list[tuple[Attempt, OrderRecord]] = []
    for record in sorted(records, key=lambda record: min(record.first_seen, record.bought.latest)):
        attempt = next((attempt for attempt in free if agrees(attempt, record)), None)
        if attempt is None:
            return []
        free.remove(attempt)
        pairs.append((attempt, record))
    return pairs


def candidates(attempt: Attempt, records: Iterable[OrderRecord], region_of: RegionOf) -> Iterator[Candidate]:
    """Yield the orders that nothing rules out, each with its verdict."""
    region = region_of(attempt.request.country_code)
    for record in records:
        verdict = judge(attempt, record, region)
        if verdict.is_possible:
            yield Candidate(record, verdict)


def claim(attempt: Attempt, record: OrderRecord, *, is_inferred: bool) -> OrderRecord:
    """Return the order as the one that came of `attempt`: bought here, not before the attempt was sent.

    `is_inferred` says that nobody but the evidence says so.
    """
    bought = record.bought.intersect(Interval(attempt.sent_at, max(attempt.sent_at, record.bought.latest)))
    return replace(record, origin=Origin.HERE, request=attempt.request, bought=bought, is_inferred=is_inferred)


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


def is_searched(missed_at: float | None, history_asked_at: float | None) -> bool:
    """Whether all that may have come of it was seen: the history was asked long enough after a list that had to tell.

    Instants in epoch seconds; None where there was none. What had left the list by then would be in that history. If no
    order fits after that, it was not placed; what is first seen later is not it.
    """
    return missed_at is not None and history_asked_at is not None and history_asked_at >= missed_at + RECORDED_WITHIN
