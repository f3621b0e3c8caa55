"""An order as the service tells it, read tolerantly and cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """What state an order is in, as documented under "Possible Statuses"; `NEW` and `UNKNOWN` were seen beyond it."""

    NEW = "new"
    WAITING = "waiting"
    CALCULATION = "calculation"
    SUCCESS = "success"
    CANCELED = "canceled"
    REFUND = "refund"
    NOT_SMS_CODE = "not_sms_code"
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
    def words(self) -> str:
        """What an operator calls it."""
        return _WORDS[self]


_FINAL = frozenset({Status.SUCCESS, Status.CANCELED, Status.REFUND, Status.NOT_SMS_CODE})
_SPELLINGS = {"cancelled": "canceled", "refunded": "refund"}
_WORDS = {
    Status.NEW: "assigning",
    Status.WAITING: "waiting",
    Status.CALCULATION: "calculating",
    Status.SUCCESS: "success",
    Status.CANCELED: "canceled",
    Status.REFUND: "refunded",
    Status.NOT_SMS_CODE: "no SMS",
    Status.UNKNOWN: "unknown",
}


def parse_status(raw: object) -> Status:
    """Read a status; one that we do not know becomes `UNKNOWN`, never an error."""
    word = str(raw).strip().lower()
    try:
        return Status(_SPELLINGS.get(word, word))
    except ValueError:
        return Status.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order at one moment, as one answer told it.

    `id` is canonical (`canonical_id`). Texts are cleaned. `price` and `expenses` are in USD, None when not told.
    `status_text` is the service's own word, for a status that we do not know. `expires_at` is in epoch seconds, UTC.
    """

    id: str
    status: Status
    status_text: str = ""
    provider: str = ""
    price: Decimal | None = None
    phone_number: str | None = None
    expires_at: float | None = None
    codes: tuple[str, ...] = ()
    can_replay: bool = False
    can_extend: bool = False
    can_cancel: bool = False
    fraud_score: str | None = None
    expenses: Decimal | None = None
    report: str | None = None
    period: str | None = None
    service_code: str | None = None
    country_code: str | None = None

    @property
    def is_rental(self) -> bool:
        """Whether it is rented for days: may get several codes and cannot be cancelled ("Cancellation Rules")."""
        return "rent" in self.provider

    @property
    def status_words(self) -> str:
        """The status as an operator reads it; the service's own word where we do not know it."""
        if self.status is Status.UNKNOWN and self.status_text:
            return self.status_text
        return self.status.words


def parse_instant(raw: object) -> float | None:
    """Read an ISO date and time as epoch seconds; without a zone it is UTC, as documented for `expiration_time`."""
    if not isinstance(raw, str) or not raw.strip():
        return None
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
