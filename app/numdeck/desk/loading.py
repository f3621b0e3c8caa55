"""From the journal onto the desk: at the start, and when a journal can be read that could not be before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from numdeck.desk.events import Appeared, AttemptChanged, Changed, Event
from numdeck.desk.state import CancelStep, DeskState, Entry, Phase
from numdeck.journal.journal import JournalContents
from numdeck.model.plan import CancelPlan
from numdeck.model.record import Attempt, AttemptState, OrderRecord


def entry_of(record: OrderRecord, plan: CancelPlan = CancelPlan.NONE) -> Entry:
    """An order of the journal as it stands on the desk until the service has been asked."""
    phase = Phase.ENDED if record.is_ended else Phase.LISTED
    return Entry(record=record, phase=phase, alive_at=record.first_seen, plan=plan)


def lost(attempt: Attempt, now: float) -> Attempt:
    """An open attempt of an earlier run: its answer was lost; `now` in epoch seconds."""
    return replace(
        attempt,
        reason=attempt.reason or "The program ended before the answer came.",
        state=AttemptState.UNKNOWN,
        settled_at=attempt.settled_at or now,
    )


def join(state: DeskState, contents: JournalContents, on_desk: Mapping[str, OrderRecord], now: float) -> list[Event]:
    """What changes on a desk that went on without its journal, now that it can be read.

    `on_desk` is what the journal has by now of the orders on the desk.
    """
    events: list[Event] = []
    for entry in state.entries.values():
        joined = _joined(entry, on_desk.get(entry.id, entry.record), contents.plans.get(entry.id, CancelPlan.NONE))
        if joined != entry:
            events.append(Changed(joined))
    unknown = [record for record in contents.records if record.id not in state.entries]
    events += [Appeared(entry_of(record, contents.plans.get(record.id, CancelPlan.NONE))) for record in unknown]
    for attempt in contents.attempts:
        if attempt.id not in state.attempts:
            known = lost(attempt, now)
            # Sent in the future: by a clock that was wrong. No order would fit it, and it would count as not placed.
            settled_at = min(known.settled_at or now, now)
            events.append(AttemptChanged(replace(known, sent_at=min(known.sent_at, now), settled_at=settled_at)))
    return events


def _joined(entry: Entry, record: OrderRecord, plan: CancelPlan) -> Entry:
    if record.is_ended and entry.is_open:
        ended = replace(entry, record=record, phase=Phase.ENDED, plan=CancelPlan.NONE, cancel=CancelStep.NONE)
        return replace(ended, look_at=None, looks=0, note="")
    return replace(entry, record=record, plan=plan if entry.plan is CancelPlan.NONE else entry.plan)
