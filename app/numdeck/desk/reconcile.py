"""What was known + what was seen → what happened. Pure: no clock, no network, no disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from numdeck.desk.events import Appeared, CancelDropped, Changed, CodesArrived, Ended, EntryEvent, LeftList
from numdeck.desk.state import Entry, Phase
from numdeck.model.cancel_window import CancelReason
from numdeck.model.cancellation import CancelIntent, CancelStep
from numdeck.model.codes import Code, Sight, new_codes, reread
from numdeck.model.interval import Interval
from numdeck.model.merging import merge_order, merge_purchase
from numdeck.model.order import Listing, Order, Status
from numdeck.model.record import OrderRecord, Origin


@dataclass(frozen=True, slots=True)
class Seen:
    """The active list, and what is needed to judge what is new in it.

    `previous` is when the previous good list was asked for (epoch seconds), None if there was none in this run.
    `first_start` says that nothing was known before: codes that are there already are no news then. `journaled` is what
    the journal has of listed orders that are not on the desk.
    """

    listing: Listing
    previous: float | None = None
    first_start: bool = False
    journaled: Mapping[str, OrderRecord] = field(default_factory=dict)


def reconcile_list(entries: Mapping[str, Entry], seen: Seen) -> list[EntryEvent]:
    """Compare the active list with what was known of active orders."""
    listing = seen.listing
    sent_at, answered_at = listing.sent_at, listing.answered_at
    events: list[EntryEvent] = []
    listed: set[str] = set()
    for order in listing.orders:
        listed.add(order.id)
        known = entries.get(order.id)
        if known is None:
            events += _appear(order, seen)
        else:
            events += observe(known, order, asked_at=sent_at, seen_at=answered_at, in_list=True)
    for entry in entries.values():
        if entry.id in listed or not _should_be_listed(entry, sent_at):
            continue
        if not listing.unreadable:
            events.append(LeftList(replace(entry, phase=Phase.FOLLOWING, next_lookup_at=answered_at, lookup_count=0)))
        elif entry.next_lookup_at is None:
            events.append(EntryEvent(replace(entry, next_lookup_at=answered_at, lookup_count=0)))
    return events


def adopt_purchases(entries: Mapping[str, Entry], journaled: Mapping[str, OrderRecord]) -> list[Entry]:
    """Return the entries that another numdeck on the account bought, as orders that were bought here.

    The list shows them as strangers'. `journaled` is what the journal has of them by now.
    """
    known = [(entries[order_id], record) for order_id, record in journaled.items() if order_id in entries]
    adopted = [
        replace(entry, record=merge_purchase(record, entry.record))
        for entry, record in known
        if record.origin is Origin.HERE and may_be_adopted(entry)
    ]
    return [entry for entry in adopted if entry != entries[entry.id]]


def may_be_adopted(entry: Entry) -> bool:
    """Whether the journal may know better who bought an order."""
    return entry.record.origin is not Origin.HERE or entry.record.is_inferred


def _should_be_listed(entry: Entry, asked_at: float) -> bool:
    """Whether a list that was asked for at `asked_at` says something by leaving it out.

    Of orders that wait for their number those are listed that a list has told of: the others are looked up anyway.
    """
    is_listed = entry.phase is Phase.LISTED or (entry.phase is Phase.ASSIGNING and entry.next_lookup_at is None)
    return is_listed and entry.last_seen_active_at <= asked_at


def _appear(order: Order, seen: Seen) -> list[EntryEvent]:
    sent_at, answered_at = seen.listing.sent_at, seen.listing.answered_at
    known = seen.journaled.get(order.id)
    if known is not None:
        if known.is_ended:
            return []  # the list lags behind an end that was seen
        entry = Entry(record=replace(known, in_history=False), phase=Phase.LISTED, last_seen_active_at=sent_at)
        later = observe(entry, order, asked_at=sent_at, seen_at=answered_at, in_list=True)
        return [Appeared(entry), *later]
    bought = Interval.up_to(answered_at) if seen.previous is None else Interval(seen.previous, answered_at)
    is_news = bool(order.codes) and not seen.first_start
    sight = Sight.UNSEEN if is_news else Sight.PAST
    codes = tuple(Code(text, answered_at, sight, bought.earliest) for text in order.codes)
    record = OrderRecord(order=order, bought=bought, first_seen=answered_at, codes=codes)
    entry = Entry(record=record, phase=phase_of(order), last_seen_active_at=sent_at)
    return [Appeared(entry), CodesArrived(entry, codes)] if is_news else [Appeared(entry)]


def observe(entry: Entry, order: Order, *, asked_at: float, seen_at: float, in_list: bool = False) -> list[EntryEvent]:
    """Join one answer about a known order (list, detail or history) with what was known of it.

    `asked_at` and `seen_at` are when it was asked and answered, epoch seconds.
    """
    record = entry.record
    merged = merge_order(record.order, order)
    known = reread(record.codes, order.codes)
    fresh_texts = new_codes(tuple(code.text for code in known), order.codes)
    fresh = tuple(Code(text, seen_at, Sight.UNSEEN, entry.last_seen_active_at) for text in fresh_texts)
    ended_now = merged.status.is_final and not record.is_ended
    after = replace(
        entry,
        record=replace(
            record,
            order=merged,
            codes=known + fresh,
            ended_at=seen_at if ended_now else record.ended_at,
            last_seen_active_at=entry.last_seen_active_at if ended_now else record.last_seen_active_at,
        ),
        phase=_next_phase(entry, merged, in_list=in_list),
    )
    if in_list and not merged.status.is_final:
        after = replace(after, last_seen_active_at=max(entry.last_seen_active_at, asked_at))
    after = _settle(after, entry, in_list=in_list)
    events: list[EntryEvent] = []
    if fresh:
        events.append(CodesArrived(after, fresh))
    if ended_now:
        events.append(Ended(after))
        if entry.intent is CancelIntent.ARMED and merged.status is Status.NOT_SMS_CODE:
            events.append(CancelDropped(after, CancelReason.ENDED))
    if not events and _shown(after) != _shown(entry):
        events.append(Changed(after))
    elif not events and after != entry:
        events.append(EntryEvent(after))
    return events


def _shown(entry: Entry) -> tuple[object, ...]:
    return (entry.record, entry.phase, entry.intent, entry.cancel, entry.failure)


def phase_of(order: Order) -> Phase:
    """Where an order stands that the list, or the answer to its purchase, has just told."""
    if order.status.is_final:
        return Phase.ENDED
    if order.status is Status.NEW or order.phone_number is None:
        return Phase.ASSIGNING
    return Phase.LISTED


def _next_phase(entry: Entry, order: Order, *, in_list: bool) -> Phase:
    phase = phase_of(order)
    if in_list or phase is Phase.ENDED:
        return phase
    if entry.phase is Phase.FOLLOWING or order.status is Status.CALCULATION:
        # Only the list brings an order back into the list: a detail that still says waiting lags behind it.
        return Phase.FOLLOWING
    return phase


def _settle(after: Entry, before: Entry, *, in_list: bool) -> Entry:
    """Plan the next look, and close a cancellation whose outcome is known."""
    if after.phase is Phase.ENDED:
        return replace(
            after, intent=CancelIntent.NONE, cancel=CancelStep.NONE, next_lookup_at=None, lookup_count=0, failure=None
        )
    if after.record.codes and after.intent is CancelIntent.ARMED:
        after = replace(after, intent=CancelIntent.NONE)
    is_told = in_list or before.phase is not Phase.LISTED
    if after.phase is Phase.LISTED and is_told and not after.cancel.is_under_way:
        return replace(after, next_lookup_at=None, lookup_count=0)
    return after


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a history listing says of orders that are not on the desk.

    `records` are those that are new to us, or different by now: the new ones first, newest first, as the listing has
    them. `events` are of orders that got a code: they come onto the desk. `unfinished` are the ids of those whose end
    is still to come.
    """

    records: tuple[OrderRecord, ...]
    events: tuple[EntryEvent, ...]
    unfinished: frozenset[str]


def read_history(orders: Iterable[Order], known: Mapping[str, OrderRecord], *, seen_at: float) -> Recorded:
    """Join a history listing with what the journal has of its orders; `known` has none that is on the desk.

    Orders that ended before anybody here saw them keep `ended_at` None, as nobody knows when they did. Those in
    `calculation` belong to the history as well. What still waits is left to the active list.
    """
    new: list[OrderRecord] = []
    changed: list[OrderRecord] = []
    events: list[EntryEvent] = []
    unfinished: set[str] = set()
    for order in orders:
        if not (order.status.is_final or order.status is Status.CALCULATION):
            continue
        record = known.get(order.id)
        if record is None:
            record = _record_of_the_past(order, seen_at)
            new.append(record)
        else:
            entry = Entry(record=record, phase=Phase.FOLLOWING, last_seen_active_at=record.first_seen)
            happened = observe(entry, order, asked_at=seen_at, seen_at=seen_at)
            if any(isinstance(event, CodesArrived) for event in happened):
                events += [_onto_desk(event, seen_at) for event in happened]
                continue
            changed += [event.entry.record for event in happened[-1:]]
            record = happened[-1].entry.record if happened else record
        if not record.is_ended:
            unfinished.add(record.id)
    return Recorded(tuple(new + changed), tuple(events), frozenset(unfinished))


def _record_of_the_past(order: Order, seen_at: float) -> OrderRecord:
    return OrderRecord(
        order=order,
        bought=Interval.up_to(seen_at),
        first_seen=seen_at,
        codes=tuple(Code(text, seen_at) for text in order.codes),
        in_history=not order.status.is_final,
    )


def _onto_desk(event: EntryEvent, seen_at: float) -> EntryEvent:
    """An order of the history gets onto the desk, and is followed there if its end is still to come."""
    return replace(event, entry=replace(event.entry, next_lookup_at=seen_at if event.entry.is_open else None))
