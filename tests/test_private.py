"""Private from the first moment, under the most open umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from numdeck.private import is_open_to_others, make_folder, open_private


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_that_is_made_is_private(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    make_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o755


@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_a_file_is_private_whether_it_is_new_or_was_open_to_others(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "file"
    if before is not None:
        path.touch(before)
        assert is_open_to_others(path)
    os.close(open_private(path, os.O_WRONLY | os.O_CREAT))
    assert mode(path) == 0o600
    assert not is_open_to_others(path)
