"""What is asked before numdeck ends."""

from __future__ import annotations

from numdeck.model.cancellation import PendingCancels
from numdeck.ui.cancellation import pending_sentence


def quit_question(*, is_purchase_out: bool, pending: PendingCancels) -> str:
    """The question before numdeck ends; empty when nothing is lost by it."""
    purchase = "A purchase is being sent, and its answer would be missed." if is_purchase_out else ""
    losses = [sentence for sentence in (purchase, pending_sentence(pending)) if sentence]
    return " ".join([*losses, "Quit anyway?"]) if losses else ""
