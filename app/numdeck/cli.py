"""The command line: arguments, settings, and the command to run."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from numdeck import __version__
from numdeck.streams import let_go_of_a_dead_terminal, open_closed_streams

if TYPE_CHECKING:
    from numdeck.sandbox.settings import SandboxSettings
    from numdeck.settings import Settings

log = logging.getLogger(__name__)

BAD_USE: Final = 2
"""Exit status when a setting or an argument cannot be used."""


READER_GONE: Final = 141
"""Exit status when nobody reads standard output any more, as of a program that SIGPIPE ends."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `numdeck` and return its exit status."""
    open_closed_streams()
    options = _parser().parse_args(arguments)
    from numdeck.settings import SettingsError

    try:
        match options.command:
            case "sandbox":
                return _sandbox(options)
            case "setup":
                return _setup(options)
            case "history":
                return _history(options)
            case "stats":
                return _stats(options)
            case _:
                return _dashboard(options)
    except SettingsError as error:
        sys.stderr.write(f"numdeck: {error.sentence}\n")
        return BAD_USE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as with `numdeck history | head`
        let_go_of_a_dead_terminal()
        return READER_GONE
    except Exception as error:  # a bug: the log, if it is open yet, gets the traceback; the terminal gets a sentence
        if logging.root.handlers:
            log.exception("numdeck failed")
        sys.stderr.write(f"numdeck: Ended because of an internal error ({type(error).__name__}); see the log.\n")
        return 1


_UNKNOWN: Final = "unrecognized arguments: "
"""The beginning of argparse's message about unknown arguments."""


class _Parser(argparse.ArgumentParser):
    """Reports a bad argument in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Exit because of an argument that cannot be used."""
        from numdeck.model.text import MAX_OWN_SENTENCE, clean

        if "invalid choice" in message:
            message = (
                "there is no such command"  # not repeated: it may be the value of an unknown option, such as a key
            )
        unknown = message.removeprefix(_UNKNOWN)
        if unknown != message:
            message = f"there is no argument {unknown.split('=')[0].split()[0]}"
        sentence = f"{message[0].upper()}{message[1:]}; see {self.prog} --help."
        self.exit(BAD_USE, f"numdeck: {clean(sentence, MAX_OWN_SENTENCE)}\n")


def _refuse_key(_value: str) -> NoReturn:
    raise argparse.ArgumentTypeError(
        "others can read the command line: put the key into NUMDECK_API_KEY, api_key_file or api_key_command"
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="numdeck", description="Order phone numbers and watch their SMS codes arrive.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"numdeck {__version__}")
    parser.add_argument("--config", metavar="FILE", type=Path, help="settings file")
    parser.add_argument("--api-key", type=_refuse_key, help=argparse.SUPPRESS)
    parser.add_argument("--base-url", metavar="URL", help="root of the service")
    parser.add_argument("--state-dir", metavar="DIR", type=Path, help="folder of the journal and the log")
    parser.add_argument("--poll", metavar="SECONDS", help="poll interval, at least 2")
    parser.add_argument("--read-only", action="store_true", default=None, help="watch without ordering or cancelling")
    parser.add_argument(
        "--sandbox", action="store_true", default=None, help="use the local sandbox: no key, no network"
    )
    _add_sandbox_options(parser, default=None)
    commands = parser.add_subparsers(dest="command", title="commands", metavar="command")
    alone = commands.add_parser(
        "sandbox",
        help="serve the sandbox without the dashboard",
        description="Serve the sandbox on this machine, for numdeck or other clients.",
        allow_abbrev=False,
    )
    alone.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (default: %(default)s)")
    _add_sandbox_options(alone, default=argparse.SUPPRESS)  # the same option before the command stays in force
    commands.add_parser(
        "setup",
        help="ask for the API key, try it and save it",
        description="Ask for the API key, try it and save it in the settings file, readable by you only.",
        allow_abbrev=False,
    )
    history = commands.add_parser(
        "history",
        help="list or export the orders that have ended",
        description="List or export the orders that have ended, the newest first.",
        allow_abbrev=False,
    )
    _add_filter(history)
    form = history.add_mutually_exclusive_group()
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="write CSV, with all fields")
    form.add_argument("--json", dest="form", action="store_const", const="json", help="write JSON, one order a line")
    history.add_argument("--output", metavar="FILE", type=Path, help="write to this file, readable by you only")
    stats = commands.add_parser(
        "stats",
        help="show what orders came to: success rate, costs, time to the code",
        description="Show what orders came to: success rate, costs, time to the code.",
        allow_abbrev=False,
    )
    _add_filter(stats)
    stats.add_argument(
        "--by",
        choices=("service", "country", "provider", "day", "hour"),
        default="service",
        help="what to group by (default: %(default)s)",
    )
    stats.add_argument("--json", action="store_true", help="write one JSON object")
    return parser


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="WORD", nargs="*", help="what an order must have: number, code, service…")
    parser.add_argument("--since", metavar="SPAN", help="only what ended in the last 90m, 12h, 7d…")


def _add_sandbox_options(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    options = parser.add_argument_group("sandbox options")
    options.add_argument("--speed", metavar="N", type=float, default=default, help="pass time N times as fast")
    options.add_argument("--seed", metavar="N", type=int, default=default, help="random seed of the sample data")
    options.add_argument(
        "--fault", metavar="NAME[:TIMES]", action="append", default=default, help="inject a fault; may be repeated"
    )


def _setup(options: argparse.Namespace) -> int:
    from numdeck.settings import config_file
    from numdeck.setup_command import run_setup

    # The settings file is written here, not read, so it does not have to exist.
    return run_setup(_load(options, None), _config(options) or config_file())


def _history(options: argparse.Namespace) -> int:
    from numdeck.history_command import run_history

    settings = _load(options, _config(options))
    return run_history(settings, " ".join(options.words), options.form or "text", options.output, _since(options))


def _stats(options: argparse.Namespace) -> int:
    from numdeck.stats_command import run_stats

    settings = _load(options, _config(options))
    words = " ".join(options.words)
    return run_stats(settings, words, options.by, as_json=options.json, ended_since=_since(options))


def _since(options: argparse.Namespace) -> float | None:
    """The beginning of the span that `--since` names, in epoch seconds; None without it."""
    from numdeck.settings import SettingsError, read_duration

    if options.since is None:
        return None
    span = read_duration(options.since)
    if not isinstance(span, float):
        raise SettingsError("Argument --since: write a number and a unit, such as 90m, 12h or 7d.")
    return time.time() - span


def _load(options: argparse.Namespace, config: Path | None) -> Settings:
    from numdeck.settings import load_settings
    from numdeck.streams import say

    names = ("base_url", "state_dir", "poll", "read_only", "sandbox")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return load_settings(config=config, environment=os.environ, overrides=given, say=say)


def _config(options: argparse.Namespace) -> Path | None:
    """The settings file that the command line or the environment names, if any."""
    named = os.environ.get("NUMDECK_CONFIG")
    return options.config or (Path(named) if named else None)


def _sandbox(options: argparse.Namespace) -> int:
    from numdeck.sandbox.server import SandboxStartError, serve
    from numdeck.settings import SettingsError

    try:
        serve(_sandbox_settings(options), options.port)
    except SandboxStartError as error:
        raise SettingsError(str(error)) from None
    return 0


def _sandbox_settings(options: argparse.Namespace) -> SandboxSettings:
    from numdeck.sandbox.faults import read_fault
    from numdeck.sandbox.settings import SandboxSettings
    from numdeck.settings import SettingsError

    speed = 1.0 if options.speed is None else options.speed
    if not 0.1 <= speed <= 1000:
        raise SettingsError(f"Argument --speed: {speed:g} is not between 0.1 and 1000.")
    try:
        faults = tuple(read_fault(text) for text in options.fault or ())
    except ValueError as error:
        raise SettingsError(f"Argument --fault: {error}.") from None
    return SandboxSettings(speed=speed, seed=1 if options.seed is None else options.seed, faults=faults)


def _dashboard(options: argparse.Namespace) -> int:
    gc.disable()  # what is made until the screen stands, stays; see `NumdeckApp.start_watch`
    from numdeck.api_key import find_key
    from numdeck.dashboard import run_dashboard
    from numdeck.settings import SettingsError, config_file

    named = _config(options)
    settings, settings_file = _load(options, named), named or config_file()
    _check_terminal()
    for name in ("speed", "seed", "fault"):
        if getattr(options, name) is not None and not settings.sandbox:
            raise SettingsError(f"Argument --{name} needs --sandbox.")
    _check_looks(settings)
    if not settings.sandbox:
        return run_dashboard(settings, settings_file, base_url=settings.base_url, key=find_key(settings))
    from numdeck.sandbox.sandbox import Sandbox
    from numdeck.sandbox.server import SandboxServer, SandboxStartError

    sandbox_settings = _sandbox_settings(options)
    try:
        with SandboxServer(Sandbox(sandbox_settings)) as server:
            sandbox, key = server.sandbox, sandbox_settings.key
            return run_dashboard(settings, settings_file, base_url=server.base_url, key=key, sandbox=sandbox)
    except SandboxStartError as error:
        raise SettingsError(str(error)) from None


def _check_terminal() -> None:
    from numdeck.settings import SettingsError

    # Textual draws on stderr, and reads keys from stdin.
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):
        raise SettingsError(
            "The dashboard needs a terminal: standard input and standard error must not be redirected or closed."
        )
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise SettingsError("The dashboard needs a terminal that can move its cursor: TERM is unset or 'dumb'.")
    if os.environ.get("NO_COLOR"):
        # Only a theme of the terminal's own colours can do without colour. Textual reads this when it is imported.
        os.environ["TEXTUAL_THEME"] = "ansi-dark"


def _check_looks(settings: Settings) -> None:
    from numdeck.settings import SettingsError
    from numdeck.ui.keymap import check_keymap
    from numdeck.ui.theme import check_theme

    trouble = check_keymap(settings.keymap) or check_theme(settings.screen.theme)
    if trouble is not None:
        raise SettingsError(trouble)
