"""The settings of a sandbox, and the quirks in which it can differ from the documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from numdeck.sandbox.faults import Fault

OPTIONAL_ENDPOINTS: Final = frozenset({"services", "countries", "search", "balance", "detail"})
"""Endpoints that the documentation does not promise, by their names in `Quirks.missing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """How the service has been seen to differ from its documentation; the defaults are the documented behaviour.

    Raises ValueError for an unknown endpoint name.
    """

    assigning_seconds: float = 0.0
    """For this long (sandbox seconds) a purchase is `new`, without a number, and cannot be found."""
    ids: Literal["documented", "bare", "dashed"] = "documented"
    """The format of `id`: documented is 32 hex digits everywhere but in the history. `pk` always has dashes."""
    codes: Literal["list", "string", "joined", "null", "absent"] = "list"
    """`history_sms_code`: a list; the newest code, or all of them with commas between, (or "") as a string; null, or no
    such field, while it is empty."""
    report: Literal["null", "text", "object"] = "null"
    """The `report` in the history of a number with a fraud check: null, a sentence, or an object."""
    page_size: int = 0
    """Active list and history are paged by this size, `{count, next, previous, results}`; 0: bare lists."""
    cancel_status: int = 200
    """The HTTP status of a successful cancel; 204 has no body."""
    missing: frozenset[str] = frozenset()
    """Which of `OPTIONAL_ENDPOINTS` the service does not have."""
    missing_status: Literal[404, 405] = 404
    """The HTTP status of a missing endpoint."""
    key_refused_status: Literal[401, 403] = 401
    """The HTTP status for a missing or a wrong key."""
    catalogue_at_root: bool = False
    """Services and countries are at `/api/v1/services/` instead of `/api/v1/numbers/services/`."""
    balance_as_json: bool = False
    """The balance is a JSON string instead of plain text."""
    clock_skew: float = 0.0
    """By how many seconds the service's clock is ahead of its clients'."""
    search_as_text: bool = True
    """In search results the price is a string and a count may be `">1k"` or `"<10"`; otherwise both are numbers."""

    list_lag: float = 0.0
    """A new order appears in the active list this long after its purchase, in sandbox seconds."""
    detail_lag: float = 0.0
    """The detail shows an order as before for this long after it left the list, in sandbox seconds."""
    history_lag: float = 0.0
    """An order appears in the history this long after it left the active list, in sandbox seconds."""

    def __post_init__(self) -> None:
        unknown = self.missing - OPTIONAL_ENDPOINTS
        if unknown:
            raise ValueError(f"not optional endpoints: {', '.join(sorted(unknown))}")


SANDBOX_KEY: Final = "sandbox"
"""The default API key of a sandbox's only account; not a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """The settings of one sandbox. Raises ValueError for invalid values."""

    seed: int = 1
    """The same seed and the same sequence of requests give the same data."""
    speed: float = 1.0
    """How many sandbox minutes pass in a real one; ignored if a clock is given."""
    key: str = SANDBOX_KEY
    balance: Decimal = Decimal("50.00")
    """The balance at the start, in USD."""
    history: int = 25
    """How many finished orders there are at the start."""
    waiting: int | None = None
    """How many orders wait for a code at the start; None: a small showcase of different ages, with a rental."""
    is_silent: bool = False
    """The carrier delivers no codes, only `Sandbox.deliver` does. The history keeps its codes."""
    reads_per_minute: int = 120
    purchases_per_minute: int = 20
    cancels_per_minute: int = 60
    latency: float = 0.0
    """The delay of each request, in real seconds."""
    quirks: Quirks = field(default_factory=Quirks)
    faults: tuple[Fault, ...] = ()
    """The faults that are pending from the start."""

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
