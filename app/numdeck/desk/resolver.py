"""Finding out what came of purchases whose answer was lost. They are never sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numdeck.clock import Clock
from numdeck.desk.events import Archived, AttemptChanged, Changed, CodesArrived, EntryEvent, Event, Notice
from numdeck.desk.loading import as_it_stands
from numdeck.desk.state import Entry, Phase
from numdeck.desk.store import DeskStore
from numdeck.model.record import OrderRecord, make_news
from numdeck.model.request import Attempt, AttemptState
from numdeck.model.resolve import (
    Candidate,
    RegionOf,
    candidates,
    claim,
    is_looked_for,
    is_missed,
    is_searched,
    lost_at,
    match_attempts,
)
from numdeck.model.text import pluralize

_BY_HAND = "Settled by the operator."


class PurchaseResolver:
    """Compares unknown purchases with every list and history that comes in.

    A second numdeck on the same journal does the same: what it has resolved is adopted, what it is sending is left
    alone. `region_of` returns the region of a country code.
    """

    def __init__(self, store: DeskStore, clock: Clock, region_of: RegionOf) -> None:
        self._store = store
        self._clock = clock
        self._region_of = region_of
        self._missed_at: dict[str, float] = {}

    def lost_at(self) -> float | None:
        """When the last answer was lost whose order is looked for, epoch seconds; None if none is."""
        return max((lost_at(attempt) for attempt in self._unknown() if attempt.searched_at is None), default=None)

    async def resolve(self, *, list_asked_at: float | None, history_asked_at: float | None) -> None:
        """Compare unknown purchases with what was read last: an active list, readable as a whole, and the history.

        Both are when they were requested, epoch seconds; None for not yet.
        """
        if list_asked_at is not None:
            self._missed_at = {
                attempt.id: self._missed_at.get(attempt.id, list_asked_at)
                for attempt in self._unknown()
                if is_missed(attempt, list_asked_at)
            }
        async with self._store.turn() as state:
            await self._take_over()
            unknown = self._unknown()
            if not unknown:
                return
            still_open = list(state.attempts.values())
            # From the journal, not from the desk: what came of it may have ended, and left, in the meantime.
            records = await self._store.seen_since(min(attempt.sent_at for attempt in still_open))
            if records is None:
                return
            events: list[Event] = []
            paired: set[str] = set()
            for attempt, record in match_attempts(still_open, records, self._region_of):
                if is_looked_for(attempt, list_asked_at=list_asked_at, history_asked_at=history_asked_at):
                    claimed = claim(attempt, record, is_inferred=True)
                    events += self._placed(attempt, claimed, state.entries.get(record.id))
                    paired.add(attempt.id)
            for attempt in unknown:
                if attempt.id not in paired:
                    is_done = is_searched(self._missed_at.get(attempt.id), history_asked_at)
                    events += self._search_ended(attempt, records, is_done=is_done)
            await self._store.commit(events)

    async def candidates(self, attempt_id: str) -> list[Candidate]:
        """The orders that may be the result of an unknown purchase, on the desk or ended already."""
        attempt = self._store.state.attempts.get(attempt_id)
        if attempt is None:
            return []
        return list(candidates(attempt, await self._store.seen_since(attempt.sent_at) or (), self._region_of))

    async def resolve_by_hand(self, attempt_id: str, order_id: str | None) -> None:
        """Record the operator's answer: this order came of the purchase, or (None) none did."""
        async with self._store.turn() as state:
            await self._take_over()
            attempt = state.attempts.get(attempt_id)
            if attempt is None or attempt.state is not AttemptState.UNKNOWN:
                return
            if order_id is None:
                await self._store.commit(self._not_placed(attempt, _BY_HAND))
                return
            offered = {candidate.record.id: candidate.record for candidate in await self.candidates(attempt_id)}
            if order_id in offered:
                record = claim(attempt, offered[order_id], is_inferred=False)
                await self._store.commit(self._placed(attempt, record, state.entries.get(order_id), _BY_HAND))
            else:
                self._store.say("This order is somebody else's by now: choose again.", important=True)

    async def _take_over(self) -> None:
        """Adopt from the journal what a second numdeck on the account has sent and resolved. Call within `turn`."""
        on_desk, events = self._store.state.attempts, list[Event]()
        for attempt in await self._store.attempts():
            known = on_desk.get(attempt.id)
            stands = as_it_stands(attempt, self._clock.now(), known)
            if stands != known and (stands.is_open or known is not None):
                events.append(AttemptChanged(stands))
            if known is not None and known.state is AttemptState.UNKNOWN and not stands.is_open:
                events.append(Notice(f"Settled by another numdeck on this account: {stands.state}.", important=True))
        await self._store.commit(events)

    def _unknown(self) -> list[Attempt]:
        return [each for each in self._store.state.attempts.values() if each.state is AttemptState.UNKNOWN]

    def _placed(self, attempt: Attempt, record: OrderRecord, entry: Entry | None, reason: str = "") -> list[Event]:
        settled = replace(
            attempt, state=AttemptState.PLACED, order_id=record.id, settled_at=self._clock.now(), reason=reason
        )
        event = Changed(replace(entry, record=record)) if entry is not None else self._found_in_history(record)
        where = "in the history" if isinstance(event, Archived) else "on the desk"
        how = ", by all that is known of it" if record.is_inferred else ""
        told = Notice(f"The purchase whose answer was lost was placed{how}: its order is {where}.", important=True)
        return [AttemptChanged(settled), event, told]

    def _found_in_history(self, record: OrderRecord) -> EntryEvent:
        """An order of ours that the history had first: its codes are news, its row has to be shown, and followed.

        Only one whose end was seen here has been on the desk already.
        """
        entry = Entry(record=record, phase=Phase.ENDED, last_seen_active_at=record.first_seen)
        if record.ended_at is not None and not record.in_history:
            return Archived(entry)
        record = make_news(record)
        if record.is_ended:
            ended_at = record.first_seen if record.ended_at is None else record.ended_at
            entry = replace(entry, record=replace(record, in_history=False, ended_at=ended_at))
        else:
            entry = replace(
                entry,
                record=replace(record, in_history=False),
                phase=Phase.FOLLOWING,
                next_lookup_at=self._clock.now(),
            )
        return CodesArrived(entry, record.codes) if record.codes else Changed(entry)

    def _search_ended(self, attempt: Attempt, records: Sequence[OrderRecord], *, is_done: bool) -> list[Event]:
        """Close an attempt, or leave it to the operator, once everything was seen that may have come of it."""
        was_ended = attempt.searched_at is not None
        if not was_ended and not is_done:
            return []
        left = list(candidates(attempt, records, self._region_of))
        if not left:
            return self._not_placed(attempt)
        if was_ended:
            return []
        told = f"{pluralize(len(left), 'order')} may be what came of the purchase whose answer was lost: open its row."
        return [AttemptChanged(replace(attempt, searched_at=self._clock.now())), Notice(told, important=True)]

    def _not_placed(self, attempt: Attempt, reason: str = "No order of it appeared on the account.") -> list[Event]:
        settled = replace(attempt, state=AttemptState.NOT_PLACED, settled_at=self._clock.now(), reason=reason)
        return [
            AttemptChanged(settled),
            Notice(f"The purchase whose answer was lost counts as not placed. {reason}", important=True),
        ]
