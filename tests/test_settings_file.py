"""Setting values in the user's settings file."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from numdeck.settings import SettingsError
from numdeck.settings_file import set_values

NORD = {"screen.theme": "nord"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[screen]\ntheme = "nord"\n'),
        ("# mine\n", '# mine\n\n[screen]\ntheme = "nord"\n'),
        ("poll = 3 # s\n\n", 'poll = 3 # s\n\n[screen]\ntheme = "nord"\n'),
        ("[screen]\ntheme = 'x' # why\nutc=true\n", '[screen]\ntheme = "nord" # why\nutc=true\n'),
        ("screen = {utc = true} # so\n", 'screen = {utc = true,theme = "nord"} # so\n'),
        ('screen.theme = "x" # so\npoll = 3\n', 'screen.theme = "nord" # so\npoll = 3\n'),
        ("[screen]\r\ntheme = 'x'\r\n# end", '[screen]\r\ntheme = "nord"\r\n# end'),
        ("[keymap]\n'order.new' = 'f2'\n", "[keymap]\n'order.new' = 'f2'\n\n[screen]\ntheme = \"nord\"\n"),
    ],
)
def test_set_one_value(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(before.encode())
    path.chmod(0o640)
    set_values(path, NORD)
    assert path.read_bytes().decode() == after
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["screen = 3\n", "[screen\n", "\xff"])
def test_invalid_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"config\.toml cannot be changed: .+\."):
        set_values(path, NORD)
    assert path.read_bytes() == text.encode("latin-1")


def test_new_file(tmp_path: Path) -> None:
    path = tmp_path / "numdeck" / "config.toml"
    set_values(path, NORD)
    assert tomllib.loads(path.read_text()) == {"screen": {"theme": "nord"}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("poll = 3\n")
    link.symlink_to(real)
    set_values(link, NORD)
    assert link.is_symlink()
    assert tomllib.loads(real.read_text()) == {"poll": 3, "screen": {"theme": "nord"}}


def test_unwritable_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "config.toml"
    with pytest.raises(SettingsError, match="cannot be changed"):
        set_values(path, NORD)
