"""The settings that the desk reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le

from numdeck.model.cancel_window import CancelWindow
from numdeck.model.duration import Seconds
from numdeck.model.money import SpendLimits


@dataclass(frozen=True, kw_only=True)
class DeskSettings:
    """How the desk polls, orders and cancels."""

    poll: Annotated[float, Ge(2), Le(600)] = 5.0
    """Poll interval, in seconds."""
    keep_ended: Seconds = 600.0
    """How long an ended order stays on the desk. One bought in numdeck stays until its codes were seen."""
    auto_cancel_after: Seconds | None = None
    """Cancel an order bought in numdeck that has no code so long after its purchase; None for never."""
    order_without_journal: bool = False
    """Order even when the journal cannot be written. A purchase whose answer is lost is then forgotten at the end."""
    cancel: CancelWindow = field(default_factory=CancelWindow)
    spend: SpendLimits = field(default_factory=SpendLimits)

    def __post_init__(self) -> None:
        """Raise ValueError for an automatic cancel outside the window."""
        after, window = self.auto_cancel_after, self.cancel
        if after is not None and not window.opens_after <= after < window.closes_after:
            raise ValueError(
                f"auto_cancel_after must lie within the cancel window: from {window.opens_after:g} s to less than "
                f"{window.closes_after:g} s"
            )
