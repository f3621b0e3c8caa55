"""What happened on the desk. Events go to the journal, to the state and to the listeners, in that order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from numdeck.desk.state import Entry
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import Cancellation
from numdeck.model.catch_up import Away
from numdeck.model.clock import ClockTrouble
from numdeck.model.codes import Code
from numdeck.model.money import LowBalance
from numdeck.model.request import Attempt


@dataclass(frozen=True, slots=True)
class EntryEvent:
    """Something about one order; `entry` is how it stands afterwards."""

    entry: Entry


class Appeared(EntryEvent):
    """An order came onto the desk."""


class Changed(EntryEvent):
    """Something about an order is different."""


class LeftList(EntryEvent):
    """An order is no longer in the active list; its end is being looked up."""


class Ended(EntryEvent):
    """The end of an order is known."""


class Archived(EntryEvent):
    """An ended order leaves the desk; the history has it."""


@dataclass(frozen=True, slots=True)
class CancelDue(EntryEvent):
    """An order is being cancelled without a key press.

    `is_auto`: because no code came in the time that was set; else because it was armed and its window is open.
    """

    is_auto: bool


@dataclass(frozen=True, slots=True)
class CancelDropped(EntryEvent):
    """An armed order is not cancelled after all; `said` is what the service said to that, if it refused."""

    reason: CancelReason
    said: str = ""


@dataclass(frozen=True, slots=True)
class CodesArrived(EntryEvent):
    """New codes of an order: what the operator waits for."""

    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class AttemptChanged:
    """A purchase attempt was made, or more is known of it."""

    attempt: Attempt


class Topic(StrEnum):
    """What else on the desk may be different."""

    LINK = "link"
    BALANCE = "balance"
    TODAY = "today"
    MEMORY = "memory"
    NAMES = "names"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class TopicChanged:
    """Something that belongs to no single order is different."""

    topic: Topic


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the operator; `important` if it is about money, a code, or something that did not work."""

    sentence: str
    important: bool = False


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What happened while numdeck was not running is known; that was for `absence` seconds."""

    away: Away
    absence: float


@dataclass(frozen=True, slots=True)
class ClockWrong:
    """The clock of this machine turned out to be wrong."""

    trouble: ClockTrouble


@dataclass(frozen=True, slots=True)
class BalanceLow:
    """The balance has become low."""

    balance: LowBalance


Event = EntryEvent | AttemptChanged | TopicChanged | Notice | CaughtUp | ClockWrong | BalanceLow


class CommandOutcome(StrEnum):
    """What a command about cancelling did."""

    GONE = "gone"
    """Nothing: the order has left the desk, or it has ended."""
    NOT_ALLOWED = "not allowed"
    UNDER_WAY = "under way"
    """Nothing: a request is under way already."""
    ARMED = "armed"
    DISARMED = "disarmed"
    KEPT = "kept"
    NOT_KEPT = "not kept"
    NOTHING_TO_KEEP = "nothing to keep"
    REQUESTED = "requested"
    REFUSED = "refused"
    """The service refused the request."""
    UNSURE = "unsure"
    """The service refused a repeated request, perhaps because the first one was applied."""
    FAILED = "failed"
    """The request got no usable answer."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command about cancelling did, and how the order stands afterwards; None if it is not on the desk.

    `reason` is why the service refused; `said` is its answer, or what went wrong on the way to it.
    """

    outcome: CommandOutcome
    cancellation: Cancellation | None = None
    reason: CancelReason | None = None
    said: str = ""
