"""One canonical form for an order's id."""

from __future__ import annotations

import re

from numdeck.model.text import clean

_HEX_ID = re.compile(r"[0-9a-f]{32}")


def canonical_id(raw: str) -> str:
    """Bring an id to the form in which ids are compared: 32 lower-case hex digits for a UUID in any spelling.

    One order is `7106…` in one answer and `7106…-…` in another. An id that is no UUID is kept as its cleaned text.
    """
    squeezed = raw.strip().replace("-", "").lower()
    return squeezed if _HEX_ID.fullmatch(squeezed) else clean(raw.strip())


def wire_id(order_id: str) -> str:
    """Spell a canonical id as the documentation's paths do: dashed for a UUID, as it is otherwise."""
    if not _HEX_ID.fullmatch(order_id):
        return order_id
    return f"{order_id[:8]}-{order_id[8:12]}-{order_id[12:16]}-{order_id[16:20]}-{order_id[20:]}"
