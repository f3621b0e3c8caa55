"""What the first answer of a run, and each later one, says of instants that were noted before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from numdeck.clock import ServiceClock
from numdeck.desk.events import AttemptChanged, Changed, Event
from numdeck.desk.state import DeskState
from numdeck.journal.journal import JournalContents
from numdeck.model.clock import ClockOffset, begin_timekeeping
from numdeck.model.request import Attempt

_WORTH_KEEPING: Final = 0.1
"""A smaller change of the offset's uncertainty, in seconds, is not written."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What has to change: the offset to keep, which purchase instants are less exact by `doubt` seconds, and events."""

    offset: ClockOffset
    doubted_ids: tuple[str, ...] = ()
    doubt: float = 0.0
    events: tuple[Event, ...] = ()


class Timekeeper:
    """Tells how the desk's instants have to be corrected when the service's clock becomes known.

    What earlier runs noted is in the service's time already, as exact as the clock of this run can tell. What this run
    noted before its first answer moves with its clock.

    `contents` is what the journal holds of earlier runs.
    """

    def __init__(self, clock: ServiceClock, contents: JournalContents) -> None:
        self._clock = clock
        self._is_begun = False
        self._doubted = 0.0
        self._kept = contents.clock_offset
        self._orders_before = frozenset(record.id for record in contents.records)
        self._attempts_before = frozenset(attempt.id for attempt in contents.attempts)

    def doubt_of(self, kept: ClockOffset | None) -> float:
        """By how much instants of a journal that is read late may be wrong, in seconds; `kept` is what it went by."""
        return begin_timekeeping(kept, self._clock.offset).doubt

    def correct(self, state: DeskState) -> Correction | None:
        """What is to be corrected now; None if nothing is. What it tells counts as done."""
        if not self._clock.is_set:
            return None
        offset, more_doubt = self._clock.offset, self._clock.doubt - self._doubted
        is_first, self._is_begun, self._doubted = not self._is_begun, True, self._clock.doubt
        if not is_first and not more_doubt and not self._is_worth_keeping(offset):
            return None
        self._kept = offset
        jump = self._clock.jump if is_first else 0.0
        events: list[Event] = []
        doubted_ids: list[str] = []
        for entry in state.entries.values():
            after = replace(
                entry, next_lookup_at=_later(entry.next_lookup_at, jump), marked_at=_later(entry.marked_at, jump)
            )
            if more_doubt and entry.is_open and entry.id in self._orders_before:
                doubted_ids.append(entry.id)
                after = replace(after, record=replace(entry.record, bought=entry.record.bought.widened(more_doubt)))
            if after != entry:
                events.append(Changed(after))
        for attempt in state.attempts.values():
            is_older = attempt.id in self._attempts_before
            moved = self._older(attempt, more_doubt) if is_older else _moved(attempt, jump)
            if moved != attempt:
                events.append(AttemptChanged(moved))
        return Correction(offset, tuple(doubted_ids), more_doubt, tuple(events))

    def _is_worth_keeping(self, offset: ClockOffset) -> bool:
        kept = self._kept
        return (
            kept is None or kept.ahead != offset.ahead or abs(kept.uncertainty - offset.uncertainty) >= _WORTH_KEEPING
        )

    def _older(self, attempt: Attempt, doubt: float) -> Attempt:
        """An attempt of an earlier run: sent at the earliest, and its answer lost at the latest, that may be.

        Sent in the future: by a clock that was wrong. No order would fit it, and it would count as not placed.
        """
        now = self._clock.now()
        settled_at = attempt.settled_at
        return replace(
            attempt,
            sent_at=min(attempt.sent_at - doubt, now),
            settled_at=None if settled_at is None else min(settled_at + doubt, now),
        )


def _moved(attempt: Attempt, jump: float) -> Attempt:
    return replace(attempt, sent_at=attempt.sent_at + jump, settled_at=_later(attempt.settled_at, jump))


def _later(instant: float | None, seconds: float) -> float | None:
    return None if instant is None else instant + seconds
