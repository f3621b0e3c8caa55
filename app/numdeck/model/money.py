"""Money is `Decimal`, in USD, and unknown money is unknown, not zero."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final, TypeGuard

UNKNOWN: Final = "?"
"""How an amount that nobody told is shown."""

# A comma separates thousands, or the text is no amount: 0,15 must not become 15. A float may bring many decimals.
_AMOUNT = re.compile(r"-?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,20})?")


_MOST_DIGITS: Final = 20


def parse_money(raw: object) -> Decimal | None:
    """Read an amount in USD from a number or a text such as `0.15`, `$12.34` or `"$12.34"`; None when there is none."""
    if isinstance(raw, bool) or raw is None:
        return None
    text = (format(raw, "f") if _is_plain(raw) else str(raw)).strip().strip('"').replace("$", "").strip()
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern above admits no such text
        return None


def _is_plain(raw: object) -> TypeGuard[Decimal]:
    """Whether a number can be written without an exponent in a few signs."""
    return isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) < _MOST_DIGITS


def show_money(amount: Decimal | None, *, signed: bool = False) -> str:
    """Write an amount as `$0.15`, `$0.0025`; `signed` puts − or + before it; `?` when unknown.

    Parts of a cent are shown, to four places: a markup or a cheap country makes them, and they are charged.
    """
    if amount is None:
        return UNKNOWN
    sign = "−" if amount < 0 else ("+" if signed and amount > 0 else "")
    exact = f"{abs(amount):,.4f}"
    return f"{sign}${exact.removesuffix('00')}"
