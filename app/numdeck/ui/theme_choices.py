"""The command palette's list of themes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.theme import ThemeProvider

from numdeck.ui.theme import THEME_NAMES

if TYPE_CHECKING:
    from numdeck.ui.app import NumdeckApp


class ThemeChoices(ThemeProvider):
    """The themes on offer. One is put on and kept when it is chosen, not when it is highlighted."""

    @property
    def commands(self) -> list[tuple[str, Callable[[], None]]]:
        """Each theme by name, and what puts it on."""
        app = cast("NumdeckApp", self.app)
        return [(name, partial(app.choose_theme, name)) for name in THEME_NAMES]
