"""The settings' `[keymap]`: other keys for the actions, by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.binding import Binding
from textual.keys import Keys, _character_to_key

from numdeck.ui.actions import ACTIONS
from numdeck.ui.table import Table

_OPEN, _TABLE_OPEN = "order.open", "table.open"
"""One action: the table, which knows nothing of orders, has a name of its own for it."""

_ACTION_KEYS: Final = {action.id: action.keys for action in ACTIONS}
_TABLE_KEYS: Final = {
    binding.id: binding.key
    for binding in Table.BINDINGS
    if isinstance(binding, Binding) and binding.id is not None and binding.id != _TABLE_OPEN
}
_DEFAULTS: Final = _ACTION_KEYS | _TABLE_KEYS
_FIXED: Final = {
    "tab": "the next pane",
    "shift+tab": "the pane before",
    "escape": "the way back",
    "ctrl+p": "the command palette",
    "ctrl+c": "the end",
}
"""Keys that nothing else may be put on."""

_KEY_NAMES: Final = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}


def check_keymap(keymap: Mapping[str, str]) -> str | None:
    """Say in one sentence what is wrong with the settings' `[keymap]`; None when it can be used."""
    return _check_entries(keymap) or _check_conflicts(_DEFAULTS | dict(keymap))


def _check_entries(keymap: Mapping[str, str]) -> str | None:
    """Check each entry alone: whether there is such an action, and whether these are keys."""
    for action_id, keys in keymap.items():
        if action_id not in _DEFAULTS:
            return f"Setting keymap: there is no action {action_id!r}; the help (?) shows the ids."
        for key in keys.split(","):
            if not _is_key(key.strip()):
                return f"Setting keymap.{action_id}: {key.strip()!r} is no key; write it as f8 or ctrl+k."
    return None


def _check_conflicts(keymap: Mapping[str, str]) -> str | None:
    """Check all entries together: a key calls one action only."""
    taken = dict(_FIXED)
    for action_id, keys in keymap.items():
        for key in keys.split(","):
            other = taken.setdefault(_named(key), action_id)
            if other != action_id:
                return f"Setting keymap: {key.strip()!r} is the key of both {other} and {action_id}."
    return None


def textual_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """The settings' keymap as Textual takes it: a binding's id, and its keys by their names."""
    return {
        _TABLE_OPEN if action_id == _OPEN else action_id: ",".join(map(_named, keys.split(",")))
        for action_id, keys in keymap.items()
    }


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    is_character = len(last) == 1 and last.isprintable() and not last.isspace()
    return set(modifiers) <= {"ctrl", "shift", "alt"} and (last in _KEY_NAMES or is_character)


def _named(key: str) -> str:
    """A key by its name: `?` is `question_mark`."""
    *modifiers, last = key.strip().split("+")
    return "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])
