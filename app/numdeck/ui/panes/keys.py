"""The last line: the keys that are needed most, as many as the screen is wide enough for."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.widgets import Footer

from numdeck.ui.actions import ACTIONS, InFooter

_ROOM: Final = {action.call: action.in_footer for action in ACTIONS if action.in_footer is not None}


class KeyLine(Footer):
    """Textual's footer, in which each action's key has the class that says from which width on it is named."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        """Name the keys that do something now."""
        for key in super().compose():
            key.add_class(_ROOM.get(getattr(key, "action", ""), InFooter.ALWAYS))
            yield key
