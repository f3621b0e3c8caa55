"""The one table of actions: keys, footer, help, palette, `[keymap]` and the README's table come from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.binding import Binding


class Place(StrEnum):
    """Where an action can be called."""

    DESK = "desk"
    TABLE = "table"


class InFooter(StrEnum):
    """From which width of the screen on the footer names an action; the value is the class that the styles know."""

    ALWAYS = "-always"
    NORMAL = "-from-normal"
    WIDE = "-from-wide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something an operator can do.

    `id` is its name in `[keymap]`, `keys` what calls it, `call` the name of the method (`action_…`) that does it.
    `is_dangerous` says that it spends or moves money: it asks first, and is not there when numdeck only watches.
    `in_footer` is None for what the help alone names.
    """

    id: str
    keys: str
    title: str
    sentence: str
    call: str
    place: Place = Place.DESK
    is_dangerous: bool = False
    in_footer: InFooter | None = None
    shown_key: str | None = None


ACTIONS: Final = (
    Action(
        id="order.new",
        keys="n",
        title="New",
        call="new_order",
        is_dangerous=True,
        in_footer=InFooter.ALWAYS,
        sentence="Order a number",
    ),
    Action(
        id="order.repeat",
        keys="R",
        title="Repeat",
        call="repeat_order",
        is_dangerous=True,
        in_footer=InFooter.NORMAL,
        sentence="Order the same as this row, or as the last order, again",
    ),
    Action(
        id="order.cancel",
        keys="x",
        title="Cancel",
        call="cancel_order",
        is_dangerous=True,
        in_footer=InFooter.ALWAYS,
        sentence="Cancel the row's order; too early: arm or disarm it",
    ),
    Action(
        id="order.keep",
        keys="K",
        title="Keep",
        call="keep_order",
        is_dangerous=True,
        sentence="Keep the row's order from being cancelled automatically, or no longer",
    ),
    Action(
        id="code.copy_latest",
        keys="c",
        title="Copy",
        call="copy_latest",
        in_footer=InFooter.ALWAYS,
        sentence="Copy the newest code",
    ),
    Action(
        id="help.open",
        keys="question_mark",
        title="Help",
        call="help",
        in_footer=InFooter.ALWAYS,
        shown_key="?",
        sentence="Keys, and what they do",
    ),
    Action(
        id="code.copy",
        keys="y",
        title="Copy code",
        call="copy_code",
        in_footer=InFooter.WIDE,
        sentence="Copy the row's newest code",
    ),
    Action(id="number.copy", keys="Y", title="Copy number", call="copy_number", sentence="Copy the row's number"),
    Action(
        id="order.ack",
        keys="space",
        title="Seen",
        call="acknowledge",
        in_footer=InFooter.NORMAL,
        sentence="Mark the row's codes as seen; an ended order leaves the desk",
    ),
    Action(
        id="code.next_unseen",
        keys="full_stop",
        title="Next unseen",
        call="next_unseen",
        shown_key=".",
        sentence="Go to the next row with an unseen code, on the desk or in the history",
    ),
    Action(
        id="code.previous_unseen",
        keys="comma",
        title="Previous unseen",
        call="previous_unseen",
        shown_key=",",
        sentence="Go to the previous row with an unseen code",
    ),
    Action(id="order.open", keys="enter", title="Details", call="open", place=Place.TABLE, sentence="Order details"),
    Action(
        id="desk.filter",
        keys="slash",
        title="Filter",
        call="filter",
        in_footer=InFooter.ALWAYS,
        shown_key="/",
        sentence="Show only rows with these words; esc shows all again",
    ),
    Action(
        id="desk.sort",
        keys="s",
        title="Sort",
        call="sort",
        in_footer=InFooter.WIDE,
        sentence="Next sort order of the table",
    ),
    Action(
        id="history.toggle",
        keys="h",
        title="History",
        call="toggle_history",
        in_footer=InFooter.ALWAYS,
        sentence="Expand or restore the history",
    ),
    Action(id="pane.zoom", keys="z", title="Zoom", call="zoom", sentence="This pane alone, or all"),
    Action(
        id="desk.refresh", keys="r", title="Refresh", call="refresh_desk", in_footer=InFooter.WIDE, sentence="Poll now"
    ),
    Action(id="desk.mask", keys="m", title="Mask", call="mask", sentence="Mask numbers and codes, for a shared screen"),
    Action(id="desk.utc", keys="u", title="UTC", call="utc", sentence="Times in UTC, or local"),
    Action(id="app.quit", keys="q", title="Quit", call="quit_desk", in_footer=InFooter.ALWAYS, sentence="Quit numdeck"),
)
"""Everything an operator can do on the desk, in the order of the help."""

MOVES: Final = (
    ("j k, ↑ ↓", "Next, previous row"),
    ("g G, home end", "First, last row"),
    ("page up, down", "A page up, down"),
    ("tab", "Next pane; with shift: the one before"),
    ("esc", "Back, one step"),
    ("ctrl+p", "Command palette: all of this by name"),
)
"""Keys that move, for the help."""


def actions_for(*, read_only: bool) -> tuple[Action, ...]:
    """The actions there are: without the dangerous ones when numdeck only watches."""
    return tuple(action for action in ACTIONS if not (read_only and action.is_dangerous))


def named_actions(*ids: str) -> tuple[Action, ...]:
    """The actions of these ids, for a screen that has only some of them."""
    return tuple(action for action in ACTIONS if action.id in ids)


def bindings(actions: Iterable[Action]) -> list[Binding]:
    """The key bindings of actions, for a screen. What a table does itself is bound there."""
    return [
        Binding(
            action.keys,
            action.call,
            action.title,
            show=action.in_footer is not None,
            key_display=action.shown_key,
            id=action.id,
        )
        for action in actions
        if action.place is not Place.TABLE
    ]


def shown_keys(action: Action, keymap: Mapping[str, str]) -> str:
    """The keys of an action as the help shows them."""
    if action.id in keymap:
        return keymap[action.id].replace(",", " ")
    return action.shown_key or action.keys
