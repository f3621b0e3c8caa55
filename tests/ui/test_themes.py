"""A theme that is chosen is on at once, and kept for the next start: once, and only if it may be."""

from __future__ import annotations

import pytest

from numdeck.ui.settings import ScreenSettings, UiSettings
from numdeck.ui.theme import THEME_NAMES, check_theme
from tests.support import Bench
from tests.ui.support import Operator, operator_at


class Keeper:
    """Stands for the settings file."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, name: str) -> str:
        self.kept.append(name)
        return f"Theme {name}, kept in the settings."


async def choose(operator: Operator, name: str) -> None:
    await operator.press("ctrl+p", *"theme", "enter")
    await operator.press(*("minus" if sign == "-" else sign for sign in name))
    await operator.press("enter")


async def test_a_theme_of_the_palette_is_on_at_once_and_kept(bench: Bench) -> None:
    keeper = Keeper()
    async with operator_at(bench, keep_theme=keeper.keep) as operator:
        await choose(operator, "nord")
        assert operator.app.theme == "nord"
        assert "Theme nord, kept in the settings." in operator.screen
        await choose(operator, "ansi-light")
        assert operator.app.native_ansi_color
        assert keeper.kept == ["nord", "ansi-light"]


async def test_a_theme_that_is_only_looked_at_in_the_palette_is_not_kept(bench: Bench) -> None:
    keeper = Keeper()
    async with operator_at(bench, keep_theme=keeper.keep) as operator:
        await operator.press("ctrl+p", *"theme", "enter")
        await operator.press("down", "down", "down", "escape")
        assert operator.app.theme == "numdeck"
        assert keeper.kept == []


async def test_without_colours_no_theme_is_put_on_or_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    keeper, settings = Keeper(), UiSettings(screen=ScreenSettings(theme="ansi-dark"))
    async with operator_at(bench, settings, keep_theme=keeper.keep) as operator:
        await choose(operator, "nord")
        assert "NO_COLOR is set" in operator.screen
        assert operator.app.theme == "ansi-dark"
        assert keeper.kept == []


async def test_the_palette_offers_every_theme_that_the_settings_take(bench: Bench) -> None:
    async with operator_at(bench, size=(120, 60)) as operator:
        await operator.press("ctrl+p", *"theme", "enter")
        assert all(name in operator.screen for name in THEME_NAMES)
    assert not any(check_theme(name) for name in THEME_NAMES)


def test_a_theme_that_is_not_on_offer_is_refused_with_those_that_are() -> None:
    sentence = check_theme("textual-ansi")
    assert sentence is not None
    assert all(name in sentence for name in ("'textual-ansi'", *THEME_NAMES))
