"""What a sandbox may be told before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from numdeck.sandbox.faults import Fault
from numdeck.sandbox.quirks import Quirks

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
