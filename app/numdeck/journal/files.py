"""The journal's file: private from its first moment, and kept aside when it is damaged."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from numdeck.private import PRIVATE_FILE, is_open_to_others, make_folder, open_private

_COMPANIONS: Final = ("-wal", "-shm")
"""What SQLite lays beside its file; new ones get the file's own mode."""


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Be the only process to open `path`: a half-made file must not be taken for a damaged one and set aside.

    A missing folder is created for its owner alone; one that is there may be shared on purpose and is left as it is.
    Waits for whoever else is opening. Raises OSError.
    """
    make_folder(path.parent)
    lock = open_private(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def make_private(path: Path) -> None:
    """Create the file `path`, readable and writable by its owner alone, or take everybody else's rights to it.

    Raises OSError.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    except FileExistsError:
        # Not opened here: to close any descriptor of a file drops the locks that this process's SQLite holds on it.
        for file in (path, *_companions(path)):
            with suppress(FileNotFoundError):  # a second numdeck that ends takes the companions away
                if is_open_to_others(file):
                    file.chmod(PRIVATE_FILE)
        if not os.access(path, os.W_OK):  # SQLite would open it all the same, and fail at the first purchase
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path) from None


def set_aside(path: Path, now: float) -> Path:
    """Rename a damaged file and what lies beside it, at `now` (epoch seconds); the result is the new name."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    name = f"{path.name}.damaged-{stamp}"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    aside = next(candidate for candidate in map(path.with_name, names) if not candidate.exists())
    for companion in _companions(path):
        companion.rename(f"{aside}{companion.name.removeprefix(path.name)}")
    return path.rename(aside)


def _companions(path: Path) -> Iterator[Path]:
    for suffix in _COMPANIONS:
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            yield companion
