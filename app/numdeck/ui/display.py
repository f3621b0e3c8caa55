"""How values are shown: numbers grouped or masked, codes, times in the chosen zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from numdeck.desk.state import Names
from numdeck.model.duration import show_age
from numdeck.model.interval import Interval
from numdeck.model.money import Balance, show_money
from numdeck.model.phone import group_number, number_region
from numdeck.model.record import OrderRecord
from numdeck.model.text import MAX_FIELD, clean

MASK: Final = "•"

SEEN_WITHIN: Final = 60.0
"""What was seen so soon after it happened, in seconds, happened when it was seen: polls are not closer together."""

_TIME_CELLS: Final = len("14:02:11")
_TIME_OF_DAY: Final = len(" 14:02")


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How rows are to be shown: names of codes, numbers and codes masked, times in UTC."""

    names: Names = field(default_factory=Names)
    masked: bool = False
    utc: bool = False


def show_number(raw: str | None, display: DisplayOptions) -> str:
    """A phone number, grouped, or masked but for its last two digits."""
    if raw is None:
        return "assigning…"
    if display.masked:
        return mask(raw, keep=2)
    return group_number(raw)


def mask(text: str, *, keep: int = 0) -> str:
    """Hide a text but for its last `keep` characters."""
    return MASK * max(0, len(text) - keep) + (text[-keep:] if keep else "")


def show_country(record: OrderRecord, display: DisplayOptions) -> str:
    """The country that was asked for; where nobody told it, the region that the number itself is of, with a `≈`."""
    if record.country_code is not None:
        return display.names.country(record.country_code)
    region = number_region(record.order.phone_number or "")
    return display.names.country(None) if region is None else f"≈ {region}"


def show_code(text: str, display: DisplayOptions, limit: int = MAX_FIELD) -> str:
    """A code, or as many dots. A long one is cut; its details show it whole."""
    text = clean(text, limit)
    return mask(text) if display.masked else text


def show_balance(balance: Balance | None, now: float) -> str:
    """The balance, with its age when it may be another one by now; `?` when the service never told it."""
    if balance is None:
        return show_money(None)
    amount = show_money(balance.amount)
    return amount if balance.is_current(now) else f"{amount} · {show_age(max(0.0, now - balance.told_at))} old"


def show_when(instant: float, display: DisplayOptions, *, now: float) -> str:
    """A moment as `14:02:11` today, and as `23 Nov 14:02` on other days; local, or UTC."""
    zone = UTC if display.utc else None
    moment, today = (datetime.fromtimestamp(value, tz=UTC).astimezone(zone) for value in (instant, now))
    return moment.strftime("%H:%M:%S" if moment.date() == today.date() else "%d %b %H:%M")


def show_minute(instant: float, display: DisplayOptions) -> str:
    """A moment that is near, as `14:02`; local, or UTC."""
    return datetime.fromtimestamp(instant, tz=UTC).astimezone(UTC if display.utc else None).strftime("%H:%M")


def show_interval(interval: Interval, display: DisplayOptions, *, now: float, within: float) -> str:
    """What is known of an instant: `14:02:11` if it is known `within` so many seconds, else both bounds or the later.

    `between 14:02:11 and 14:03:40`, `by 14:02:11`.
    """
    latest = show_when(interval.latest, display, now=now)
    if interval.latest - interval.earliest <= within:
        return latest
    if interval.is_open:
        return f"by {latest}"
    earliest = show_when(interval.earliest, display, now=now)
    return latest if earliest == latest else f"between {earliest} and {latest}"


def show_by(interval: Interval | None, display: DisplayOptions, *, now: float) -> str:
    """What is known of the end of an order, in a narrow cell: `14:02:11`, `by 14:02:11`, `by 23 Nov`, `earlier`."""
    if interval is None:
        return "earlier"
    latest = show_when(interval.latest, display, now=now)
    if interval.latest - interval.earliest <= SEEN_WITHIN:
        return latest
    return f"by {latest if len(latest) <= _TIME_CELLS else latest[:-_TIME_OF_DAY]}"


def zone_name(now: float, *, utc: bool) -> str:
    """The name of the zone in which times are shown."""
    return "UTC" if utc else datetime.fromtimestamp(now, tz=UTC).astimezone().tzname() or "local"
