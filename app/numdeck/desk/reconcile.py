"""What was known, joined with what was seen, gives what happened. Pure: no clock, no network, no disk."""

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

    `previous` is when the previous list was requested (epoch seconds), None for the first of this run. `first_start` is
    whether nothing was known before: then codes that are there already are not news. `journaled` is what the journal
    has of listed orders that are not on the desk.
    """

    listing: Listing
    previous: float | None = None
    first_start: bool = False
    journaled: Mapping[str, OrderRecord] = field(default_factory=dict)


def reconcile_list(entries: Mapping[str, Entry], seen: Seen) -> list[EntryEvent]:
    """Compare the active list with what was known of active orders."""
    listed = {order.id for order in seen.listing.orders}
    events: list[EntryEvent] = []
    for order in seen.listing.orders:
        events += _listed(entries.get(order.id), order, seen)
    for entry in entries.values():
        if entry.id not in listed and _should_be_listed(entry, seen.listing.sent_at):
            events += _left_out(entry, seen)
    return events


def _listed(known: Entry | None, order: Order, seen: Seen) -> list[EntryEvent]:
    sent_at, answered_at = seen.listing.sent_at, seen.listing.answered_at
    if known is not None:
        return observe(known, order, asked_at=sent_at, seen_at=answered_at, in_list=True)
    record = seen.journaled.get(order.id)
    if record is None:
        return _appear(order, seen)
    if record.is_ended:
        return []  # the list lags behind an end that was seen
    entry = Entry(record=replace(record, in_history=False), phase=Phase.LISTED, last_seen_active_at=sent_at)
    return [Appeared(entry), *observe(entry, order, asked_at=sent_at, seen_at=answered_at, in_list=True)]


def _appear(order: Order, seen: Seen) -> list[EntryEvent]:
    """A new order: bought since the previous list, by whomever."""
    sent_at, answered_at = seen.listing.sent_at, seen.listing.answered_at
    bought = Interval.up_to(answered_at) if seen.previous is None else Interval(seen.previous, answered_at)
    is_news = bool(order.codes) and not seen.first_start
    sight = Sight.UNSEEN if is_news else Sight.PAST
    codes = tuple(Code(text, answered_at, sight, bought.earliest) for text in order.codes)
    record = OrderRecord(order=order, bought=bought, first_seen=answered_at, codes=codes)
    entry = Entry(record=record, phase=phase_of(order), last_seen_active_at=sent_at)
    return [Appeared(entry), CodesArrived(entry, codes)] if is_news else [Appeared(entry)]


def _left_out(entry: Entry, seen: Seen) -> list[EntryEvent]:
    """An order that the list leaves out is looked up. It keeps its phase if it may be one of the unreadable ones."""
    looked_up = replace(entry, next_lookup_at=seen.listing.answered_at, lookup_count=0)
    if not seen.listing.unreadable:
        return [LeftList(replace(looked_up, phase=Phase.FOLLOWING))]
    return [EntryEvent(looked_up)] if entry.next_lookup_at is None else []


def adopt_purchases(entries: Mapping[str, Entry], journaled: Mapping[str, OrderRecord]) -> list[Entry]:
    """Return the entries that another numdeck on the account bought, as orders that were bought here.

    The list shows them as bought elsewhere. `journaled` is what the journal has of them now.
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
    """Whether a list that was requested at `asked_at` should have this order.

    An order that waits for its number counts only once a list has had it: until then it is looked up anyway.
    """
    is_listed = entry.phase is Phase.LISTED or (entry.phase is Phase.ASSIGNING and entry.next_lookup_at is None)
    return is_listed and entry.last_seen_active_at <= asked_at


def observe(entry: Entry, order: Order, *, asked_at: float, seen_at: float, in_list: bool = False) -> list[EntryEvent]:
    """Join one answer about a known order (list, detail or history) with what was known of it.

    `asked_at` and `seen_at` are when it was asked and answered, epoch seconds.
    """
    record, fresh = _merge(entry, order, seen_at)
    after = _move(entry, record, asked_at=asked_at, in_list=in_list)
    return _events(entry, after, fresh)


def _merge(entry: Entry, order: Order, seen_at: float) -> tuple[OrderRecord, tuple[Code, ...]]:
    """The record with what the answer says, and the codes that are new in it."""
    record = entry.record
    merged = merge_order(record.order, order)
    known = reread(record.codes, order.codes)
    fresh_texts = new_codes(tuple(code.text for code in known), order.codes)
    fresh = tuple(Code(text, seen_at, Sight.UNSEEN, entry.last_seen_active_at) for text in fresh_texts)
    after = replace(record, order=merged, codes=known + fresh)
    if after.is_ended and not record.is_ended:
        after = replace(after, ended_at=seen_at, last_seen_active_at=entry.last_seen_active_at)
    return after, fresh


def _move(entry: Entry, record: OrderRecord, *, asked_at: float, in_list: bool) -> Entry:
    """The entry with its new record: its phase, when it is looked up next, and what becomes of its cancellation."""
    phase = _next_phase(entry.phase, record.order, in_list=in_list)
    if phase is Phase.ENDED:
        return replace(
            entry,
            record=record,
            phase=phase,
            intent=CancelIntent.NONE,
            cancel=CancelStep.NONE,
            next_lookup_at=None,
            lookup_count=0,
            failure=None,
        )
    is_disarmed = bool(record.codes) and entry.intent is CancelIntent.ARMED
    is_settled = phase is Phase.LISTED and (in_list or entry.phase is not Phase.LISTED)
    needs_no_lookup = is_settled and not entry.cancel.is_under_way
    return replace(
        entry,
        record=record,
        phase=phase,
        last_seen_active_at=max(entry.last_seen_active_at, asked_at) if in_list else entry.last_seen_active_at,
        intent=CancelIntent.NONE if is_disarmed else entry.intent,
        next_lookup_at=None if needs_no_lookup else entry.next_lookup_at,
        lookup_count=0 if needs_no_lookup else entry.lookup_count,
    )


def _events(before: Entry, after: Entry, fresh: tuple[Code, ...]) -> list[EntryEvent]:
    """What happened between two states of an entry; `fresh` are the codes that came."""
    events: list[EntryEvent] = []
    if fresh:
        events.append(CodesArrived(after, fresh))
    if after.record.is_ended and not before.record.is_ended:
        events.append(Ended(after))
        if before.intent is CancelIntent.ARMED and after.record.order.status is Status.NOT_SMS_CODE:
            events.append(CancelDropped(after, CancelReason.ENDED))
    if events or after == before:
        return events
    return [Changed(after) if _visible(after) != _visible(before) else EntryEvent(after)]


def _visible(entry: Entry) -> tuple[object, ...]:
    """What an operator sees of an entry."""
    return (entry.record, entry.phase, entry.intent, entry.cancel, entry.failure)


def phase_of(order: Order) -> Phase:
    """The phase of an order as the list, or the answer to its purchase, has it."""
    if order.status.is_final:
        return Phase.ENDED
    if order.status is Status.NEW or order.phone_number is None:
        return Phase.ASSIGNING
    return Phase.LISTED


def _next_phase(before: Phase, order: Order, *, in_list: bool) -> Phase:
    phase = phase_of(order)
    if in_list or phase is Phase.ENDED:
        return phase
    if before is Phase.FOLLOWING or order.status is Status.CALCULATION:
        # Only the list brings an order back into the list: a detail that still says waiting lags behind it.
        return Phase.FOLLOWING
    return phase


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

    Orders that ended before they were first seen keep `ended_at` None. Those in `calculation` belong to the history as
    well. Waiting ones are left to the active list.
    """
    new: list[OrderRecord] = []
    changed: list[OrderRecord] = []
    events: list[EntryEvent] = []
    unfinished: set[str] = set()
    for order in orders:
        if not (order.status.is_final or order.status is Status.CALCULATION):
            continue
        before = known.get(order.id)
        happened = [] if before is None else _observe_recorded(before, order, seen_at)
        if any(isinstance(event, CodesArrived) for event in happened):
            events += [_onto_desk(event, seen_at) for event in happened]
            continue
        if before is None:
            record = _record_of_the_past(order, seen_at)
            new.append(record)
        elif happened:
            record = happened[-1].entry.record
            changed.append(record)
        else:
            record = before
        if not record.is_ended:
            unfinished.add(record.id)
    return Recorded(tuple(new + changed), tuple(events), frozenset(unfinished))


def _observe_recorded(record: OrderRecord, order: Order, seen_at: float) -> list[EntryEvent]:
    entry = Entry(record=record, phase=Phase.FOLLOWING, last_seen_active_at=record.first_seen)
    return observe(entry, order, asked_at=seen_at, seen_at=seen_at)


def _record_of_the_past(order: Order, seen_at: float) -> OrderRecord:
    return OrderRecord(
        order=order,
        bought=Interval.up_to(seen_at),
        first_seen=seen_at,
        codes=tuple(Code(text, seen_at) for text in order.codes),
        in_history=not order.status.is_final,
    )


def _onto_desk(event: EntryEvent, seen_at: float) -> EntryEvent:
    """Bring an order of the history onto the desk, where it is followed if its end is still to come."""
    return replace(event, entry=replace(event.entry, next_lookup_at=seen_at if event.entry.is_open else None))
