"""The themes on offer: numdeck's own, two for the terminal's sixteen colours, and Textual's, made readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from numdeck.ui.contrast import FRAME, TEXT, ink_on, least_contrast, readable_on
from numdeck.ui.settings import ScreenSettings

_DARK: Final = Theme(
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

_LIGHT: Final = Theme(
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
# All of the colours above are in the 256-colour palette: most SSH sessions have no more than that.

_OWN: Final = {theme.name: theme for theme in (_DARK, _LIGHT)}

# Of the terminal's own sixteen only these: the others are too dark on black, or too light on white, in usual palettes.
_ANSI_COLORS: Final = {
    "ansi-dark": {
        "primary": "ansi_cyan",
        "accent": "ansi_bright_yellow",
        "success": "ansi_green",
        "warning": "ansi_bright_yellow",
        "error": "ansi_bright_red",
    },
    "ansi-light": {
        "primary": "ansi_blue",
        "accent": "ansi_magenta",
        "success": "ansi_blue",
        "warning": "ansi_red",
        "error": "ansi_red",
    },
}

THEME_NAMES: Final = (*_OWN, *_ANSI_COLORS, *sorted(BUILTIN_THEMES.keys() - _ANSI_COLORS.keys()))
"""Every theme on offer, numdeck's first."""


def check_theme(name: str) -> str | None:
    """Say in one sentence what is wrong with the settings' theme; None when there is one of this name."""
    if name in THEME_NAMES:
        return None
    return f"Setting screen.theme: there is no theme {name!r}; there are {', '.join(THEME_NAMES)}."


@lru_cache
def theme_named(name: str) -> Theme:
    """A theme on offer, with the variables that the styles use. Raises KeyError."""
    theme = _OWN.get(name) or BUILTIN_THEMES[name]
    if name in _ANSI_COLORS:
        colors = _ANSI_COLORS[name]
        theme = Theme(
            name=name,
            primary=colors["primary"],
            secondary=colors["primary"],
            accent=colors["accent"],
            success=colors["success"],
            warning=colors["warning"],
            error=colors["error"],
            foreground="ansi_default",
            background="ansi_default",
            surface="ansi_default",
            panel="ansi_default",
            boost="ansi_default",
            dark=theme.dark,
            ansi=True,
        )
        return replace(theme, variables={**BUILTIN_THEMES[name].variables, **_ansi_variables(theme)})
    return replace(theme, variables={**theme.variables, **_readable_variables(theme)})


def _readable_variables(theme: Theme) -> dict[str, str]:
    """The colours of a theme by what they are for, each readable on every background on which it stands.

    Read: TEXT for all text, FRAME for frames and scrollbars, in true colours and in 256.
    """
    given = theme.to_color_system().generate()
    background = Color.parse(theme.background or given["background"])
    surface, panel, foreground, primary, accent, success, warning, error = (
        background + Color.parse(getattr(theme, name) or given[name])  # as it stands: what is generated is rounded
        for name in ("surface", "panel", "foreground", "primary", "accent", "success", "warning", "error")
    )
    faint = foreground.blend(background, 0.35)
    marked, pointed = _tinted(surface, success, faint), _tinted(surface, primary, faint)
    # A field that has the focus is tinted by Textual.
    grounds = (background, surface, panel, panel.blend(foreground, 0.05), surface.blend(foreground, 0.05))
    fills = (*grounds, marked, pointed)
    text = readable_on(foreground, fills, TEXT)
    cursor, badge, alarm = (_fill(color, (background, text)) for color in (primary, accent, warning))
    colors = {
        "background": background,
        "surface": surface,
        "panel": panel,
        "foreground": text,
        "text": text,
        "text-muted": readable_on(faint, fills, TEXT),
        "text-success": readable_on(success, fills, TEXT),
        "text-warning": readable_on(warning, fills, TEXT),
        "text-error": readable_on(error, fills, TEXT),
        "text-accent": readable_on(accent, fills, TEXT),
        "text-primary": readable_on(primary, fills, TEXT),
        "frame": readable_on(text.blend(background, 0.65), (background, surface), FRAME),
        "frame-focus": readable_on(primary, (background, surface), FRAME),
        "frame-sandbox": readable_on(accent.blend(background, 0.4), (background, surface), FRAME),
        "frame-sandbox-focus": readable_on(accent, (background, surface), FRAME),
        "marked-background": marked,
        "pointed-background": pointed,
        "badge-background": badge,
        "badge-foreground": ink_on(badge, (background, text)),
        "alarm-background": alarm,
        "alarm-foreground": ink_on(alarm, (background, text)),
        "block-cursor-background": cursor,
        "block-cursor-foreground": ink_on(cursor, (background, text)),
        "input-selection-background": pointed,
        "input-cursor-background": text,
        "input-cursor-foreground": ink_on(text, (background,)),
    }
    same = {
        "text-disabled": "text-muted",
        "foreground-muted": "text-muted",
        "border": "frame-focus",
        "border-blurred": "frame",
        "scrollbar": "frame",
        "scrollbar-hover": "frame-focus",
        "scrollbar-active": "frame-focus",
        "scrollbar-background": "background",
        "scrollbar-background-hover": "background",
        "scrollbar-background-active": "background",
        "scrollbar-corner-color": "background",
        "input-selection-foreground": "text",
        "block-cursor-blurred-background": "pointed-background",
        "block-cursor-blurred-foreground": "text",
        "block-hover-background": "pointed-background",
        "footer-foreground": "text",
        "footer-background": "panel",
        "footer-key-foreground": "text-accent",
        "footer-description-foreground": "text",
    }
    return {name: color.hex6 for name, color in (colors | {name: colors[of] for name, of in same.items()}).items()}


def _ansi_variables(theme: Theme) -> dict[str, str]:
    """As `_readable_variables`, in the terminal's own colours: it has no shades, so styles say the rest."""
    default = "ansi_default"
    named = {"primary": theme.primary, "accent": theme.accent, "success": theme.success, "warning": theme.warning}
    colors = {name: color or default for name, color in {**named, "error": theme.error}.items()}
    plain = (
        "text", "text-muted", "text-disabled", "foreground-muted", "frame", "border-blurred", "scrollbar-corner-color",
        "marked-background", "pointed-background", "badge-background", "badge-foreground", "alarm-background",
        "alarm-foreground", "block-cursor-background", "block-cursor-foreground", "block-cursor-blurred-background",
        "block-cursor-blurred-foreground", "block-hover-background", "scrollbar-background",
        "scrollbar-background-hover", "scrollbar-background-active", "input-selection-background",
        "input-selection-foreground", "footer-foreground", "footer-background", "footer-description-foreground",
    )  # fmt: skip
    return {
        **dict.fromkeys(plain, default),
        **{f"text-{name}": color for name, color in colors.items()},
        "frame-focus": colors["primary"],
        "frame-sandbox": colors["accent"],
        "frame-sandbox-focus": colors["accent"],
        "border": colors["primary"],
        "scrollbar": colors["primary"],
        "scrollbar-hover": colors["primary"],
        "scrollbar-active": colors["primary"],
        "footer-key-foreground": colors["accent"],
        "block-cursor-text-style": "reverse",
        "ansi-background": default,
        "ansi-foreground": default,
        "screen-selection-background": default,
        "screen-selection-foreground": default,
    }


def style_variables() -> Mapping[str, str]:
    """What the styles use beyond Textual's own variables, for the moment in which no theme of ours is on."""
    return theme_named(ScreenSettings().theme).variables


def _tinted(surface: Color, tint: Color, text: Color) -> Color:
    """A surface with as much of a tint as leaves a text readable: of 256 colours few are dark, or light, ones."""
    tinted = [surface.blend(tint, share / 100) for share in range(20, 5, -1)]
    return max(tinted, key=lambda fill: min(least_contrast(text, [fill]), TEXT))


def _fill(color: Color, inks: tuple[Color, ...]) -> Color:
    """A colour as background of text, moved until black or white can be read on it."""
    ink = ink_on(color, inks)
    return color if least_contrast(ink, [color]) >= TEXT else readable_on(color, [ink], TEXT)
