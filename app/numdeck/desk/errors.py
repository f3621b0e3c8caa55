"""Errors of the service and of the journal as errors of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from numdeck.api.errors import (
    ApiError,
    Held,
    InsufficientBalance,
    OutOfStock,
    ReadOnly,
    Rejected,
    Throttled,
    Unauthorised,
)
from numdeck.desk.port import DeskError, ErrorKind
from numdeck.journal.errors import JournalError

_KINDS: Final[dict[type[ApiError], ErrorKind]] = {
    ReadOnly: ErrorKind.READ_ONLY,
    Unauthorised: ErrorKind.UNAUTHORISED,
    InsufficientBalance: ErrorKind.INSUFFICIENT_BALANCE,
    OutOfStock: ErrorKind.OUT_OF_STOCK,
    Rejected: ErrorKind.REFUSED,
    Throttled: ErrorKind.THROTTLED,
}


@contextmanager
def desk_errors() -> Iterator[None]:
    """Raise ApiError and JournalError as DeskError."""
    try:
        yield
    except ApiError as error:
        kind = _KINDS.get(type(error), ErrorKind.UNAVAILABLE)
        raise DeskError(
            error.sentence,
            kind=kind,
            fields=error.fields if isinstance(error, Rejected) else None,
            maybe_applied=error.maybe_applied,
            retry_after=error.retry_after if isinstance(error, Held) else None,
        ) from error
    except JournalError as error:
        raise DeskError(error.sentence, kind=ErrorKind.JOURNAL) from error
