"""The status line: is the screen to be trusted, whose money is it, how much of it is left."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal

from numdeck.desk.port import StateView
from numdeck.model.duration import show_clock, show_coarse, show_pace
from numdeck.model.link import Link, LinkState
from numdeck.model.money import show_money
from numdeck.model.text import pluralize
from numdeck.ui.display import show_balance
from numdeck.ui.panes.text import StaticText

_SIGNS: Final = {LinkState.LIVE: "●", LinkState.CONNECTING: "○"}
TROUBLE_SIGN: Final = "▲"
_MEDIUM: Final = 80
_PADDING: Final = 2
"""Cells beside the text of each part."""


class StatusLine(Horizontal):
    """One line at the top: connection and age of data at the left, money at the right."""

    def __init__(self, *, is_sandbox: bool, is_read_only: bool) -> None:
        super().__init__()
        self._is_sandbox = is_sandbox
        self._is_read_only = is_read_only

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield StaticText("numdeck", id="brand")
        yield StaticText("○ connecting", id="link")
        if self._is_sandbox:
            yield StaticText("SANDBOX", id="sandbox-badge")
        if self._is_read_only:
            yield StaticText("READ-ONLY", id="read-only-badge")
        yield StaticText("", id="trouble")
        yield StaticText("", id="money")

    def show(self, state: StateView, now: float) -> None:
        """Say how things stand; `now` in epoch seconds."""
        link = state.link
        words = link_text(link, now, is_short=self.size.width < _MEDIUM)
        trouble = link.is_troubled(now)
        part = self.query_one("#link", StaticText)
        part.say(f"{TROUBLE_SIGN if trouble else _SIGNS[link.state]} {words}")
        part.set_class(trouble, "-trouble")
        self.query_one("#trouble", StaticText).say(self._trouble(state))
        money = self.query_one("#money", StaticText)
        others = (part for part in self.query(StaticText) if part is not money)
        money.say(money_words(state, now, self.size.width - sum(cell_len(part.said) + _PADDING for part in others)))
        money.set_class(bool(state.low_balance), "-low")

    @staticmethod
    def _trouble(state: StateView) -> str:
        if state.memory_trouble:
            return "▲ NOT SAVING"
        if state.unreadable:
            return f"▲ {state.unreadable} unreadable"
        return ""


def link_text(link: Link, now: float, *, is_short: bool = False) -> str:
    """The state of the connection, with the age of stale data and the countdown to the next try."""
    is_live, is_stale = link.state is LinkState.LIVE, link.is_stale(now)
    parts: list[str] = [f"{link.state.value} {show_pace(link.interval)}" if is_live else link.state.value]
    if is_live and is_stale:
        parts = ["waiting for an answer"]
    if link.fresh_at is not None and is_stale:
        age = show_coarse(now - link.fresh_at)
        parts.append(f"{age} old" if is_short else f"stale: data {age} old")
    if link.state not in {LinkState.LIVE, LinkState.CONNECTING} and link.next_try_at is not None:
        left = show_clock(link.next_try_at - now)
        parts.append(left if is_short else f"next try in {left}")
    return " · ".join(parts)


def money_words(state: StateView, now: float, room: int) -> str:
    """Balance and what today came to, in as many words as fit into `room` cells.

    A balance that is not current is never shown without its age (`now` in epoch seconds).
    """
    sign = f"{TROUBLE_SIGN} " if state.low_balance else ""
    balance, today = show_balance(state.balance, now), f"today {show_money(-state.today.spent, signed=True)}"
    orders, codes = pluralize(state.today.orders, "order"), pluralize(state.today.codes, "code")
    wordings = (
        f"{sign}balance {balance} · {today} · {orders} · {codes}",
        f"{sign}balance {balance} · {today}",
        f"{sign}{balance} · {today}",
        f"{sign}{balance}",
    )
    return next((words for words in wordings if cell_len(words) + _PADDING <= room), wordings[-1])
