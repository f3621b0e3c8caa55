"""What the screen has to be told: plain values, read from the settings at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from numdeck.ui.clipboard import Clipboard, Multiplexers
from numdeck.ui.terminal import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class UiOptions:
    """How the screen looks and behaves. `keymap` maps the ids of actions to keys."""

    is_sandbox: bool = False
    read_only: bool = False
    theme: str = "numdeck"
    utc: bool = False
    clipboard: Clipboard = "auto"
    multiplexers: Multiplexers = field(default_factory=Multiplexers)
    notification: Notification = "off"
    bell: bool = True
    title: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)
