"""What numdeck itself knows of an order, beyond what the service tells: the part that must survive a restart."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Final

from numdeck.model.code_texts import new_codes, reread_codes
from numdeck.model.interval import Interval
from numdeck.model.order import Order, Status, merge_extras
from numdeck.model.request import OrderRequest


class Origin(StrEnum):
    """Where an order was bought."""

    HERE = "here"
    ELSEWHERE = "elsewhere"


class Sight(IntEnum):
    """Whether the operator has seen a code. It only ever grows: what was seen once stays seen."""

    PAST = 0
    """It was there before numdeck watched its order, so it was never news."""
    UNSEEN = 1
    SEEN = 2


@dataclass(frozen=True, slots=True)
class Code:
    """A code of an order, when it was first seen here, and whether the operator has seen it.

    It was not there yet at `absent_at`, −inf where nobody had looked. Both in epoch seconds.
    """

    text: str
    seen_at: float
    sight: Sight = Sight.PAST
    absent_at: float = -math.inf

    @property
    def received(self) -> Interval:
        """When the service received it."""
        return Interval(min(self.absent_at, self.seen_at), self.seen_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An order with its story.

    `bought` is the purchase instant as far as it is known. `first_seen` and `ended_at` are epoch seconds; `ended_at` is
    when its end was seen here, None while it lives and for an order that had ended before it was first seen (then
    `is_ended` alone says so); `last_seen_active_at` is when it was last seen alive before that, −inf if never.
    `in_history` is set for an order that was first seen in the history, before its end (`calculation`): it is shown
    there, not on the desk. `is_inferred` says that the answer to its purchase was lost, and only evidence says that it
    was bought here: nothing is done to it unasked.
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
        """When it ended; None while it lives, and if it had ended before anybody looked."""
        return None if self.ended_at is None else Interval(min(self.last_seen_active_at, self.ended_at), self.ended_at)

    @property
    def unseen(self) -> tuple[Code, ...]:
        """The codes that the operator has not seen yet, in the order in which they came."""
        return tuple(code for code in self.codes if code.sight is Sight.UNSEEN)

    @property
    def is_recorded(self) -> bool:
        """Whether it stands in the history."""
        return self.is_ended or self.in_history

    @property
    def service_code(self) -> str | None:
        """The service it is for, if anybody told."""
        return self.request.service_code if self.request else self.order.service_code

    @property
    def country_code(self) -> str | None:
        """The country it is of, if anybody told."""
        return self.request.country_code if self.request else self.order.country_code


class AttemptState(StrEnum):
    """How far a purchase attempt is known to have come."""

    SENDING = "sending"
    PLACED = "placed"
    NOT_PLACED = "not placed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One press on the order key: kept before its request leaves, settled by what is seen afterwards.

    `sent_at` and `settled_at` are epoch seconds; `reason` is a sentence for the operator. `asked_price` is what it was
    to cost as far as the service had told, in USD and with its markup. `sender` names the process that sends it. While
    it is unknown, `settled_at` is when its answer was lost, and `searched_at` when everything had been seen that may
    have come of it; None while the search goes on.
    """

    id: str
    request: OrderRequest
    sent_at: float
    asked_price: Decimal | None = None
    sender: str = ""
    state: AttemptState = AttemptState.SENDING
    order_id: str | None = None
    settled_at: float | None = None
    searched_at: float | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether money may have been spent on it without our knowing."""
        return self.state in {AttemptState.SENDING, AttemptState.UNKNOWN}


def reread(codes: tuple[Code, ...], seen: tuple[str, ...]) -> tuple[Code, ...]:
    """Read known codes again in the light of those that were seen now (`reread_codes`)."""
    texts = tuple(code.text for code in codes)
    if texts == seen:
        return codes
    return tuple(replace(codes[index], text=text) for index, text in reread_codes(texts, seen))


def merge_purchase(stored: OrderRecord, written: OrderRecord) -> OrderRecord:
    """Return `written` with what either knows of the purchase: who bought it, for what, and when.

    Who bought it here, and the operator's word, are certain. Of two that only inferred it the first one counts.
    """
    surer = max(stored, written, key=_certainty) if _certainty(stored) != _certainty(written) else None
    if surer is None:
        surer = stored if stored.is_inferred else written
    return replace(
        written,
        origin=surer.origin,
        request=surer.request or written.request or stored.request,
        is_inferred=surer.is_inferred,
        bought=written.bought.intersect(stored.bought),
    )


def _certainty(record: OrderRecord) -> int:
    """How sure it is that an order was bought here."""
    if record.origin is not Origin.HERE:
        return 0
    return 1 if record.is_inferred else 2


_KEPT: Final = tuple(
    each.name
    for each in fields(Order)
    if each.name not in {"id", "status", "status_text", "codes", "can_cancel", "extras"}
)
"""The fields of which the newer answer rules unless it leaves them out."""

_NOT_TOLD: Final = (None, "", ())


def merge_order(known: Order, seen: Order) -> Order:
    """Join two views of one order: the newer answer rules, but what it leaves out stays as it was known.

    An end that was seen is not undone by a late answer that still says waiting: detail, list and history lag behind
    one another. Codes only ever grow.
    """
    status, status_text = seen.status, seen.status_text
    is_late = known.status.is_final and (not seen.status.is_final or seen.status is Status.ENDED)
    if is_late or (status is Status.UNKNOWN and not status_text):
        status, status_text = known.status, known.status_text
    can_cancel = known.can_cancel if seen.can_cancel is None else seen.can_cancel
    kept = {name: getattr(known, name) for name in _KEPT if getattr(seen, name) in _NOT_TOLD}
    return replace(
        seen,
        status=status,
        status_text=status_text,
        codes=_merge_codes(known.codes, seen.codes),
        can_cancel=can_cancel and not status.is_final,
        extras=merge_extras(known.extras, seen.extras),
        **kept,
    )


def _merge_codes(known: tuple[str, ...], seen: tuple[str, ...]) -> tuple[str, ...]:
    if known == seen:
        return known
    known = tuple(text for _, text in reread_codes(known, seen))
    return known + new_codes(known, seen)
