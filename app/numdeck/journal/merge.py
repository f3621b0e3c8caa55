"""Joining what is written with what is there: a second numdeck on the same account may know more than this one."""

from __future__ import annotations

from dataclasses import replace

from numdeck.model.record import OrderRecord, Origin, merge_order, new_codes


def merge_record(stored: OrderRecord, written: OrderRecord) -> OrderRecord:
    """Join two records of one order: the written one is newer, but takes nothing back that was learnt for certain.

    Those are codes and their instants, an end, the purchase and its request, and the bounds of its instant. Codes that
    the writer did not know cannot have been acknowledged by it.
    """
    stored_codes = tuple(code.text for code in stored.codes)
    written_codes = tuple(code.text for code in written.codes)
    unmatched = list(new_codes(stored_codes, written_codes))
    fresh = []
    for code in reversed(written.codes):  # among equal codes the last ones are the new ones
        if code.text in unmatched:
            unmatched.remove(code.text)
            fresh.append(code)
    missed = bool(new_codes(written_codes, stored_codes))
    return replace(
        written,
        order=merge_order(stored.order, written.order),
        bought=written.bought.intersect(stored.bought),
        first_seen=min(stored.first_seen, written.first_seen),
        origin=Origin.HERE if Origin.HERE in {stored.origin, written.origin} else Origin.ELSEWHERE,
        request=written.request or stored.request,
        codes=stored.codes + tuple(reversed(fresh)),
        ended_at=written.ended_at if stored.ended_at is None else stored.ended_at,
        acknowledged=written.acknowledged and (stored.acknowledged or not missed),
    )
