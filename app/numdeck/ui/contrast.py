"""Contrast between colours as WCAG 2 defines it, also where the terminal has only 256 colours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color

TEXT: Final = 4.5
"""The least contrast of text that matters (WCAG 1.4.3)."""

FRAME: Final = 3.0
"""The least contrast of frames, scrollbars and other drawing (WCAG 1.4.11)."""

WHITE: Final = Color(255, 255, 255)
BLACK: Final = Color(0, 0, 0)
_STEPS: Final = 20


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two opaque colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def in_256_colours(color: Color) -> Color:
    """The nearest colour that a terminal of 256 has, as Rich chooses it."""
    nearest = RichColor.from_rgb(color.r, color.g, color.b).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return Color(*nearest)


def least_contrast(color: Color, backgrounds: Iterable[Color]) -> float:
    """The contrast with the background on which it is least, in true colours or in 256."""
    return min(
        min(contrast(color, background), contrast(in_256_colours(color), in_256_colours(background)))
        for background in backgrounds
    )


def readable_on(color: Color, backgrounds: Iterable[Color], ratio: float) -> Color:
    """The colour, made lighter or darker until it has this contrast with all the backgrounds."""
    backgrounds = tuple(backgrounds)
    end = max((WHITE, BLACK), key=lambda pole: least_contrast(pole, backgrounds))
    for step in range(_STEPS + 1):
        candidate = color.blend(end, step / _STEPS, alpha=1.0)
        if least_contrast(candidate, backgrounds) >= ratio:
            return candidate
    return end


def ink_on(fill: Color, favourites: Iterable[Color]) -> Color:
    """The colour for text on a fill: a favourite if it can be read there, else black or white."""
    for favourite in favourites:
        if least_contrast(favourite, [fill]) >= TEXT:
            return favourite
    return max((WHITE, BLACK), key=lambda pole: least_contrast(pole, [fill]))


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part) for part in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
