"""The account's balance: what was told last, and whether it may still be taken for the present."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from numdeck.model.duration import show_age

ASK_EVERY: Final = 60.0
"""The balance is asked for this often while nothing happens, in seconds."""

_FRESH_FOR: Final = 2 * ASK_EVERY


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account held, in USD, when the service told it at `told_at` (epoch seconds).

    `is_doubtful` says that it may be another one by now: money moved since, or the service was asked again in vain.
    """

    amount: Decimal
    told_at: float
    is_doubtful: bool = False

    def is_current(self, now: float) -> bool:
        """Whether it may be shown without its age."""
        return not self.is_doubtful and now - self.told_at <= _FRESH_FOR

    def age_words(self, now: float) -> str:
        """Say how old it is, as `3 min old`; empty while it is current."""
        return "" if self.is_current(now) else f"{show_age(max(0.0, now - self.told_at))} old"
