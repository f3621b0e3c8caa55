"""Files and folders for their owner alone, whatever the umask is and from their first moment."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
"""What nobody but the owner may have."""


def make_folder(path: Path) -> None:
    """Create a folder, and those above it that are missing, for their owner alone. Raises OSError.

    One that is there already may be shared on purpose, and is left as it is.
    """
    for folder in reversed([path, *path.parents]):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def open_private(path: str | Path, flags: int) -> int:
    """Open a file, as `opener` of `open`, and take everybody else's rights to it. Raises OSError."""
    descriptor = os.open(path, flags, PRIVATE_FILE)
    try:
        if os.fstat(descriptor).st_mode & OTHERS:
            os.fchmod(descriptor, PRIVATE_FILE)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def is_open_to_others(path: Path) -> bool:
    """Whether somebody but the owner may read or write what is there. Raises OSError."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS)
