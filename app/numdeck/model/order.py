"""An order as the service tells it, read tolerantly and cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, StrEnum, auto
from itertools import islice
from typing import Annotated, Final, TypeAlias, get_type_hints

from numdeck.model.text import MAX_FIELD, clean

Parts: TypeAlias = tuple[tuple[str, str], ...]
"""The parts of one value, each as (name, text): a part of a part has a dot in its name, a plain text has no name."""

Extras: TypeAlias = tuple[tuple[str, Parts], ...]
"""Further fields of an object, by name."""


class Status(StrEnum):
    """What state an order is in, as documented under "Possible Statuses".

    `NEW` was seen beyond it; any other word is `UNKNOWN`, or `ENDED` where the history has it.
    """

    NEW = "new"
    WAITING = "waiting"
    CALCULATION = "calculation"
    SUCCESS = "success"
    CANCELED = "canceled"
    REFUND = "refund"
    NOT_SMS_CODE = "not_sms_code"
    ENDED = "ended"
    """The history has it, under a status that we do not know."""
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether the order has reached its end: nothing more can come of it."""
        return self in _FINAL

    @property
    def is_refunded(self) -> bool:
        """Whether this status confirms that the money came back."""
        return self in {Status.CANCELED, Status.REFUND}

    @property
    def label(self) -> str:
        """What an operator calls it."""
        return _LABELS[self]


_FINAL = frozenset({Status.SUCCESS, Status.CANCELED, Status.REFUND, Status.NOT_SMS_CODE, Status.ENDED})
_SPELLINGS = {"cancelled": "canceled", "refunded": "refund"}
_LABELS = {
    Status.NEW: "assigning",
    Status.WAITING: "waiting",
    Status.CALCULATION: "calculating",
    Status.SUCCESS: "success",
    Status.CANCELED: "canceled",
    Status.REFUND: "refunded",
    Status.NOT_SMS_CODE: "no SMS",
    Status.ENDED: "ended",
    Status.UNKNOWN: "unknown",
}


def parse_status(raw: object) -> Status:
    """Read a status; one that we do not know becomes `UNKNOWN`, never an error."""
    word = str(raw).strip().lower()
    try:
        return Status(_SPELLINGS.get(word, word))
    except ValueError:
        return Status.UNKNOWN


class Kind(Enum):
    """What a plain field of an order holds. It decides how the field is read, stored and shown."""

    TEXT = auto()
    NAME = auto()
    """What names a service or country: a code, or an object that has one."""
    MONEY = auto()
    """USD."""
    INSTANT = auto()
    """Epoch seconds."""
    FLAG = auto()
    PARTS = auto()
    """A value of any shape, taken apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """Marks a plain field of `Order`: its kind, and its names in an answer, if other than its own."""

    kind: Kind
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order at one moment, as one answer told it.

    This is the one list of an order's fields. A field that is marked `Told` is read, merged, stored and shown by its
    kind; the journal needs a column of its name. The other fields have code of their own in the reader, `merge_order`,
    the journal's rows and the details. Every default says "not told".

    `id` is canonical (`canonical_id`). Texts are cleaned. `status_text` is the service's own word. `pk` is the
    service's second id, canonical, where it is another one. `extras` are fields beyond the documented ones, and those
    that could not be read.
    """

    id: str
    status: Status
    status_text: str = ""
    provider: Annotated[str, Told(Kind.TEXT)] = ""
    price: Annotated[Decimal | None, Told(Kind.MONEY, ("price_usd",))] = None
    expenses: Annotated[Decimal | None, Told(Kind.MONEY)] = None
    phone_number: Annotated[str | None, Told(Kind.TEXT)] = None
    expires_at: Annotated[float | None, Told(Kind.INSTANT, ("expiration_time",))] = None
    codes: tuple[str, ...] = ()
    can_cancel: Annotated[bool | None, Told(Kind.FLAG)] = None
    can_replay: Annotated[bool | None, Told(Kind.FLAG)] = None
    can_extend: Annotated[bool | None, Told(Kind.FLAG)] = None
    fraud_score: Annotated[str | None, Told(Kind.TEXT)] = None
    report: Annotated[Parts, Told(Kind.PARTS)] = ()
    period: Annotated[str | None, Told(Kind.TEXT)] = None
    service_code: Annotated[str | None, Told(Kind.NAME, ("service_code", "service"))] = None
    country_code: Annotated[str | None, Told(Kind.NAME, ("country_code", "country"))] = None
    pk: str | None = None
    extras: Extras = ()

    @property
    def is_rental(self) -> bool:
        """Whether it is rented for days: may get several codes and cannot be cancelled ("Cancellation Rules")."""
        return "rent" in self.provider

    @property
    def status_label(self) -> str:
        """The status as an operator reads it; the service's own word where we do not know it."""
        is_known = self.status not in {Status.ENDED, Status.UNKNOWN}
        return self.status.label if is_known or not self.status_text else self.status_text

    @property
    def status_in_full(self) -> str:
        """The status as an operator reads it, with the service's own word beside it where that is another."""
        words, told = self.status_label, self.status_text or self.status.value
        return words if told in {words, Status.ENDED, Status.UNKNOWN} else f"{words} ({told})"

    @property
    def score(self) -> str | None:
        """The fraud score, wherever it was told: in its own field, or in the report."""
        in_report = dict(self.report).get("fraud_score", NOT_TOLD)
        return self.fraud_score or (None if in_report == NOT_TOLD else in_report)


def _told_fields() -> Iterator[tuple[str, Told]]:
    for name, hint in get_type_hints(Order, include_extras=True).items():
        for mark in getattr(hint, "__metadata__", ()):
            if isinstance(mark, Told):
                yield name, replace(mark, names=mark.names or (name,))


TOLD_FIELDS: Final[Mapping[str, Told]] = dict(_told_fields())
"""The plain fields of an order, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of orders as answered; `unreadable` counts the entries that could not be read.

    `sent_at` is when its first request left, `answered_at` when it was whole, epoch seconds.
    """

    orders: tuple[Order, ...]
    unreadable: int = 0
    sent_at: float
    answered_at: float


def as_recorded(order: Order) -> Order:
    """The order as the history means it: ended, even if by a status that we do not know.

    "Returns all orders that have reached a terminal state" ("Get Number History").
    """
    return replace(order, status=Status.ENDED) if order.status is Status.UNKNOWN else order


FIRST_INSTANT, LAST_INSTANT = -6.2e10, 2.5e11
"""Epoch seconds between which all instants lie: the years 6 to 9892, so that any zone's calendar has them."""


def parse_instant(raw: object) -> float | None:
    """Read an ISO date and time as epoch seconds; without a zone it is UTC, as documented for `expiration_time`.

    None for what is no instant, and for one so far off that it stands for "never" or "nothing".
    """
    if not isinstance(raw, str) or not raw.strip():
        return None
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    instant = moment.timestamp()
    return instant if FIRST_INSTANT <= instant <= LAST_INSTANT else None


def money_back(order: Order) -> Decimal | None:
    """How much of its price came back for an order, in USD: nothing unless that is confirmed, None when unknown."""
    if not order.status.is_refunded:
        return Decimal(0)
    return None if order.price is None else order.price - (order.expenses or 0)


def money_charged(order: Order) -> Decimal | None:
    """How much was charged for an order before anything came back, in USD; None when unknown."""
    back = money_back(order)
    return order.price if order.expenses is None or back is None else order.expenses + back


MAX_TOLD: Final = 4096
"""How much of one value, and how much of all further fields together, is kept, in characters."""

NOT_TOLD: Final = "—"
"""Stands for null, and for what is empty."""

_MORE: Final = ("…", "There is more, which is not kept.")
_MAX_PARTS: Final = 64
_MAX_DEPTH: Final = 5


def take_apart(value: object) -> Parts:
    """Write any decoded JSON value as parts; none for null and for what is empty."""
    if value is None or value in ("", [], {}):
        return ()
    parts: list[tuple[str, str]] = []
    left = MAX_TOLD
    for name, text in islice(_parts("", value, _MAX_DEPTH), _MAX_PARTS + 1):
        left -= len(name) + len(text)
        if left < 0 or len(parts) == _MAX_PARTS:
            parts.append(_MORE)
            break
        parts.append((name, text))
    return tuple(parts)


def merge_extras(known: Extras, seen: Extras) -> Extras:
    """Join further fields: what is told anew rules, what is left out stays."""
    return known if known == seen else bound(dict(known) | dict(seen))


def bound(extras: Mapping[str, Parts]) -> Extras:
    """Keep as many fields, from the first on, as there is room for."""
    kept: list[tuple[str, Parts]] = []
    left = MAX_TOLD
    for name, parts in extras.items():
        left -= len(name) + sum(len(part) + len(text) for part, text in parts)
        if left < 0:
            break
        kept.append((name, parts))
    return tuple(kept)


def _parts(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    match value:
        case dict() | list() if value and not depth:
            yield name, "…"
        case dict() if value:
            for key, inner in value.items():
                yield from _parts(_joined(name, clean(key)), inner, depth - 1)
        case list() if value:
            for number, inner in enumerate(value, 1):
                yield from _parts(_joined(name, str(number)), inner, depth - 1)
        case bool():
            yield name, "yes" if value else "no"
        case str() | int() | float() | Decimal():
            # As much of the text as there is room for beside its name.
            yield name, clean(str(value).strip(), MAX_TOLD - len(name)) or NOT_TOLD
        case _:
            yield name, NOT_TOLD


def _joined(name: str, key: str) -> str:
    return clean(f"{name}.{key}" if name else key, MAX_FIELD)


_HEX_ID = re.compile(r"[0-9a-f]{32}")


def canonical_id(raw: str) -> str:
    """Bring an id to the form in which ids are compared: 32 lower-case hex digits for a UUID in any spelling.

    One order is `7106…` in one answer and `7106…-…` in another. An id that is no UUID is kept as its cleaned text.
    """
    squeezed = raw.strip().replace("-", "").lower()
    return squeezed if _HEX_ID.fullmatch(squeezed) else clean(raw.strip())


def wire_id(order_id: str) -> str:
    """Spell a canonical id as the documentation's paths do: dashed for a UUID, as it is otherwise."""
    if not _HEX_ID.fullmatch(order_id):
        return order_id
    return f"{order_id[:8]}-{order_id[8:12]}-{order_id[12:16]}-{order_id[16:20]}-{order_id[20:]}"
