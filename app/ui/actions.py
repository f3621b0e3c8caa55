"""The one table of actions: keys, footer, help, palette, `[keymap]` and the README's table come from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.binding import Binding
from textual.keys import Keys, _character_to_key


class Place(StrEnum):
    """Where an action can be called."""

    DESK = "desk"
    TABLE = "table"
    EVERYWHERE = "everywhere"


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
        sentence="Keep the row's order from being cancelled by itself, or no longer",
    ),
    Action(
        id="code.copy_latest",
        keys="c",
        title="Copy",
        call="copy_latest",
        in_footer=InFooter.ALWAYS,
        sentence="Copy the newest code of all",
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
        title="Copy row's",
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
        sentence="Take note of the row's code; an ended order leaves the desk",
    ),
    Action(id="order.open", keys="enter", title="Details", call="open", place=Place.TABLE, sentence="All of the row"),
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
        sentence="History larger, or as before",
    ),
    Action(id="pane.zoom", keys="z", title="Zoom", call="zoom", sentence="This pane alone, or all"),
    Action(
        id="desk.refresh", keys="r", title="Refresh", call="refresh_desk", in_footer=InFooter.WIDE, sentence="Poll now"
    ),
    Action(id="desk.mask", keys="m", title="Mask", call="mask", sentence="Mask numbers and codes, for a shared screen"),
    Action(id="desk.utc", keys="u", title="UTC", call="utc", sentence="Times in UTC, or local"),
    Action(id="app.quit", keys="q", title="Quit", call="quit_desk", in_footer=InFooter.ALWAYS, sentence="End numdeck"),
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

_KEY_NAMES: Final = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}

_TABLE_IDS: Final = frozenset(
    {"table.up", "table.down", "table.page_up", "table.page_down", "table.first", "table.last", "table.open"}
)


def actions_for(*, read_only: bool) -> tuple[Action, ...]:
    """The actions there are: without the dangerous ones when numdeck only watches."""
    return tuple(action for action in ACTIONS if not (read_only and action.is_dangerous))


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


def check_keymap(keymap: Mapping[str, str]) -> str | None:
    """Say in one sentence what is wrong with the settings' `[keymap]`; None when it can be used."""
    by_id = {action.id: action for action in ACTIONS}
    for action_id, keys in keymap.items():
        if action_id not in by_id and action_id not in _TABLE_IDS:
            return f"Setting keymap: there is no action {action_id!r}; the help (?) shows the ids."
        for key in keys.split(","):
            if not _is_key(key.strip()):
                return f"Setting keymap.{action_id}: {key.strip()!r} is no key; write it as f8 or ctrl+k."
    taken: dict[str, str] = {}
    for action in ACTIONS:
        for key in keymap.get(action.id, action.keys).split(","):
            other = taken.setdefault(key.strip(), action.id)
            if other != action.id:
                return f"Setting keymap: {key.strip()!r} is the key of both {other} and {action.id}."
    return None


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    is_character = len(last) == 1 and last.isprintable() and not last.isspace()
    return set(modifiers) <= {"ctrl", "shift", "alt"} and (last in _KEY_NAMES or is_character)


def shown_keys(action: Action, keymap: Mapping[str, str]) -> str:
    """The keys of an action as the help shows them."""
    if action.id in keymap:
        return keymap[action.id].replace(",", " ")
    return action.shown_key or action.keys
