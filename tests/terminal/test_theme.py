"""A theme that an operator chooses is kept in the settings file, and on at the next start."""

from __future__ import annotations

from tests.terminal.conftest import Home, OpenTerminal, Service
from tests.terminal.terminal import ENTER, Terminal


def choose(terminal: Terminal, name: str) -> None:
    terminal.wait_for("● live")
    terminal.send("\x10")
    terminal.wait_for("Search for commands")
    terminal.send("theme")
    terminal.wait_for("Choose other colours")
    terminal.send(ENTER)
    terminal.wait_for("Search for themes")
    terminal.send(name)
    terminal.wait_for(lambda: terminal.text.count(name) > 1)
    terminal.send(ENTER)


def test_a_theme_chosen_in_the_palette_is_on_and_kept(
    open_terminal: OpenTerminal, service: Service, home: Home
) -> None:
    home.configure(rest="[screen] # mine\nutc = true\n")
    config = home.folder / "config" / "numdeck" / "config.toml"
    before = config.read_text()
    with open_terminal(service=service) as terminal:
        choose(terminal, "ansi-light")
        terminal.wait_for("Theme ansi-light, saved in")
        seen = len(terminal.raw)
        terminal.send("n")
        terminal.wait_for("Order a number")
        assert b"38;2;" not in terminal.raw[seen:], "the terminal's own sixteen colours alone"
    assert config.read_text() == before.replace("utc = true\n", 'utc = true\ntheme = "ansi-light"\n')
    with open_terminal(service=service) as again:
        again.wait_for("● live")
        assert b"38;2;" not in again.raw


def test_a_theme_is_on_for_the_run_where_the_settings_cannot_be_written(
    open_terminal: OpenTerminal, home: Home
) -> None:
    folder = home.folder / "config" / "numdeck"
    with open_terminal("--sandbox") as terminal:
        terminal.wait_for("● live")
        (folder / "config.toml").unlink()
        folder.rmdir()
        folder.write_text("no folder any more")
        choose(terminal, "nord")
        terminal.wait_for("Theme nord, for this run only.")
