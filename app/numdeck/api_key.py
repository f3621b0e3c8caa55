"""Finding the API key. No error message contains it."""

from __future__ import annotations

import os
import select
import subprocess
import time
from pathlib import Path
from typing import Final

from numdeck.private import file_tampering, is_open_to_others
from numdeck.settings import Settings, SettingsError

_COMMAND_SECONDS: Final = 10.0
_MOMENT: Final = 1.0
_SLICE: Final = 0.02
_LONGEST_KEY: Final = 4096


def find_key(settings: Settings) -> str:
    """Get the key from the setting, file or command that the settings name. Raises SettingsError."""
    if settings.api_key:
        return check_key(settings.api_key, "api_key")
    if settings.api_key_file:
        return check_key(_read_file(settings.api_key_file), f"api_key_file {settings.api_key_file}")
    if settings.api_key_command:
        return check_key(_run_command(settings.api_key_command), f"api_key_command {settings.api_key_command[0]}")
    raise SettingsError(
        "No API key: run numdeck setup, or set NUMDECK_API_KEY in the environment; numdeck --sandbox needs none."
    )


def check_key(raw: str, source: str) -> str:
    """Strip white space from a key that came from `source`. Raises SettingsError for anything that cannot be a key."""
    key = raw.strip()
    if not key:
        raise SettingsError(f"Setting {source} gives an empty key.")
    if len(key) > _LONGEST_KEY:
        raise SettingsError(f"Setting {source} gives more than a key: more than {_LONGEST_KEY} characters.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(f"Setting {source} gives a key with invalid characters, such as spaces.")
    return key


def _read_file(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # reading from a pipe could block
            raise SettingsError(f"Key file {path} is not a regular file: use api_key_command instead.")
        if is_open_to_others(path):
            raise SettingsError(f"Key file {path} can be read by others: run chmod 600 {path}.")
        with path.open(encoding="ascii", errors="replace") as file:
            if trouble := file_tampering(path, file.fileno()):
                raise SettingsError(f"Key file {path} is not used: {trouble}.")
            return file.read(_LONGEST_KEY * 2)
    except OSError as error:
        raise SettingsError(f"Key file {path} cannot be read: {error.strerror}.") from None


def _run_command(command: tuple[str, ...]) -> str:
    """Run the command that prints the key and return its output.

    The output is complete when the command exits, even if a child such as an agent keeps the pipe open, or when the
    command keeps running after it has printed a line or closed its output.
    """
    name = command[0]
    read_end, write_end = os.pipe()
    try:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own command, run without a shell
                command, stdin=subprocess.DEVNULL, stdout=write_end, stderr=subprocess.DEVNULL
            )
        finally:
            os.close(write_end)
        with process:
            try:
                output = _read_key(read_end, process)
                status = process.poll()
            finally:
                process.kill()
    except TimeoutError:
        raise SettingsError(f"Setting api_key_command: {name} took longer than {_COMMAND_SECONDS:g} s.") from None
    except (OSError, ValueError):
        raise SettingsError(f"Setting api_key_command: {name} cannot be run: check its path and its mode.") from None
    finally:
        os.close(read_end)
    if status and len(output) <= _LONGEST_KEY:
        raise SettingsError(f"Setting api_key_command: {name} ended with status {status}.")
    return output.decode("ascii", errors="replace")


def _read_key(descriptor: int, process: subprocess.Popen[bytes]) -> bytes:
    """Read the output of a process until it exits, or until nothing follows a whole line for a moment.

    Reads at most a little more than a key. Raises TimeoutError.
    """
    output, is_open, deadline = b"", True, time.monotonic() + _COMMAND_SECONDS
    whole_since: float | None = None  # when the last whole line was read, or the output closed
    while len(output) <= _LONGEST_KEY:
        has_ended = process.poll() is not None  # checked before reading, so that its last output is in the pipe
        if is_open and select.select([descriptor], [], [], 0.0 if has_ended else _SLICE)[0]:
            chunk = os.read(descriptor, _LONGEST_KEY)
            is_open = bool(chunk)
            output += chunk
            whole_since = time.monotonic() if output.endswith(b"\n") or not is_open else None
        elif has_ended:
            break
        elif not is_open:
            time.sleep(_SLICE)
        now = time.monotonic()
        if whole_since is not None and now - whole_since >= _MOMENT and output.strip():
            break
        if now >= deadline:
            raise TimeoutError
    return output
