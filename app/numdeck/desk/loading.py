"""From the journal onto the desk: at the start, and when a journal becomes readable that was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from numdeck.clock import ServiceClock
from numdeck.desk.events import Appeared, AttemptChanged, Changed, Event
from numdeck.desk.state import DeskState, Entry, Phase
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.journal import Journal, JournalContents
from numdeck.journal.processes import is_running
from numdeck.model.cancellation import CancelIntent, CancelStep
from numdeck.model.history_query import HistoryQuery
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, AttemptState

IN_FLIGHT_AT_MOST: Final = 120.0
"""No purchase is on its way for longer than this, in seconds: its timeouts are shorter."""

WATCHED: Final = "watched"
"""The journal keeps under this name until when the account was watched."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal says at the start of a run.

    `watched_until` is when the account was last watched, epoch seconds; None if it never was. `knows_orders` is whether
    any order was ever seen or bought.
    """

    contents: JournalContents
    watched_until: float | None
    knows_orders: bool


async def read_past(journal: AsyncJournal, clock: ServiceClock, *, keep_ended: float) -> Past:
    """Read what the runs before left, with the orders that ended in the last `keep_ended` seconds.

    Sets `clock` to the offset that the last run used. Raises JournalError.
    """
    clock.resume(await journal.run(Journal.clock_offset))
    contents = await journal.run(Journal.load, clock.now() - keep_ended)
    has_history = await journal.run(Journal.history_count, HistoryQuery()) > 0
    return Past(
        contents,
        watched_until=await journal.run(Journal.timestamp, WATCHED),
        knows_orders=bool(contents.records or contents.attempts) or has_history,
    )


def load_state(contents: JournalContents, now: float) -> DeskState:
    """The state of the desk at `now`, epoch seconds, until the service has answered."""
    return DeskState(
        entries={
            record.id: entry_of(record, contents.intents.get(record.id, CancelIntent.NONE))
            for record in contents.records
        },
        attempts={attempt.id: as_it_stands(attempt, now) for attempt in contents.attempts},
        balance=None if contents.balance is None else replace(contents.balance, is_doubtful=True),
    )


def entry_of(record: OrderRecord, intent: CancelIntent = CancelIntent.NONE) -> Entry:
    """An order of the journal as an entry of the desk, until the service has answered."""
    phase = Phase.ENDED if record.is_ended else Phase.LISTED
    return Entry(record=record, phase=phase, last_seen_active_at=record.first_seen, intent=intent)


def as_it_stands(attempt: Attempt, now: float, known: Attempt | None = None) -> Attempt:
    """An attempt of the journal at `now`, epoch seconds; `known` is what the desk has of it.

    It is unknown if the process that was sending it has ended, or takes too long. One that another numdeck is
    sending is left alone.
    """
    if not attempt.is_open:
        return attempt
    is_fresh = now - attempt.sent_at < IN_FLIGHT_AT_MOST
    if attempt.state is AttemptState.SENDING and is_fresh and is_running(attempt.sender):
        return known or attempt
    if known is not None and known.state is AttemptState.UNKNOWN:
        return replace(known, searched_at=known.searched_at or attempt.searched_at)
    return replace(
        attempt,
        reason=attempt.reason or "The program ended before the answer came.",
        state=AttemptState.UNKNOWN,
        settled_at=attempt.settled_at or now,
    )


def join(state: DeskState, contents: JournalContents, on_desk: Mapping[str, OrderRecord], now: float) -> list[Event]:
    """The events that bring a desk up to date that ran without its journal until now.

    `on_desk` is what the journal has by now of the orders on the desk.
    """
    events: list[Event] = []
    for entry in state.entries.values():
        joined = _joined(entry, on_desk.get(entry.id, entry.record), contents.intents.get(entry.id, CancelIntent.NONE))
        if joined != entry:
            events.append(Changed(joined))
    unknown = [record for record in contents.records if record.id not in state.entries]
    events += [Appeared(entry_of(record, contents.intents.get(record.id, CancelIntent.NONE))) for record in unknown]
    for attempt in contents.attempts:
        if attempt.id not in state.attempts:
            known = as_it_stands(attempt, now)
            # One sent in the future, by a wrong clock, would fit no order and count as not placed.
            settled_at = None if known.settled_at is None else min(known.settled_at, now)
            events.append(AttemptChanged(replace(known, sent_at=min(known.sent_at, now), settled_at=settled_at)))
    return events


def _joined(entry: Entry, record: OrderRecord, intent: CancelIntent) -> Entry:
    if record.is_ended and entry.is_open:
        ended = replace(entry, record=record, phase=Phase.ENDED, intent=CancelIntent.NONE, cancel=CancelStep.NONE)
        return replace(ended, next_lookup_at=None, lookup_count=0, failure=None)
    return replace(entry, record=record, intent=intent if entry.intent is CancelIntent.NONE else entry.intent)
