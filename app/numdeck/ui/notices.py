"""What the desk announces, in sentences, and what becomes of a sentence that is no longer true."""

from __future__ import annotations

from typing import Final, TypeAlias

from numdeck.desk.events import BalanceLow, CaughtUp, ClockWrong, Event, Notice
from numdeck.desk.state import Entry
from numdeck.model.cancellation import Cancellation
from numdeck.model.catch_up import Away
from numdeck.model.clock import ClockTrouble
from numdeck.model.duration import show_coarse
from numdeck.model.money import LowBalance, show_money
from numdeck.model.text import pluralize
from numdeck.ui.cancellation import failure_sentence, outcome_sentence
from numdeck.ui.display import DisplayOptions, show_number

_ROUND_TO: Final = 10.0
"""A difference between two clocks is rounded to so many seconds: no measurement is exact to one."""


def notice_sentence(event: Event) -> str:
    """Say what an event announces; empty if it is no announcement."""
    match event:
        case Notice(sentence):
            return sentence
        case CaughtUp(away, absence):
            return away_sentence(away, absence)
        case ClockWrong(trouble):
            return clock_sentence(trouble)
        case BalanceLow(balance):
            return low_balance_sentence(balance)
        case _:
            return ""


def away_sentence(away: Away, absence: float) -> str:
    """What happened while numdeck was not running for `absence` seconds; empty if nothing did."""
    ended = sum(count for _, count in away.ends)
    ends = ", ".join(f"{count} {status.label}" for status, count in away.ends)
    parts = [
        pluralize(away.codes, "code") if away.codes else "",
        f"{pluralize(ended, 'order')} ended ({ends})" if ended else "",
        f"{away.bought} bought outside numdeck" if away.bought else "",
        f"{show_money(away.spent)} spent" if away.spent else "",
        f"{show_money(away.returned)} refunded" if away.returned else "",
    ]
    news = ", ".join(filter(None, parts))
    sentences = [
        f"While numdeck was not running ({show_coarse(absence)}): {news}." if news else "",
        f"Not seen yet: {pluralize(away.unseen, 'code')}." if away.unseen > away.codes else "",
    ]
    return " ".join(filter(None, sentences))


def clock_sentence(trouble: ClockTrouble) -> str:
    """By how much this machine's clock is wrong, and what numdeck does about it."""
    if trouble.was_moved:
        way = "forward" if trouble.behind < 0 else "back"
        return f"This machine's clock was moved {way} by {show_coarse(abs(trouble.behind))}: numdeck goes on as before."
    way = "behind" if trouble.behind > 0 else "ahead of"
    measured = round(abs(trouble.behind) / _ROUND_TO) * _ROUND_TO
    return f"This machine's clock is {show_coarse(measured)} {way} the service's: numdeck goes by the service's."


def low_balance_sentence(balance: LowBalance) -> str:
    """That the balance is low, and compared to what."""
    amount = show_money(balance.amount)
    if balance.limit is not None:
        return f"The balance is {amount}, under {show_money(balance.limit)}: top up the account."
    return f"The balance is {amount}, and the last order cost {show_money(balance.last_price)}: top it up."


Known: TypeAlias = tuple[Entry, Cancellation]
"""An order on the desk, and how it stands with cancelling it."""


def still_said(sentence: str, before: Known, now: Known | None, display: DisplayOptions) -> str:
    """What a sentence about an order has become: itself, what came of it, or nothing any more.

    `before` is the order as it was when the sentence was said, `now` as it is now; None if it left the desk.
    """
    if now is None:
        return ""
    if not before[1].is_awaited:
        return sentence if _facts(now[0]) == _facts(before[0]) else ""
    entry, cancellation = now
    if outcome := outcome_sentence(entry.record.order, display):
        return outcome
    if cancellation.is_awaited and cancellation.is_under_way == before[1].is_under_way:
        return sentence
    what = "cancelling." if cancellation.is_under_way else failure_sentence(entry)
    return f"{show_number(entry.record.order.phone_number, display)}: {what}" if what else ""


def _facts(entry: Entry) -> tuple[object, ...]:
    """What a sentence about an order may rest on."""
    order = entry.record.order
    return (order.status, order.phone_number, len(entry.record.codes), entry.intent, entry.cancel)
