"""A journal on disk, a used one, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from numdeck.clock import Clock, SystemClock
from numdeck.journal.journal import Journal
from tests.journal.samples import NOON, attempt, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal may be; its folder does not exist yet."""
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal.open(path)) as opened:
        yield opened


@pytest.fixture
def used(path: Path) -> Path:
    """A journal of some pages, closed."""
    with closing(Journal.open(path)) as opened:
        opened.write([record(number, "12345") for number in range(300)], [attempt()])
    return path


class NoonClock(SystemClock):
    def now(self) -> float:
        return NOON


@pytest.fixture
def clock() -> Clock:
    return NoonClock()
