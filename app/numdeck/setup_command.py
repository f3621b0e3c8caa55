"""`numdeck setup`: ask for the API key, try it and save it in the settings file."""

from __future__ import annotations

import asyncio
import getpass
import sys
import tomllib
from pathlib import Path
from typing import Final

from numdeck.api.errors import ApiError
from numdeck.api_key import check_key
from numdeck.model.text import clean
from numdeck.private import folder_tampering
from numdeck.settings import DEFAULT_BASE_URL, Settings, SettingsError
from numdeck.settings_file import set_values

_KEY_SETTINGS: Final = frozenset({"api_key", "api_key_file", "api_key_command"})


def run_setup(settings: Settings, target: Path) -> int:
    """Ask for the key, try it, insert it into the settings file `target`, and return the exit status.

    Raises SettingsError when the file already has a key, when the input cannot be a key, when the service refuses it,
    and when the file cannot be written.
    """
    if _names_a_key(target):
        raise SettingsError(f"Settings file {target} already says where the key is: change it there.")
    _check_folder(target)
    try:
        typed = getpass.getpass(f"API key for {settings.base_url} (not shown): ")
    except EOFError:
        raise SettingsError("No key was entered and nothing was saved: run numdeck setup in a terminal.") from None
    key = check_key(typed, "api_key")
    try:
        asyncio.run(_try_key(settings.base_url, key))
    except ApiError as error:
        raise SettingsError(f"The key was not saved: {error.sentence}") from None
    values = (
        {"api_key": key} if settings.base_url == DEFAULT_BASE_URL else {"api_key": key, "base_url": settings.base_url}
    )
    set_values(target, values, is_secret=True)
    sys.stdout.write(f"The key works and is saved in {clean(target)}. To start the dashboard, run: numdeck\n")
    return 0


def _check_folder(target: Path) -> None:
    """Refuse a folder in which others could replace the file: the next start would refuse it too."""
    try:
        trouble = folder_tampering(target) if target.parent.exists() else ""
    except OSError as error:
        raise SettingsError(f"Settings file {target} cannot be written: {error.strerror}.") from None
    if trouble:
        raise SettingsError(f"No key is saved in {target}: {trouble}.")


async def _try_key(base_url: str, key: str) -> None:
    """Get the active list, the cheapest request that needs the key. Raises ApiError."""
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
        raise SettingsError(f"Settings file {target} is not valid TOML: correct it or move it away.") from None
