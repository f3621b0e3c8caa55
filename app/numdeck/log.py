"""The log: warnings of ours and of the libraries, in a file that only its owner may read."""

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
    """Writes what came from outside as text: a log is read in a terminal, too."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record, line by line."""
        return "\n".join(clean(line, _LONGEST_LINE) for line in super().format(record).split("\n"))


class _PrivateHandler(RotatingFileHandler):
    """Makes files that only their owner may read, whatever the umask is."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a stream, as the base has it
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=open_private)


def write_log(folder: Path) -> None:
    """Begin to write the log in `folder`, which is made if it is not there. Raises OSError where that cannot be."""
    make_folder(folder)
    handler = _PrivateHandler(folder / LOG_NAME, maxBytes=_LARGEST_FILE, backupCount=1, encoding="utf-8")
    handler.setFormatter(_TextFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def write_no_log() -> None:
    """Without a handler Python would write to stderr, in the midst of the screen."""
    logging.basicConfig(level=logging.WARNING, handlers=[logging.NullHandler()])
