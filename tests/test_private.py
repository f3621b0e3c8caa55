"""Files and folders are private even under the most open umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from numdeck.private import folder_tampering, is_open_to_others, make_folder, open_private, tampering


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_folders(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_existing_folder(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    make_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o755


@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_files(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "file"
    if before is not None:
        path.touch(before)
        assert is_open_to_others(path)
    os.close(open_private(path, os.O_WRONLY | os.O_CREAT))
    assert mode(path) == 0o600
    assert not is_open_to_others(path)


FILE, FOLDER, PIPE, DEVICE = stat.S_IFREG, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR
ME, ROOT, OTHER = 1000, 0, 1001


@pytest.mark.parametrize(
    ("mode", "owner", "says"),
    [
        (FILE | 0o600, ME, ""),
        (FILE | 0o644, ME, ""),
        (FILE | 0o444, ROOT, ""),
        (FILE | 0o664, ME, "chmod go-w /x"),
        (FILE | 0o602, ME, "chmod go-w /x"),
        (FILE | 0o666, ROOT, "chmod go-w /x"),
        (FILE | 0o600, OTHER, "uid 1001"),
        (FILE | 0o1666, ME, "chmod go-w /x"),  # the sticky bit of a file means nothing
        (FOLDER | 0o755, ME, ""),
        (FOLDER | 0o755, ROOT, ""),
        (FOLDER | 0o1777, ROOT, ""),
        (FOLDER | 0o777, ROOT, "chmod go-w /x"),
        (FOLDER | 0o770, ME, "chmod go-w /x"),
        (FOLDER | 0o1777, OTHER, "uid 1001"),
        (PIPE | 0o600, ME, ""),
        (PIPE | 0o622, ME, "chmod go-w /x"),
        (DEVICE | 0o666, ROOT, ""),
    ],
)
def test_tampering(mode: int, owner: int, says: str) -> None:
    trouble = tampering(Path("/x"), os.stat_result((mode, 0, 0, 1, owner, 0, 0, 0, 0, 0)), ME)
    assert bool(trouble) == bool(says)
    assert says in trouble


def test_tampering_as_root() -> None:
    assert "uid 1000" in tampering(Path("/x"), os.stat_result((FILE | 0o600, 0, 0, 1, ME, 0, 0, 0, 0, 0)), ROOT)


def test_folder_tampering_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir(mode=0o700)
    (tmp_path / "config").mkdir(mode=0o700)
    (tmp_path / "dotfiles" / "file").touch(0o600)
    link = tmp_path / "config" / "file"
    link.symlink_to(tmp_path / "dotfiles" / "file")
    assert folder_tampering(link) == ""
    for name in ("dotfiles", "config"):
        (tmp_path / name).chmod(0o777)
        assert f"chmod go-w {tmp_path / name}" in folder_tampering(link)
        (tmp_path / name).chmod(0o700)
