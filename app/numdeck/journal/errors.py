"""What can go wrong with the journal, each with a sentence that names the file and the remedy."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from numdeck.model.text import MAX_OWN_SENTENCE, clean

_UNDECODABLE: Final = -1
"""Stands for an error without a code of SQLite's: text in a row that is not UTF-8."""

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, _UNDECODABLE})
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PRIMARY_BITS: Final = 0xFF
"""SQLite keeps the details of an error in the bits above its primary code."""

_ELSEWHERE: Final = "or set another state_dir"
_MAKE_ROOM: Final = f"free some space on its disk, {_ELSEWHERE}"
_PERMIT: Final = f"make the file and its folder writable for you, {_ELSEWHERE}"
_REMEDIES: Final = {
    sqlite3.SQLITE_FULL: _MAKE_ROOM,
    sqlite3.SQLITE_READONLY: _PERMIT,
    sqlite3.SQLITE_CANTOPEN: _PERMIT,
    sqlite3.SQLITE_PERM: _PERMIT,
    sqlite3.SQLITE_BUSY: "another program holds it: wait for that program, or end it",
}
_CHECK_DISK: Final = f"check its disk and the space on it, {_ELSEWHERE}"


class JournalError(Exception):
    """The journal cannot be used. `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = clean(sentence, MAX_OWN_SENTENCE)
        super().__init__(self.sentence)


class JournalUnwritable(JournalError):  # noqa: N818 - it names what the journal is
    """The journal cannot be reached: a full disk, a folder that is read-only, an I/O error. Nothing was written."""

    def __init__(self, path: Path | str, reason: str, remedy: str) -> None:
        super().__init__(f"The journal cannot be used ({reason}): {remedy}. Its file is {path}.")


class JournalMoved(JournalError):  # noqa: N818
    """The open file is no longer the one at its path: it was deleted or replaced, or its folder was.

    What was written since may be lost with it.
    """

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"The journal was deleted or replaced while numdeck was running. Its file is {path}.")


class JournalDamaged(JournalError):  # noqa: N818
    """The file is not a journal, or a damaged one."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"The journal is damaged ({reason}): rename it and start numdeck again, which then begins a new one. "
            f"Its file is {path}."
        )


class JournalTooNew(JournalError):  # noqa: N818
    """The journal was written by a later version, whose file this one must not change."""

    def __init__(self, path: Path | str, version: int, known: int) -> None:
        super().__init__(
            f"The journal is of a newer numdeck (schema {version}, this one knows {known}): update numdeck, or set "
            f"another state_dir. Its file is {path}."
        )


@contextmanager
def journal_errors(path: Path | str) -> Iterator[None]:
    """Raise errors of disk and database as a JournalError that names `path`; programming errors stay as they are."""
    try:
        yield
    except OSError as error:
        remedy = _MAKE_ROOM if error.errno in _NO_ROOM else _PERMIT
        raise JournalUnwritable(path, error.strerror or str(error), remedy) from error
    except sqlite3.DatabaseError as error:
        code = _primary_code(error)
        is_ours = isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError | sqlite3.DataError)
        if code in _DAMAGE and not is_ours:
            raise JournalDamaged(path, str(error)) from error
        if isinstance(error, sqlite3.OperationalError):
            raise JournalUnwritable(path, str(error), _REMEDIES.get(code, _CHECK_DISK)) from error
        raise
    except UnicodeDecodeError as error:  # SQLite quotes the garbage that it found
        raise JournalDamaged(path, "it is not readable") from error


@contextmanager
def reading_rows(path: Path | str) -> Iterator[None]:
    """Raise JournalDamaged, naming `path`, when a row does not hold what was written there."""
    try:
        yield
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise JournalDamaged(path, "a row of it is not readable") from error


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection holds the file, so that a retry may succeed."""
    return _primary_code(error) == sqlite3.SQLITE_BUSY


def _primary_code(error: sqlite3.DatabaseError) -> int:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return _UNDECODABLE if code is None else code & _PRIMARY_BITS
