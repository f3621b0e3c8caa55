"""What a sandbox is given before it starts, and the ways in which it can differ from the documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from numdeck.sandbox.faults import Fault

OPTIONAL_ENDPOINTS: Final = frozenset({"services", "countries", "search", "balance", "detail"})
"""Endpoints the documentation does not promise, by the names that `Quirks.missing` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """The sandbox's manners; the defaults are the documented ones. Raises ValueError for an unknown endpoint name."""

    assigning_seconds: float = 0.0
    """A purchase answers `new` without a number, and the order cannot be found, for so many sandbox seconds."""
    ids: Literal["documented", "bare", "dashed"] = "documented"
    """How `id` is written: documented is 32 hex digits everywhere but in the history. `pk` is always dashed."""
    codes: Literal["list", "string", "joined", "null", "absent"] = "list"
    """`history_sms_code`: a list; the newest code, or all of them with commas between, (or "") as a string; null, or no
    such field, while it is empty."""
    report: Literal["null", "text", "object"] = "null"
    """What the history tells of a number whose fraud score was asked for: nothing more, a sentence, or an object."""
    page_size: int = 0
    """Active list and history come in pages of this size, `{count, next, previous, results}`; 0: as bare lists."""
    cancel_status: int = 200
    """The status of a cancel that was carried out; 204 has no body."""
    missing: frozenset[str] = frozenset()
    """Which of `OPTIONAL_ENDPOINTS` the service does not have."""
    missing_status: Literal[404, 405] = 404
    """How an endpoint that is missing answers."""
    key_refused_status: Literal[401, 403] = 401
    """The status for a missing or a wrong key."""
    catalogue_at_root: bool = False
    """Services and countries are found at `/api/v1/services/` instead of `/api/v1/numbers/services/`."""
    balance_as_json: bool = False
    """The balance is a JSON string instead of plain text."""
    clock_skew: float = 0.0
    """By how many seconds the service's clock is ahead of its clients'."""
    search_as_text: bool = True
    """In search results the price is a string, and a count may be `">1k"` or `"<10"`; else both are numbers."""

    list_lag: float = 0.0
    """A new order gets into the active list so many sandbox seconds after its purchase."""
    detail_lag: float = 0.0
    """An order's own page tells, for so many sandbox seconds after it has left the list, how it was before."""
    history_lag: float = 0.0
    """An order gets into the history so many sandbox seconds after it has left the active list."""

    def __post_init__(self) -> None:
        unknown = self.missing - OPTIONAL_ENDPOINTS
        if unknown:
            raise ValueError(f"not optional endpoints: {', '.join(sorted(unknown))}")


SANDBOX_KEY: Final = "sandbox"
"""The API key of a sandbox's only account, unless told otherwise; no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """One sandbox world. Raises ValueError for values that make none."""

    seed: int = 1
    """The same seed and the same sequence of requests make the same world."""
    speed: float = 1.0
    """How many sandbox minutes pass in a real one; not used with a clock that is handed in."""
    key: str = SANDBOX_KEY
    balance: Decimal = Decimal("50.00")
    """What the account holds at the start, in USD."""
    history: int = 25
    """How many finished orders there are at the start."""
    waiting: int | None = None
    """How many orders wait for a code at the start; None: a small showcase of different ages, with a rental."""
    is_silent: bool = False
    """The carrier delivers no code by itself; only `Sandbox.deliver` does. The history keeps its codes."""
    reads_per_minute: int = 120
    purchases_per_minute: int = 20
    cancels_per_minute: int = 60
    latency: float = 0.0
    """Real seconds before each request is looked at."""
    quirks: Quirks = field(default_factory=Quirks)
    faults: tuple[Fault, ...] = ()
    """What goes wrong from the start."""

    def __post_init__(self) -> None:
        least_zero: dict[str, float | Decimal] = {
            "history": self.history,
            "waiting": self.waiting or 0,
            "latency": self.latency,
            "balance": self.balance,
            "reads_per_minute": self.reads_per_minute,
            "purchases_per_minute": self.purchases_per_minute,
            "cancels_per_minute": self.cancels_per_minute,
        }
        for name, value in least_zero.items():
            if value < 0:
                raise ValueError(f"{name} must not be below zero")
        if self.speed <= 0:
            raise ValueError("speed must be above zero")
