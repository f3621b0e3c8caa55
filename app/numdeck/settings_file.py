"""Writing single values to the user's settings file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from numdeck.private import OTHERS, PRIVATE_FILE, make_folder, open_private
from numdeck.settings import SettingsError


def set_values(path: Path, values: Mapping[str, str], *, is_secret: bool = False) -> None:
    """Set values, such as that of `screen.theme`, and leave comments, order and everything else as they are.

    The file is replaced atomically and keeps its mode, but others lose their rights if `is_secret`. A missing file is
    created for its owner only. Raises SettingsError and leaves the file unchanged when it cannot be written.
    """
    target = path.resolve()  # a link stays a link
    try:
        text = target.read_bytes().decode()
        mode = target.stat().st_mode & 0o7777
        changed = _changed(text, values)
    except FileNotFoundError:
        mode, changed = PRIVATE_FILE, _new(values)
    except (OSError, UnicodeDecodeError) as error:
        raise _unwritable(path, _reason(error)) from None
    if changed is None:
        raise _unwritable(path, "edit it by hand")
    try:
        make_folder(target.parent)
        _replace(target, changed, mode & ~OTHERS if is_secret else mode)
    except OSError as error:
        raise _unwritable(path, _reason(error)) from None


def _changed(text: str, values: Mapping[str, str]) -> str | None:
    """The text with these values; None if anything else would change, or the text is not TOML."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        wanted = tomllib.loads(text)
        document: Any = tomlkit.parse(text)
        for name, value in values.items():
            _set(wanted, name, value, {})
            _set(document, name, value, tomlkit.table())
        changed = tomlkit.dumps(document)
        return changed if tomllib.loads(changed) == wanted else None
    except (ValueError, TypeError, TOMLKitError, RecursionError):
        return None


def _new(values: Mapping[str, str]) -> str:
    import tomli_w

    wanted: dict[str, Any] = {}
    for name, value in values.items():
        _set(wanted, name, value, {})
    return tomli_w.dumps(wanted)


def _set(document: Any, name: str, value: str, new_section: Any) -> None:  # noqa: ANN401 - dict, or tomlkit's like
    section, _, last = name.rpartition(".")
    if section and section not in document:
        document[section] = new_section
    (document[section] if section else document)[last] = value


def _replace(target: Path, text: str, mode: int) -> None:
    """Write a new file beside the target and rename it, so that readers see either the old file or the new one."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _unwritable(path: Path, reason: str) -> SettingsError:
    return SettingsError(f"Settings file {path} cannot be changed: {reason}.")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "it cannot be written" if isinstance(error, OSError) else "it is not UTF-8 text"
