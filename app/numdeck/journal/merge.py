"""Joining what is written with what is there: a second numdeck on the same account may know more than this one."""

from __future__ import annotations

from dataclasses import replace

from numdeck.model.codes import Code, reread
from numdeck.model.record import OrderRecord, merge_order, merge_purchase


def merge_record(stored: OrderRecord, written: OrderRecord) -> OrderRecord:
    """Join two records of one order: the written one is newer, but takes nothing back that was learnt for certain.

    Those are codes, their instants and that they were seen, an end, the purchase and its request, and the bounds of its
    instant. Who bought it, and the operator, know better than who inferred it.
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
        in_history=written.in_history and stored.in_history,  # once on somebody's desk, it is followed there
    )


def _merge_codes(stored: tuple[Code, ...], written: tuple[Code, ...]) -> tuple[Code, ...]:
    """Join the codes of two records: what was seen stays seen; among equal texts the last ones are the new ones."""
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
