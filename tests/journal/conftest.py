"""A journal on disk, where the program would begin one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from numdeck.journal.journal import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal may be; its folder does not exist yet."""
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal.open(path)) as opened:
        yield opened
