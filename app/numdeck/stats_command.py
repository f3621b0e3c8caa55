"""`numdeck stats`: what the orders of the history came to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from numdeck.account_history import open_history
from numdeck.desk.state import Names
from numdeck.model.duration import show_clock
from numdeck.model.money import show_money
from numdeck.model.record import OrderRecord
from numdeck.model.statistics import (
    ENOUGH,
    Summary,
    percentile,
    share_later,
    share_waiting,
    summarise,
    survival,
    wilson,
)
from numdeck.model.text import clean, pluralize
from numdeck.settings import Settings

GROUPS: Final = ("service", "country", "provider", "day", "hour")
_TIMES: Final = frozenset({"day", "hour"})
_MINUTE: Final = 60.0
_TABLE: Final = "{:<20} {:>7} {:>7} {:>5} {:>10} {:>10} {:>9} {:>7}"
_SHARES_UP_TO: Final = 15
"""Minutes for which it is said who still waits: as long as a short order lives."""


def run_stats(settings: Settings, words: str, by: str, *, as_json: bool, ended_since: float | None) -> int:
    """Sum up the orders that have all these words, by one of `GROUPS`, and return the exit status.

    `ended_since` is in epoch seconds. Raises SettingsError when there is no history.
    """
    with open_history(settings) as history:
        group = _grouping(by, history.names, utc=settings.screen.utc)
        total, groups = summarise(history.records(words, ended_since=ended_since), group)
    ordered = dict(sorted(groups.items(), key=_by_time if by in _TIMES else _by_size))
    if as_json:
        values = {**_values(total), "groups": {name: _values(each) for name, each in ordered.items()}}
        sys.stdout.write(f"{json.dumps(values, ensure_ascii=False)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in [*_lines(total), "", *_table(by, ordered)])
    return 0


def _by_time(item: tuple[str, Summary]) -> str:
    return item[0]


def _by_size(item: tuple[str, Summary]) -> tuple[int, str]:
    return -item[1].orders, item[0]


def _grouping(by: str, names: Names, *, utc: bool) -> Callable[[OrderRecord], str]:
    def moment(record: OrderRecord) -> datetime:
        return datetime.fromtimestamp(record.bought.latest, tz=UTC).astimezone(UTC if utc else None)

    groupings: Mapping[str, Callable[[OrderRecord], str]] = {
        "service": lambda record: names.service(record.service_code),
        "country": lambda record: names.country(record.country_code),
        "provider": lambda record: record.order.provider or "?",
        "day": lambda record: moment(record).strftime("%Y-%m-%d"),
        "hour": lambda record: moment(record).strftime("%H:00"),
    }
    return groupings[by]


def _values(summary: Summary) -> dict[str, object]:
    """A summary as JSON: money as decimal text, times in seconds, shares from 0 to 1."""
    low, high = wilson(summary.with_code, summary.orders)
    curve, cost = survival(summary.waits), summary.cost_per_code
    return {
        "orders": summary.orders,
        "with_code": summary.with_code,
        "success_rate": {"share": summary.success_rate, "low": low, "high": high},
        "charged": f"{summary.charged:f}",
        "refunded": f"{summary.refunded:f}",
        "cost_per_code": None if cost is None else f"{cost:.4f}",
        "unpriced": summary.unpriced,
        "time_to_code": {
            "orders": len(summary.waits),
            "median": percentile(curve, 0.5),
            "p90": percentile(curve, 0.9),
        },
        "still_waiting": [
            [minutes * _MINUTE, share_waiting(curve, minutes * _MINUTE)] for minutes in range(_SHARES_UP_TO + 1)
        ]
        if curve
        else [],
    }


def _lines(summary: Summary) -> Iterator[str]:
    low, high = wilson(summary.with_code, summary.orders)
    rate = summary.success_rate
    share = "" if rate is None else f": {_percent(rate)} (95 % interval {_percent(low)} to {_percent(high)})"
    yield f"{pluralize(summary.orders, 'order')}, {summary.with_code:,} with a code{share}"
    unpriced = f" (and {pluralize(summary.unpriced, 'order')} whose price is unknown)" if summary.unpriced else ""
    cost = "" if summary.cost_per_code is None else f", {show_money(summary.cost_per_code)} per code"
    yield f"Charged {show_money(summary.charged)}, refunded {show_money(summary.refunded)}{cost}{unpriced}"
    if len(summary.waits) < ENOUGH:
        yield f"Time to the code: too few orders ({len(summary.waits)}) whose purchase and code were both seen in time."
        return
    curve = survival(summary.waits)
    median, slow = percentile(curve, 0.5), percentile(curve, 0.9)
    yield (
        f"Time to the code: median {_time(median)}, 90th percentile {_time(slow)} "
        f"({pluralize(len(summary.waits), 'order')})"
    )
    for minutes in (2, 4, 6, 8, 10):
        later = share_later(curve, minutes * _MINUTE)
        if later is not None:
            yield f"  Of those still waiting at {minutes}:00, {_percent(later)} got a code later."
    yield "  Orders that were cancelled count as waiting until then: if those were hopeless, this is too optimistic."


def _table(by: str, groups: Mapping[str, Summary]) -> Iterator[str]:
    yield _TABLE.format(by.upper(), "ORDERS", "CODES", "RATE", "CHARGED", "REFUNDED", "PER CODE", "MEDIAN")
    for name, each in groups.items():
        few = each.orders < ENOUGH
        rate = "few" if few or each.success_rate is None else _percent(each.success_rate)
        cost = "—" if each.cost_per_code is None else show_money(each.cost_per_code)
        median = "few" if len(each.waits) < ENOUGH else _time(percentile(survival(each.waits), 0.5))
        charged, refunded = show_money(each.charged), show_money(each.refunded)
        counts = f"{each.orders:,}", f"{each.with_code:,}"
        yield _TABLE.format(clean(name, 20), *counts, rate, charged, refunded, cost, median)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _time(seconds: float | None) -> str:
    return "never" if seconds is None else show_clock(seconds)
