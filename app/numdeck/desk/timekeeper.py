"""How instants are corrected that were noted before the service's clock was known."""

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
    """The offset to save, the orders whose purchase instant is less exact by `doubt` seconds, and the events."""

    offset: ClockOffset
    doubted_ids: tuple[str, ...] = ()
    doubt: float = 0.0
    events: tuple[Event, ...] = ()


class Timekeeper:
    """Corrects the desk's instants when the service's clock becomes known.

    Instants of earlier runs are in the service's time already, and only lose certainty. Those that this run noted
    before its first answer move with its clock.

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
        """The correction that is due, which then counts as made; None if none is."""
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
        """An attempt of an earlier run: sent as early, and its answer lost as late, as may be.

        One sent in the future, by a wrong clock, is moved to now: else no order would fit it.
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
