"""The files of the state folder: which is whose, kept private, recognised later, and set aside when damaged."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from numdeck.journal.processes import Patience
from numdeck.private import PRIVATE_FILE, is_open_to_others, make_folder, open_private

_COMPANIONS: Final = ("-wal", "-shm")
"""The files that SQLite keeps beside its own, with the same mode."""


@contextmanager
def opening(path: Path, patience: Patience) -> Iterator[None]:
    """Hold a lock while opening `path`: a half-made file must not be taken for a damaged one and set aside.

    A missing folder is created for its owner alone; an existing one may be shared on purpose and is left as it is.
    Waits for another process that is opening the file. Raises OSError, and JournalUnwritable when `patience` runs out.
    """
    make_folder(path.parent)
    name = path.with_name(f"{path.name}.lock")
    lock = open_private(name, os.O_RDWR | os.O_CREAT)
    try:
        for _ in patience.attempts(name):
            with suppress(BlockingIOError):
                # Not a blocking call: a thread that sleeps in one cannot be cancelled.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
        yield
    finally:
        os.close(lock)


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Device and inode of a journal's file and of what SQLite keeps beside it; None for a file that is not there."""

    database: tuple[int, int] | None
    companions: tuple[tuple[int, int] | None, ...]


def identify(path: Path) -> FileIdentity:
    """Return which files are at `path` now. Raises OSError.

    By `stat`: closing a descriptor of a file drops the locks that this process's SQLite holds on it.
    """
    return FileIdentity(_identity(path), tuple(_identity(path.with_name(path.name + suffix)) for suffix in _COMPANIONS))


def remove_companions(path: Path, identity: FileIdentity) -> None:
    """Remove the files beside `path` that belong to the database with this identity. Raises OSError."""
    for suffix, companion in zip(_COMPANIONS, identity.companions, strict=True):
        file = path.with_name(path.name + suffix)
        if companion is not None and _identity(file) == companion:
            file.unlink()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino


def make_private(path: Path) -> None:
    """Create the file `path` for its owner alone, or revoke all other rights to it. Raises OSError."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    except FileExistsError:
        # Not opened here: closing a descriptor of a file drops the locks that this process's SQLite holds on it.
        for file in (path, *_companions(path)):
            with suppress(FileNotFoundError):  # another numdeck removes the companions when it ends
                if is_open_to_others(file):
                    file.chmod(PRIVATE_FILE)
        if not os.access(path, os.W_OK):  # SQLite would open it, and fail at the first purchase
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path) from None


def set_aside(path: Path, now: float) -> Path:
    """Rename a damaged file and its companions; return the new path, which has the time `now` (epoch seconds) in it."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    name = f"{path.name}.damaged-{stamp}"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    aside = next(candidate for candidate in map(path.with_name, names) if not candidate.exists())
    for companion in _companions(path):
        companion.rename(f"{aside}{companion.name.removeprefix(path.name)}")
    return path.rename(aside)


def put_back(aside: Path, path: Path) -> None:
    """Undo `set_aside`."""
    for file in (path, *_companions(path)):
        file.unlink(missing_ok=True)
    for companion in _companions(aside):
        companion.rename(f"{path}{companion.name.removeprefix(aside.name)}")
    aside.rename(path)


def copy_of(path: Path, folder: Path) -> Path:
    """Copy a file and its companions into `folder`; return the path of the copy. Raises OSError."""
    for file in (path, *_companions(path)):
        shutil.copyfile(file, folder / file.name)
    return folder / path.name


def _companions(path: Path) -> Iterator[Path]:
    for suffix in _COMPANIONS:
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            yield companion


_UNSAFE: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST_NAME: Final = 40
_TELLING_BYTES: Final = 8


def account_file(state_dir: Path, base_url: str, api_key: str, account: str = "") -> Path:
    """Return the path of an account's journal: by its name in the settings, else by a fingerprint of its key.

    The fingerprint is slow to compute and cut in half, so that the key cannot be guessed from it.
    """
    host = _slug(urlsplit(base_url).netloc)
    return (
        state_dir / f"journal-{host}-{_account_slug(account) if account else _fingerprint(base_url, api_key)}.sqlite3"
    )


def names_file(state_dir: Path, base_url: str) -> Path:
    """Return the path of the cache of a service's names of services and countries, shared by all accounts."""
    return state_dir / f"names-{_slug(urlsplit(base_url).netloc)}.json"


def _slug(text: str) -> str:
    return _UNSAFE.sub("-", text.lower()).strip("-.")[:_LONGEST_NAME]


def _account_slug(account: str) -> str:
    """Make a name safe for a file name; a digest keeps names apart that would look the same."""
    slug = _slug(account)
    if slug == account:
        return slug
    return f"{slug}-{hashlib.sha256(account.encode()).hexdigest()[:_TELLING_BYTES]}".lstrip("-")


def _fingerprint(base_url: str, api_key: str) -> str:
    salt = base_url.rstrip("/").lower().encode()
    digest = hashlib.scrypt(api_key.encode(), salt=salt, n=2**12, r=8, p=1, dklen=2 * _TELLING_BYTES)
    return digest[:_TELLING_BYTES].hex()
