"""The door: arguments, settings, and the start of what was asked for."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from app.desk.desk import Desk
    from app.sandbox.sandbox import Sandbox
    from app.sandbox.settings import SandboxSettings
    from app.settings import Settings

BAD_USE: Final = 2
"""Exit status when a setting or an argument cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `numdeck`; the result is its exit status."""
    options = _parser().parse_args(arguments)
    from app.settings import SettingsError

    try:
        match options.command:
            case "sandbox":
                return _sandbox(options)
            case "setup":
                return _setup(options)
            case _:
                return _dashboard(options)
    except SettingsError as error:
        sys.stderr.write(f"numdeck: {error.sentence}\n")
        return BAD_USE
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as for any other setting; the usage is what --help is for."""

    def error(self, message: str) -> NoReturn:
        """End because of an argument that cannot be used."""
        self.exit(BAD_USE, f"numdeck: {message[0].upper()}{message[1:]}; {self.prog} --help lists what there is.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="numdeck", description="Order phone numbers and watch their SMS codes arrive.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"numdeck {_version()}")
    parser.add_argument("--config", metavar="FILE", type=Path, help="settings file")
    parser.add_argument("--base-url", metavar="URL", help="root of the service")
    parser.add_argument("--state-dir", metavar="DIR", type=Path, help="folder of journal and log")
    parser.add_argument("--poll", metavar="SECONDS", help="poll interval")
    parser.add_argument("--read-only", action="store_true", default=None, help="watch without ordering or cancelling")
    parser.add_argument("--sandbox", action="store_true", default=None, help="use a local service: no key, no network")
    parser.add_argument("--speed", metavar="N", type=float, help="let the sandbox's minutes pass N times as fast")
    parser.add_argument("--seed", metavar="N", type=int, help="make the sandbox's chance repeatable")
    parser.add_argument("--fault", metavar="NAME[:TIMES]", action="append", help="let the sandbox do something wrong")
    commands = parser.add_subparsers(dest="command", metavar="")
    alone = commands.add_parser("sandbox", help="serve the sandbox alone", allow_abbrev=False)
    alone.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (8765)")
    # Suppressed, so that the same option before the command is not forgotten.
    absent = argparse.SUPPRESS
    alone.add_argument("--speed", metavar="N", type=float, default=absent, help="let its minutes pass N times as fast")
    alone.add_argument("--fault", metavar="NAME[:TIMES]", action="append", default=absent, help="let it do wrong")
    alone.add_argument("--seed", metavar="N", type=int, default=absent, help="make its chance repeatable")
    commands.add_parser("setup", help="ask for the key, try it, and keep it", allow_abbrev=False)
    return parser


def _setup(options: argparse.Namespace) -> int:
    from app.settings import config_file
    from app.setup import run_setup

    # Not read but written: the file that is asked for need not be there yet.
    return run_setup(_load(options, None), _config(options) or config_file())


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("numdeck")
    except PackageNotFoundError:
        return "(from a checkout)"


def _load(options: argparse.Namespace, config: Path | None) -> Settings:
    from app.settings import load_settings

    names = ("base_url", "state_dir", "poll", "read_only", "sandbox")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return load_settings(config=config, environment=os.environ, overrides=given)


def _config(options: argparse.Namespace) -> Path | None:
    """The settings file that was asked for, on the command line or in the environment."""
    named = os.environ.get("NUMDECK_CONFIG")
    return options.config or (Path(named) if named else None)


def _sandbox(options: argparse.Namespace) -> int:
    from app.sandbox.server import SandboxStartError, serve
    from app.settings import SettingsError

    try:
        serve(_sandbox_settings(options), options.port)
    except SandboxStartError as error:
        raise SettingsError(str(error)) from None
    return 0


def _sandbox_settings(options: argparse.Namespace) -> SandboxSettings:
    from app.sandbox.presets import read_fault
    from app.sandbox.settings import SandboxSettings
    from app.settings import SettingsError

    speed = 1.0 if options.speed is None else options.speed
    if not 0.1 <= speed <= 1000:
        raise SettingsError(f"Argument --speed: {speed:g} is not between 0.1 and 1000.")
    try:
        faults = tuple(read_fault(text) for text in options.fault or ())
    except ValueError as error:
        raise SettingsError(f"Argument --fault: {error}.") from None
    return SandboxSettings(speed=speed, seed=1 if options.seed is None else options.seed, faults=faults)


def _dashboard(options: argparse.Namespace) -> int:
    from app.settings import SettingsError, find_key

    settings = _load(options, _config(options))
    _check_terminal()
    for name in ("speed", "seed", "fault"):
        if getattr(options, name) is not None and not settings.sandbox:
            raise SettingsError(f"Argument --{name} goes with --sandbox.")
    _check_keymap(settings)
    if not settings.sandbox:
        return _run(settings, base_url=settings.base_url, key=find_key(settings))
    from app.sandbox.sandbox import Sandbox
    from app.sandbox.server import SandboxServer, SandboxStartError

    sandbox_settings = _sandbox_settings(options)
    try:
        with SandboxServer(Sandbox(sandbox_settings)) as server:
            return _run(settings, base_url=server.base_url, key=sandbox_settings.key, sandbox=server.sandbox)
    except SandboxStartError as error:
        raise SettingsError(str(error)) from None


def _check_terminal() -> None:
    from app.settings import SettingsError

    # Textual draws on stderr, and reads keys from stdin.
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):
        raise SettingsError("The dashboard needs a terminal: standard input and standard error must not be redirected.")
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise SettingsError("The dashboard needs a terminal that can move its cursor: TERM is unset or 'dumb'.")
    if os.environ.get("NO_COLOR"):
        # Without colour at all only in a theme of the terminal's own; read when Textual is imported.
        os.environ["TEXTUAL_THEME"] = "ansi-dark"


def _check_keymap(settings: Settings) -> None:
    from app.settings import SettingsError
    from app.ui.actions import check_keymap

    trouble = check_keymap(settings.keymap)
    if trouble is not None:
        raise SettingsError(trouble)


def _run(settings: Settings, *, base_url: str, key: str, sandbox: Sandbox | None = None) -> int:
    from app.journal.errors import JournalError
    from app.settings import SettingsError

    try:
        return asyncio.run(_serve_screen(settings, base_url=base_url, key=key, sandbox=sandbox))
    except JournalError as error:
        raise SettingsError(error.sentence) from None


async def _serve_screen(settings: Settings, *, base_url: str, key: str, sandbox: Sandbox | None) -> int:
    from app.ui.app import NumdeckApp
    from app.ui.options import UiOptions

    desk = await _open_desk(settings, base_url=base_url, key=key, sandbox=sandbox)
    screen, alerts = settings.screen, settings.alerts
    theme = "ansi-dark" if os.environ.get("TEXTUAL_THEME") == "ansi-dark" else screen.theme
    app = NumdeckApp(
        desk,
        UiOptions(
            is_sandbox=settings.sandbox,
            read_only=settings.read_only,
            theme=theme,
            utc=screen.utc,
            clipboard=screen.clipboard,
            notification=alerts.notification,
            bell=alerts.bell,
            title=alerts.title,
            keymap=settings.keymap,
        ),
    )
    try:
        await app.run_async(mouse=screen.mouse)
    finally:
        await desk.close()
        app.release()
        _let_go_of_a_dead_terminal()
    return app.return_code or 0


def _let_go_of_a_dead_terminal() -> None:
    """Give up what could not be written: Python would try it again at its end, and exit with status 120 for it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


async def _open_desk(settings: Settings, *, base_url: str, key: str, sandbox: Sandbox | None) -> Desk:
    """Put the desk together: its connection, its memory, its clock."""
    from app.api.client import NumbersClient
    from app.clock import SystemClock
    from app.desk.desk import Desk, DeskSettings
    from app.journal.errors import JournalUnwritable
    from app.journal.names import NamesFile
    from app.journal.paths import account_file, names_file
    from app.journal.threaded import JournalThread
    from app.log import write_log
    from app.model.spend import SpendLimits
    from app.model.window import CancelWindow

    clock = SystemClock()
    speed, forgets, names = 1.0, "", None
    if sandbox is not None:
        from app.sandbox.memory import remembered

        speed = sandbox.settings.speed
        journal = await JournalThread.in_memory()  # it lives only as long as the sandbox does
        await journal.write(remembered(sandbox), [])
    else:
        try:
            write_log(settings.state_dir)
            names = NamesFile(names_file(settings.state_dir, base_url))
            journal = await JournalThread.open(account_file(settings.state_dir, base_url, key, settings.account))
        except (JournalUnwritable, OSError) as error:
            # To watch without a memory is better than not to watch; it is said all the time, and nothing is ordered.
            sentence = (
                error.sentence if isinstance(error, JournalUnwritable) else f"{error.strerror}: {error.filename}."
            )
            forgets = f"Nothing is remembered. {sentence}"
            journal = await JournalThread.in_memory()
    client = NumbersClient(base_url, key, clock, read_only=settings.read_only)
    window = CancelWindow(settings.cancel.opens_after / speed, settings.cancel.closes_after / speed)
    spend = SpendLimits(**settings.spend.model_dump())
    auto = settings.auto_cancel_after
    desk_settings = DeskSettings(
        poll_interval=settings.poll,
        keep_ended=settings.keep_ended,
        may_forget_orders=settings.order_without_memory,
        window=window,
        spend=spend,
        # Who only watches cancels nothing, and says nothing of it.
        auto_cancel_after=None if auto is None or settings.read_only else auto / speed,
    )
    desk = Desk(client, journal, clock, desk_settings, forgets=forgets, names_file=names)
    await desk.open()
    return desk
