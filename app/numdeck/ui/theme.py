"""numdeck's own colours, one dark and one light; every theme of Textual's can be chosen beside them."""

from __future__ import annotations

from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

DARK: Final = Theme(
    name="numdeck",
    primary="#5fafd7",
    secondary="#8787af",
    accent="#ffaf5f",
    foreground="#d0d0d0",
    background="#121212",
    surface="#121212",
    panel="#262626",
    success="#87d787",
    warning="#ffd75f",
    error="#ff8787",
    dark=True,
)

LIGHT: Final = Theme(
    name="numdeck-light",
    primary="#005f87",
    secondary="#5f5f87",
    accent="#af5f00",
    foreground="#1c1c1c",
    background="#ffffff",
    surface="#ffffff",
    panel="#e4e4e4",
    success="#005f00",
    warning="#875f00",
    error="#af0000",
    dark=False,
)

THEMES: Final = (DARK, LIGHT)
# All of the colours above are in the 256-colour palette: most SSH sessions have no more than that.


def check_theme(name: str) -> str | None:
    """Say in one sentence what is wrong with the settings' theme; None when there is one of this name."""
    names = [*(theme.name for theme in THEMES), *BUILTIN_THEMES]
    if name in names:
        return None
    return f"Setting screen.theme: there is no theme {name!r}; there are {', '.join(names)}."
