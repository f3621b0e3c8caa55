"""`numdeck setup`: ask for a key, try it, and keep it in a settings file that only its owner may read."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
import tomllib
from pathlib import Path
from typing import Final

from numdeck.api.errors import ApiError
from numdeck.api_key import check_key
from numdeck.model.text import clean
from numdeck.private import folder_tampering, make_folder, open_private
from numdeck.settings import DEFAULT_BASE_URL, Settings, SettingsError
from numdeck.settings_file import set_values

_KEY_SETTINGS: Final = frozenset({"api_key", "api_key_file", "api_key_command"})


def run_setup(settings: Settings, target: Path) -> int:
    """Ask, try, write; the result is the exit status.

    In a settings file that is there already, the key is inserted. Raises SettingsError when the file says already
    where the key is, when the key has characters that no key has, and when the service does not take it.
    """
    if _names_a_key(target):
        raise SettingsError(f"Settings file {target} says already where the key is: change it there.")
    _check_folder(target)
    try:
        typed = getpass.getpass(f"API key for {settings.base_url} (it is not shown): ")
    except EOFError:
        raise SettingsError("No key was entered, and nothing was kept: run numdeck setup in a terminal.") from None
    key = check_key(typed, "api_key")
    try:
        asyncio.run(_try_key(settings.base_url, key))
    except ApiError as error:
        raise SettingsError(f"The key was not kept: {error.sentence}") from None
    _write(target, settings.base_url, key)
    sys.stdout.write(f"The key works, and is kept in {clean(target)}. Start with: numdeck\n")
    return 0


def _check_folder(target: Path) -> None:
    """Refuse a folder in which others could exchange the file: the next start would refuse it, too."""
    try:
        trouble = folder_tampering(target) if target.parent.exists() else ""
    except OSError as error:
        raise SettingsError(f"Settings file {target} cannot be written: {error.strerror}.") from None
    if trouble:
        raise SettingsError(f"No key is kept in {target}: {trouble}.")


async def _try_key(base_url: str, key: str) -> None:
    """Ask for the active list once: the cheapest request that needs the key."""
    from numdeck.api.client import NumbersClient
    from numdeck.clock import ServiceClock, SystemClock

    async with NumbersClient(base_url, key, ServiceClock(SystemClock()), read_only=True) as client:
        await client.active()


def _names_a_key(target: Path) -> bool:
    try:
        return not _KEY_SETTINGS.isdisjoint(tomllib.loads(target.read_text("utf-8")))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SettingsError(f"Settings file {target} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise SettingsError(f"Settings file {target} is not valid TOML: mend it, or move it away.") from None


def _write(path: Path, base_url: str, key: str) -> None:
    values = {"api_key": key} | ({} if base_url == DEFAULT_BASE_URL else {"base_url": base_url})
    if path.exists():
        set_values(path, values, is_secret=True)
        return
    import tomli_w

    try:
        make_folder(path.parent)
        # Never readable by others, not even for a moment; and never over a file that has come in the meantime.
        descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "wb") as file:
            tomli_w.dump(values, file)
    except OSError as error:
        raise SettingsError(f"Settings file {path} cannot be written: {error.strerror}.") from None
