"""When orders and the history are looked up, and what a look says of a cancellation. Pure: time is handed in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from numdeck.desk.state import Entry, Phase
from numdeck.model.cancellation import CancelFailure, CancelStep, FailureKind
from numdeck.model.resolve import RECORDED_WITHIN

HISTORY_EVERY: Final = 300.0
"""The history is read this often for what was bought and ended elsewhere, in seconds."""

HISTORY_AGAIN: Final = 20.0
"""It is read this often while a purchase is unknown, and not more often than this after a failure, or for what only
it has of an end: expenses and fraud score; in seconds."""

HISTORY_AFTER_A_LOSS: Final = 1.0
"""So long after the answer to a purchase was lost it is read first, in seconds."""

_LOOKS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_ASSIGNING_LOOKS: Final = (2.0, 3.0, 5.0, 10.0, 10.0, 15.0, 30.0, 60.0)
_MOST_DOUBLINGS: Final = 4
_PATIENCE_WITH_404: Final = 5
_EAGER_LOOKS: Final = 4
_PATIENCE_WITH_A_CANCEL: Final = 6
_PATIENCE_WITH_THE_HISTORY: Final = 3


def lookup_delay(entry: Entry) -> float:
    """How long to wait before an order is looked up again, in seconds, after `entry.lookup_count` looks in vain."""
    steps = _ASSIGNING_LOOKS if entry.phase is Phase.ASSIGNING else _LOOKS
    return steps[min(entry.lookup_count, len(steps) - 1)]


def after_a_look(entry: Entry, now: float) -> Entry:
    """The entry with its next look planned, one more look counted; `now` in epoch seconds."""
    return replace(entry, next_lookup_at=now + lookup_delay(entry), lookup_count=entry.lookup_count + 1)


def cancel_failure(before: Entry, after: Entry) -> FailureKind | None:
    """How the request to cancel an order came to nothing, by a look at its detail; None if it may still succeed.

    `before` is the entry when the look began: a request that left later says nothing yet.
    """
    is_unsure = before.cancel is CancelStep.UNSURE and after.cancel is CancelStep.UNSURE
    if is_unsure and after.record.order.can_cancel:
        return FailureKind.LOST
    if after.cancel is CancelStep.REQUESTED and after.lookup_count >= _PATIENCE_WITH_A_CANCEL:
        return FailureKind.IGNORED
    return None


def cancel_again(entry: Entry, kind: FailureKind) -> Entry:
    """Return the entry as one whose cancel request came to nothing, so that another one can be sent."""
    return replace(
        entry,
        cancel=CancelStep.NONE,
        next_lookup_at=None if entry.phase is Phase.LISTED else entry.next_lookup_at,
        lookup_count=0,
        failure=CancelFailure(kind),
    )


class HistorySchedule:
    """When the history is to be read.

    `asked_at` is when the history was requested that was read last, epoch seconds; −inf for not yet. After a request
    that fails the next one waits for `HISTORY_AGAIN`.
    """

    def __init__(self) -> None:
        self.asked_at = -math.inf
        self._failures = 0
        self._barred_until = -math.inf
        self._unfinished = frozenset[str]()
        self._readings_in_vain = 0

    @property
    def is_known(self) -> bool:
        """Whether the history was read, or failed so often that it is not waited for."""
        return self.asked_at > -math.inf or self._failures >= _PATIENCE_WITH_THE_HISTORY

    def begin(self, monotonic: float) -> None:
        """A request is about to be sent."""
        self._barred_until = monotonic + HISTORY_AGAIN

    def failed(self) -> None:
        """The request failed."""
        self._failures += 1

    def answered(self, asked_at: float) -> None:
        """The request was answered; it was sent at `asked_at`, epoch seconds."""
        self._barred_until = -math.inf
        self.asked_at = asked_at

    def note_unfinished(self, unfinished: frozenset[str]) -> None:
        """Note which orders of the history are still to end. Only new ones speed up the next reading."""
        has_new = bool(unfinished - self._unfinished)
        self._readings_in_vain = 0 if has_new else min(self._readings_in_vain + 1, _MOST_DOUBLINGS)
        self._unfinished = unfinished

    def may_read(self, monotonic: float) -> bool:
        """Whether a request may be sent at `monotonic`."""
        return monotonic >= self._barred_until

    def due_in(self, entries: Iterable[Entry], lost_at: float | None, *, now: float, monotonic: float) -> float:
        """How long until the history is to be read, in seconds; 0 or less if it is due.

        `lost_at` is when the answer to a purchase was lost whose order is looked for, epoch seconds.
        """
        reasons = (
            self.asked_at + self._interval(),
            self._lost_purchase_due(lost_at),
            min(map(self._expenses_due, entries), default=math.inf),
        )
        return max(min(reasons) - now, self._barred_until - monotonic)

    def is_for(self, entry: Entry, *, since: float, now: float, monotonic: float) -> bool:
        """Whether the history is to be read for an order without detail: at once, and then now and then.

        Not again if it was read after `since`, epoch seconds.
        """
        if entry.phase is Phase.ASSIGNING and entry.lookup_count < _PATIENCE_WITH_404:
            return False
        is_spaced = entry.lookup_count < _EAGER_LOOKS or now >= self.asked_at + HISTORY_AGAIN
        return self.asked_at < since and self.may_read(monotonic) and is_spaced

    def _interval(self) -> float:
        """More often while the history has orders in calculation, less and less often while these stay."""
        if not self._unfinished:
            return HISTORY_EVERY
        return float(min(HISTORY_EVERY, HISTORY_AGAIN * 2**self._readings_in_vain))

    def _lost_purchase_due(self, lost_at: float | None) -> float:
        if lost_at is None:
            return math.inf
        # Nothing is resolved before the history was read after the loss.
        return self.asked_at + HISTORY_AGAIN if self.asked_at > lost_at else lost_at + HISTORY_AFTER_A_LOSS

    def _expenses_due(self, entry: Entry) -> float:
        """Only the history has what an order came to. It is read once more for that, as it may lag."""
        ended_at = entry.record.ended_at or entry.record.first_seen
        is_recorded = self.asked_at >= ended_at + RECORDED_WITHIN
        if entry.is_open or entry.record.order.expenses is not None or is_recorded:
            return math.inf
        return ended_at + RECORDED_WITHIN if self.asked_at >= ended_at else self.asked_at + HISTORY_AGAIN
