"""Two views of one order, merged: what an answer says and what was known, or what two numdecks have written."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from numdeck.model.codes import Code, new_codes, reread, reread_codes
from numdeck.model.order import TOLD_FIELDS, Order, Status, merge_extras
from numdeck.model.record import OrderRecord, Origin

_KEPT: Final = (*TOLD_FIELDS, "pk")
"""The fields that a newer answer replaces unless it leaves them out."""

_NOT_TOLD: Final = (None, "", ())


def merge_order(known: Order, seen: Order) -> Order:
    """Merge two answers about one order: the newer one counts, except for fields that it leaves out.

    A late answer that still says `waiting` does not undo an end: detail, list and history lag behind one another. Codes
    are only added.
    """
    status, status_text = seen.status, seen.status_text
    is_late = known.status.is_final and (not seen.status.is_final or seen.status is Status.ENDED)
    if is_late or (status is Status.UNKNOWN and not status_text):
        status, status_text = known.status, known.status_text
    kept = {name: getattr(known, name) for name in _KEPT if getattr(seen, name) in _NOT_TOLD}
    merged = replace(
        seen,
        status=status,
        status_text=status_text,
        codes=_merge_texts(known.codes, seen.codes),
        extras=merge_extras(known.extras, seen.extras),
        **kept,
    )
    return replace(merged, can_cancel=False) if merged.can_cancel and status.is_final else merged


def _merge_texts(known: tuple[str, ...], seen: tuple[str, ...]) -> tuple[str, ...]:
    if known == seen:
        return known
    known = tuple(text for _, text in reread_codes(known, seen))
    return known + new_codes(known, seen)


def merge_record(stored: OrderRecord, written: OrderRecord) -> OrderRecord:
    """Merge two records of one order: `written` is newer, but undoes nothing that is certain.

    Certain are codes, their instants and that they were seen, an end, the purchase with its request, and the bounds of
    its instant.
    """
    codes = _merge_codes(stored.codes, written.codes)
    texts = tuple(code.text for code in codes)
    order = merge_order(stored.order, written.order)
    return replace(
        merge_purchase(stored, written),
        order=order if order.codes == texts else replace(order, codes=texts),
        first_seen=min(stored.first_seen, written.first_seen),
        codes=codes,
        ended_at=written.ended_at if stored.ended_at is None else stored.ended_at,
        last_seen_active_at=written.last_seen_active_at if stored.ended_at is None else stored.last_seen_active_at,
        in_history=written.in_history and stored.in_history,  # an order on somebody's desk is followed there
    )


def _merge_codes(stored: tuple[Code, ...], written: tuple[Code, ...]) -> tuple[Code, ...]:
    """Merge the codes of two records: seen codes stay seen; of equal texts the last ones are the new ones."""
    stored_texts, written_texts = (tuple(code.text for code in codes) for codes in (stored, written))
    stored, written = reread(stored, written_texts), reread(written, stored_texts)
    unmatched = list(written)
    merged = []
    for code in stored:
        same = next((each for each in unmatched if each.text == code.text), None)
        if same is not None:
            unmatched.remove(same)
        merged.append(code if same is None else replace(code, sight=max(code.sight, same.sight)))
    return (*merged, *unmatched)


def merge_purchase(stored: OrderRecord, written: OrderRecord) -> OrderRecord:
    """Return `written` with what either record knows of the purchase: who bought it, for what, and when.

    A purchase here, and the operator's word, are certain. Of two inferred ones the stored one counts.
    """
    surer = max(stored, written, key=_certainty) if _certainty(stored) != _certainty(written) else None
    if surer is None:
        surer = stored if stored.is_inferred else written
    return replace(
        written,
        origin=surer.origin,
        request=surer.request or written.request or stored.request,
        is_inferred=surer.is_inferred,
        bought=written.bought.intersect(stored.bought),
    )


def _certainty(record: OrderRecord) -> int:
    """How certain it is that an order was bought here."""
    if record.origin is not Origin.HERE:
        return 0
    return 1 if record.is_inferred else 2
