"""The settings that the screen reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from numdeck.ui.clipboard import Clipboard
from numdeck.ui.terminal import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenSettings:
    """What the terminal shows and takes."""

    theme: str = "numdeck"
    """numdeck, numdeck-light, ansi-dark or ansi-light (the terminal's own 16 colours), or a theme of Textual's."""
    utc: bool = False
    """Show times in UTC instead of local time."""
    mouse: bool = True
    """Let numdeck use the mouse; false leaves it to the terminal's own selection."""
    clipboard: Clipboard = "auto"
    """How codes are copied: auto (OSC 52; in tmux whatever works there), raw (OSC 52), tmux (wrapped), or off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """How a new code is announced, besides its row and the panel."""

    bell: bool = True
    """Ring the terminal's bell."""
    title: bool = True
    """Show the code in the window title."""
    notification: Notification = "off"
    """Desktop notification: osc9 (iTerm2, kitty, Windows Terminal), osc777 (foot, urxvt), or off."""


@dataclass(frozen=True, kw_only=True)
class UiSettings:
    """How the screen looks and behaves."""

    sandbox: bool = False
    """Use the embedded sandbox, which needs no key and no network."""
    read_only: bool = False
    """Watch without ordering or cancelling."""
    screen: ScreenSettings = ScreenSettings()
    alerts: AlertSettings = AlertSettings()
    keymap: dict[str, str] = field(default_factory=dict)
    """Other keys for actions, by the ids that the help shows: "order.cancel" = "f8"."""
