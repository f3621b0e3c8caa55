"""Resolving unknown purchases: which order, if any, belongs to an attempt whose answer was lost."""

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
"""After so many seconds an order whose answer was lost is in the active list, or was and has ended."""

RECORDED_WITHIN: Final = 60.0
"""So many seconds after it has left the active list an order is in the history."""

LISTED_SOON: Final = 10.0
"""An order that is missing in a list requested so many seconds after the loss probably belongs to somebody else."""

_CENT: Final = Decimal("0.01")
_DAY: Final = 24 * 3600.0

RegionOf = Callable[[str], str | None]
"""Returns the ISO region for a country code of the service; None if unknown."""


class Ground(Enum):
    """A property by which an order and a purchase are compared."""

    OWNER = "owner"
    TIME = "time"
    PROVIDER = "provider"
    PERIOD = "period"
    SERVICE = "service"
    COUNTRY = "country"
    REGION = "region"
    PRICE = "price"


class Weight(Enum):
    """The result of a comparison: it speaks for the order, against it, or rules it out."""

    FOR = "for"
    AGAINST = "against"
    EXCLUDES = "excludes"


@dataclass(frozen=True, slots=True)
class Reason:
    """The result of one comparison."""

    ground: Ground
    weight: Weight


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an order may be the result of a purchase, and why."""

    reasons: tuple[Reason, ...]

    @property
    def is_possible(self) -> bool:
        """Whether nothing rules it out, so that the operator may choose it."""
        return not self._has(Weight.EXCLUDES)

    @property
    def is_consistent(self) -> bool:
        """Whether nothing speaks against it."""
        return self.is_possible and not self._has(Weight.AGAINST)

    @property
    def is_strong(self) -> bool:
        """Whether it may be claimed without asking: what was bought and where agree, and nothing speaks against it.

        Provider and time alone prove little: anybody may buy on the account at that moment.
        """
        agreed = {reason.ground for reason in self.reasons if reason.weight is Weight.FOR}
        says_what = agreed & {Ground.SERVICE, Ground.PRICE}
        says_where = agreed & {Ground.COUNTRY, Ground.REGION}
        return self.is_consistent and bool(says_what and says_where)

    def grounds(self, weight: Weight) -> tuple[Ground, ...]:
        """Return the grounds of this weight."""
        return tuple(reason.ground for reason in self.reasons if reason.weight is weight)

    def _has(self, weight: Weight) -> bool:
        return any(reason.weight is weight for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that may be the result of a purchase."""

    record: OrderRecord
    verdict: Verdict


def lost_at(attempt: Attempt) -> float:
    """When the answer to an attempt was lost, epoch seconds; if that is unknown, when the attempt was sent."""
    return attempt.sent_at if attempt.settled_at is None else attempt.settled_at


def judge(attempt: Attempt, record: OrderRecord, region: str | None) -> Verdict:
    """Compare an order with a purchase, by everything that is known of both.

    `region` is the ISO code of the requested country; None if unknown. What is unknown speaks neither for nor against.
    """
    order, request = record.order, attempt.request
    weights = {
        Ground.OWNER: Weight.EXCLUDES if record.origin is Origin.HERE else None,
        Ground.TIME: _time(attempt, record),
        Ground.PROVIDER: _same(order.provider or None, request.provider.value),
        Ground.PERIOD: _period(attempt, order),
        Ground.SERVICE: _same(order.service_code, request.service_code),
        Ground.COUNTRY: _same(order.country_code, request.country_code),
        Ground.REGION: _region(order.phone_number, region),
        Ground.PRICE: _price(order.price, attempt.asked_price, request),
    }
    return Verdict(tuple(Reason(ground, weight) for ground, weight in weights.items() if weight is not None))


def _same(actual: str | None, requested: str) -> Weight | None:
    if actual is None:
        return None
    return Weight.FOR if actual == requested else Weight.EXCLUDES


def _time(attempt: Attempt, record: OrderRecord) -> Weight | None:
    """An order that existed before is ruled out, and so is one bought long after the answer was lost."""
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
    """Few answers state the period; for a rental its end shows it too."""
    period = attempt.request.period
    if order.period in set(Period):
        return _same(order.period, period.value)
    if not order.is_rental or order.expires_at is None:
        return None
    expected = attempt.sent_at + PERIOD_MINUTES[period] * 60
    return Weight.FOR if abs(order.expires_at - expected) <= _DAY else Weight.AGAINST


def _region(number: str | None, region: str | None) -> Weight | None:
    """Another calling code means another country; regions that share a code are harder to tell apart."""
    code = calling_code(number) if number else None
    expected = region_calling_code(region) if region else None
    if code is None or expected is None:
        return None
    if code != expected:
        return Weight.EXCLUDES
    return Weight.FOR if (number_region(number or "") or main_region(code)) == region else Weight.AGAINST


def _price(charged: Decimal | None, asked: Decimal | None, request: OrderRequest) -> Weight | None:
    """Compare to the cent. A promo code lowers the price by an unknown amount, a fraud score may raise it."""
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
    """Pair unknown attempts with orders, if only one pairing is possible and the evidence for it is strong.

    Among attempts with the same request the earliest gets the first order. It is left to the operator if more orders
    agree than there are such attempts, or if one agrees with another request or with an attempt that is being sent.
    """
    still_open = sorted((each for each in attempts if each.is_open), key=lambda attempt: attempt.sent_at)
    unknown = [each for each in still_open if each.state is AttemptState.UNKNOWN]

    def agrees(attempt: Attempt, record: OrderRecord) -> bool:
        return judge(attempt, record, region_of(attempt.request.country_code)).is_consistent

    alike: dict[OrderRequest, list[Attempt]] = {}
    for attempt in unknown:
        alike.setdefault(attempt.request, []).append(attempt)
    pairs: list[tuple[Attempt, OrderRecord]] = []
    for group in alike.values():
        others = [attempt for attempt in still_open if attempt not in group]
        fitting = [record for record in records if any(agrees(attempt, record) for attempt in group)]
        is_contested = any(agrees(other, record) for other in others for record in fitting)
        if not is_contested:
            pairs += _match_alike(group, fitting, agrees)
    return [
        (attempt, record)
        for attempt, record in pairs
        if judge(attempt, record, region_of(attempt.request.country_code)).is_strong
    ]


def _match_alike(
    attempts: Iterable[Attempt], records: Iterable[OrderRecord], agrees: Callable[[Attempt, OrderRecord], bool]
) -> list[tuple[Attempt, OrderRecord]]:
    """Pair each order with an attempt, both earliest first; nothing if an order is left over."""
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
    """Yield the orders that are not ruled out, each with its verdict."""
    region = region_of(attempt.request.country_code)
    for record in records:
        verdict = judge(attempt, record, region)
        if verdict.is_possible:
            yield Candidate(record, verdict)


def claim(attempt: Attempt, record: OrderRecord, *, is_inferred: bool) -> OrderRecord:
    """Return the order as the result of `attempt`: bought here, and not before the attempt was sent.

    `is_inferred` if only the evidence says so.
    """
    bought = record.bought.intersect(Interval(attempt.sent_at, max(attempt.sent_at, record.bought.latest)))
    return replace(record, origin=Origin.HERE, request=attempt.request, bought=bought, is_inferred=is_inferred)


def is_looked_for(attempt: Attempt, *, list_asked_at: float | None, history_asked_at: float | None) -> bool:
    """Whether list and history were both requested after the answer was lost, so that each order that may fit is known.

    The list alone may show a stranger's order, and not ours, which has ended. Instants in epoch seconds; None if there
    was no good answer.
    """
    if list_asked_at is None or history_asked_at is None:
        return False
    return min(list_asked_at, history_asked_at) > lost_at(attempt)


def is_missed(attempt: Attempt, list_asked_at: float) -> bool:
    """Whether a list requested at `list_asked_at` (epoch seconds) would show the order if it were active."""
    return list_asked_at >= lost_at(attempt) + LISTED_WITHIN


def is_searched(missed_at: float | None, history_asked_at: float | None) -> bool:
    """Whether the search is complete: the history was requested long enough after a list that had to show the order.

    Instants in epoch seconds; None if there was none. An order that had left the list by then would be in that history.
    If none fits, nothing was bought; an order that is first seen later is not ours.
    """
    return missed_at is not None and history_asked_at is not None and history_asked_at >= missed_at + RECORDED_WITHIN
