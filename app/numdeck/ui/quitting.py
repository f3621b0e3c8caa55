"""What is asked before numdeck ends."""

from __future__ import annotations

from numdeck.model.cancellation import PendingCancels
from numdeck.model.words import pluralize


def quit_question(*, is_purchase_out: bool, pending: PendingCancels) -> str:
    """The question before numdeck ends; empty when nothing is lost by it."""
    cancels = [
        pluralize(count, f"{kind} cancel")
        for count, kind in ((pending.armed, "armed"), (pending.automatic, "automatic"))
        if count
    ]
    losses = []
    if is_purchase_out:
        losses.append("A purchase is being sent, and its answer would be missed.")
    if cancels:
        losses.append(f"{' and '.join(cancels)} will not run while numdeck is closed.")
    return " ".join([*losses, "Quit anyway?"]) if losses else ""
