"""Building and running the dashboard. Heavy modules are imported when they are needed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from numdeck.model.text import clean
from numdeck.streams import let_go_of_a_dead_terminal, say

if TYPE_CHECKING:
    from numdeck.desk.desk import Desk
    from numdeck.desk.settings import DeskSettings
    from numdeck.sandbox.sandbox import Sandbox
    from numdeck.settings import Settings


def run_dashboard(
    settings: Settings, settings_file: Path, *, base_url: str, key: str, sandbox: Sandbox | None = None
) -> int:
    """Run the dashboard against the service at `base_url`, or the embedded sandbox, and return its exit status.

    A theme chosen in the dashboard is saved in `settings_file`. Raises SettingsError for an address or a journal that
    cannot be used.
    """
    from numdeck.journal.errors import JournalError
    from numdeck.settings import SettingsError

    try:
        return asyncio.run(_serve_screen(settings, settings_file, base_url=base_url, key=key, sandbox=sandbox))
    except JournalError as error:
        raise SettingsError(error.sentence) from None


async def _serve_screen(
    settings: Settings, settings_file: Path, *, base_url: str, key: str, sandbox: Sandbox | None
) -> int:
    from numdeck.ui.app import NumdeckApp
    from numdeck.ui.clipboard import Multiplexers

    desk = await _open_desk(settings, base_url=base_url, key=key, sandbox=sandbox)
    keep_theme: Callable[[str], str] = partial(_keep_theme, settings_file)
    forced = os.environ.get("TEXTUAL_THEME")
    if forced == "ansi-dark":
        settings, keep_theme = replace(settings, screen=replace(settings.screen, theme=forced)), _forced_theme
    app = NumdeckApp(desk, settings, multiplexers=Multiplexers.read(os.environ), keep_theme=keep_theme)
    try:
        await app.run_async(mouse=settings.screen.mouse)
    finally:
        await desk.close()
        app.release()
        let_go_of_a_dead_terminal()
    return app.return_code or 0


def _forced_theme(name: str) -> str:
    return f"Theme {name}, for this run: TEXTUAL_THEME in the environment decides at the next start."


def _keep_theme(settings_file: Path, name: str) -> str:
    """Save a theme in the settings file and say so, or say why it lasts for this run only."""
    from numdeck.settings import SettingsError
    from numdeck.settings_file import set_values

    try:
        set_values(settings_file, {"screen.theme": name})
    except SettingsError as error:
        return f"Theme {name}, for this run only. {error.sentence}"
    return f"Theme {name}, saved in {clean(settings_file)}."


async def _open_desk(settings: Settings, *, base_url: str, key: str, sandbox: Sandbox | None) -> Desk:
    """Open the desk with its connection, journal and clock."""
    from numdeck.api.client import NumbersClient
    from numdeck.clock import ServiceClock, SystemClock
    from numdeck.desk.desk import Desk
    from numdeck.journal.asynchronous import AsyncJournal
    from numdeck.journal.errors import JournalMoved, JournalUnwritable
    from numdeck.journal.files import account_file, names_file
    from numdeck.journal.journal import Journal
    from numdeck.journal.names import NamesFile
    from numdeck.log import write_log, write_no_log
    from numdeck.settings import SettingsError

    clock = ServiceClock(SystemClock())
    try:
        client = NumbersClient(base_url, key, clock, read_only=settings.read_only)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    speed, names = 1.0, None
    if sandbox is not None:
        from numdeck.sandbox.past import remembered

        speed = sandbox.settings.speed
        journal = await AsyncJournal.in_memory()  # which lives as long as the sandbox
        await journal.run(Journal.write, remembered(sandbox), [])
    else:
        names = NamesFile(names_file(settings.state_dir, base_url))
        path = account_file(settings.state_dir, base_url, key, settings.account)
        try:
            write_log(settings.state_dir)
        except OSError:
            write_no_log()  # the journal, in the same folder, reports why
        try:
            journal = await AsyncJournal.open(path, say=say)
        except (JournalUnwritable, JournalMoved) as error:
            # Watching without a journal beats not watching. The screen says so, and the desk tries again.
            journal = await AsyncJournal.standing_in(path, error.sentence)
    return await Desk.open(client, journal, clock, _desk_settings(settings, speed), names_file=names)


def _desk_settings(settings: Settings, speed: float) -> DeskSettings:
    """The desk's part of the settings. In a sandbox whose time runs faster, the cancel window passes as fast."""
    from numdeck.desk.settings import DeskSettings
    from numdeck.model.cancel_window import CancelWindow

    values = {field.name: getattr(settings, field.name) for field in fields(DeskSettings)}
    auto, window = settings.auto_cancel_after, settings.cancel
    # A read-only numdeck cancels nothing, and announces no automatic cancel.
    values["auto_cancel_after"] = None if auto is None or settings.read_only else auto / speed
    values["cancel"] = CancelWindow(window.opens_after / speed, window.closes_after / speed)
    return DeskSettings(**values)
