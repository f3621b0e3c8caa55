"""Files and folders that only their owner may use, from the moment of their creation and whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
"""The permissions of everybody but the owner."""

_WRITE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


def make_folder(path: Path) -> None:
    """Create a folder and its missing parents for their owner only. Raises OSError.

    An existing folder keeps its mode: it may be shared on purpose.
    """
    for folder in reversed([path, *path.parents]):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def open_private(path: str | Path, flags: int) -> int:
    """Open a file and remove the permissions of others; an `opener` for `open`. Raises OSError."""
    descriptor = os.open(path, flags, PRIVATE_FILE)
    try:
        if os.fstat(descriptor).st_mode & OTHERS:
            os.fchmod(descriptor, PRIVATE_FILE)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but the owner may read or write the file. Raises OSError."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS)


def tampering(path: Path, status: os.stat_result, me: int) -> str:
    """How anybody but the user `me` and root could change what is at `path`, and what to do about it; else empty.

    In a folder with the sticky bit, such as `/tmp`, only its owner can replace a file.
    """
    if stat.S_ISCHR(status.st_mode):
        return ""  # such as /dev/null, which anybody may write
    if status.st_uid not in {me, 0}:
        return f"{path} belongs to another user (uid {status.st_uid}): make it yours with chown, or use a copy"
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    if status.st_mode & _WRITE_BY_OTHERS and not is_sticky:
        return f"{path} can be changed by others: run chmod go-w {path}"
    return ""


def folder_tampering(path: Path) -> str:
    """Like `tampering`, for the folder of `path` and the folder of the file that it links to. Raises OSError."""
    if os.name != "posix":
        return ""
    folders = dict.fromkeys([path.absolute().parent, path.resolve().parent])
    troubles = (tampering(folder, folder.stat(), os.getuid()) for folder in folders)
    return next(filter(None, troubles), "")


def file_tampering(path: Path, descriptor: int) -> str:
    """Like `tampering`, for the open file at `path` and its folder. Raises OSError."""
    if os.name != "posix":
        return ""
    return tampering(path, os.fstat(descriptor), os.getuid()) or folder_tampering(path)
