"""What the screen has to be told: plain values, read from the settings at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from numdeck.ui.clipboard import Clipboard, Multiplexers
from numdeck.ui.terminal import Notification
from numdeck.ui.theme import DEFAULT_THEME


@dataclass(frozen=True, slots=True, kw_only=True)
class UiOptions:
    """How the screen looks and behaves.

    `keymap` maps the ids of actions to keys. `keep_theme` keeps a theme for the next start, and returns a sentence
    that says whether it did; it is called on a thread of its own.
    """

    is_sandbox: bool = False
    read_only: bool = False
    theme: str = DEFAULT_THEME
    keep_theme: Callable[[str], str] = "Theme {}, for this run.".format
    utc: bool = False
    clipboard: Clipboard = "auto"
    multiplexers: Multiplexers = field(default_factory=Multiplexers)
    notification: Notification = "off"
    bell: bool = True
    title: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)
