"""What the desk knows at one moment: immutable entries, replaced as a whole when something is learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from numdeck.model.cancellation import CancelFailure, CancelIntent, CancelStep
from numdeck.model.link import Link
from numdeck.model.money import Balance, LowBalance
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, OrderRequest


class Phase(StrEnum):
    """How the desk watches an order."""

    LISTED = "listed"
    ASSIGNING = "assigning"
    FOLLOWING = "following"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One order on the desk.

    `last_seen_active_at` is the latest instant (epoch seconds) at which the order is known to have been alive: a list
    that was asked for earlier says nothing by leaving it out. `intent` is what was decided about its cancellation,
    `cancel` how far a cancellation has come. `marked_at` is when its codes were last marked as seen. `next_lookup_at`
    is when its detail is looked up next, `lookup_count` how often that was in vain. `failure` is why the
    last request to cancel it came to nothing.
    """

    record: OrderRecord
    phase: Phase
    last_seen_active_at: float
    intent: CancelIntent = CancelIntent.NONE
    cancel: CancelStep = CancelStep.NONE
    next_lookup_at: float | None = None
    lookup_count: int = 0
    failure: CancelFailure | None = None
    marked_at: float | None = None

    @property
    def id(self) -> str:
        """The order's canonical id."""
        return self.record.order.id

    @property
    def is_open(self) -> bool:
        """Whether its end is still to come."""
        return self.phase is not Phase.ENDED


@dataclass(frozen=True, slots=True)
class Today:
    """What today came to, local midnight to now: orders placed, money out less money confirmed back, codes seen.

    `last_price` is what the last order bought here cost, be it today's or not. Money in USD.
    """

    orders: int = 0
    spent: Decimal = Decimal(0)
    codes: int = 0
    last_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Favourites:
    """Requests that are likely to be made again: pinned ones, and those made here lately that are not pinned.

    `last` is what was ordered last, pinned or not.
    """

    pinned: tuple[OrderRequest, ...] = ()
    recent: tuple[OrderRequest, ...] = ()
    last: OrderRequest | None = None

    @property
    def all(self) -> tuple[OrderRequest, ...]:
        """The pinned ones first."""
        return self.pinned + self.recent


@dataclass(slots=True)
class DeskState:
    """All that the desk knows. Owned by `DeskStore`; everybody else reads.

    `knows_history` says that the service's history was read since the start.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    link: Link = field(default_factory=Link)
    balance: Balance | None = None
    low_balance: LowBalance | None = None
    today: Today = field(default_factory=Today)
    favourites: Favourites = field(default_factory=Favourites)
    memory_trouble: str = ""
    unreadable: int = 0
    knows_history: bool = False

    @property
    def open_count(self) -> int:
        """How many orders are alive."""
        return sum(entry.is_open for entry in self.entries.values())


@dataclass(frozen=True, slots=True)
class Names:
    """Names of services and countries by code; empty if the service has none.

    `learnt_at` is when they were all fetched, epoch seconds; None for not yet.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    learnt_at: float | None = None

    def service(self, code: str | None) -> str:
        """The name of a service, its code where the name is unknown, `?` where even that is."""
        return "?" if code is None else self.services.get(code, code)

    def country(self, code: str | None) -> str:
        """The name of a country, its code where the name is unknown, `?` where even that is."""
        return "?" if code is None else self.countries.get(code, code)
