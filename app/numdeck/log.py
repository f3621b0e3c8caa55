"""The log: warnings of numdeck and its libraries, in a file that only its owner may read."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from numdeck.model.text import clean
from numdeck.private import make_folder, open_private

LOG_NAME: Final = "numdeck.log"

_LONGEST_LINE: Final = 2000
_LARGEST_FILE: Final = 1_000_000


class _TextFormatter(logging.Formatter):
    """Writes control characters as text: logs are read in terminals."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record line by line."""
        return "\n".join(clean(line, _LONGEST_LINE) for line in super().format(record).split("\n"))


class _PrivateHandler(RotatingFileHandler):
    """Creates files that only their owner may read."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - typed by the base class
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=open_private)


def write_log(folder: Path) -> None:
    """Log to a file in `folder`, which is created if it is missing. Raises OSError."""
    make_folder(folder)
    handler = _PrivateHandler(folder / LOG_NAME, maxBytes=_LARGEST_FILE, backupCount=1, encoding="utf-8")
    handler.setFormatter(_TextFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.raiseExceptions = False  # a full disk, or the program's end: a traceback would go across the screen


def write_no_log() -> None:
    """Drop all log records. Without a handler Python would write them to stderr, across the screen."""
    logging.basicConfig(level=logging.WARNING, handlers=[logging.NullHandler()])
