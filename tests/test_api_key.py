"""Finding the API key."""

from __future__ import annotations

from pathlib import Path

import pytest

from numdeck.api_key import find_key
from numdeck.settings import Settings, SettingsError


def test_sources(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("from-file\n")
    key_file.chmod(0o600)
    assert find_key(Settings(api_key="itself", api_key_file=key_file)) == "itself"
    assert find_key(Settings(api_key_file=key_file)) == "from-file"
    assert find_key(Settings(api_key_command=("printf", "from-command"))) == "from-command"


@pytest.mark.parametrize(
    "script",
    [
        "echo k3y; sleep 15 &",  # an agent keeps the output open
        "echo k3y; exec sleep 15",
        "echo k3y; exec >&-; exec sleep 15",
        "printf k3y; exec >&-; exec sleep 15",
        "printf k3; sleep 0.2; printf y; sleep 15 &",
        "echo; printf k3y",
    ],
)
def test_output_of_a_command(script: str) -> None:
    assert find_key(Settings(api_key_command=("sh", "-c", script))) == "k3y"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(), "No API key: run numdeck setup"),
        (Settings(api_key=" "), "empty key"),
        (Settings(api_key="se cret"), "invalid characters"),
        (Settings(api_key_file=Path("/nowhere/key")), "Key file /nowhere/key cannot be read"),
        (Settings(api_key_file=Path("/")), "is not a regular file"),
        (Settings(api_key_file=Path("/dev/zero")), "is not a regular file"),
        (Settings(api_key_command=("/nowhere/command",)), "cannot be run"),
        (Settings(api_key_command=("false",)), "ended with status 1"),
        (Settings(api_key_command=("sh", "-c", "echo locked; exit 3")), "ended with status 3"),
        (Settings(api_key_command=("sh", "-c", "echo locked; sleep 0.2; exit 3")), "ended with status 3"),
        (Settings(api_key_command=("true",)), "empty key"),
        (Settings(api_key_command=("yes",)), "more than a key"),
    ],
)
def test_no_usable_key(settings: Settings, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        find_key(settings)
    assert says in caught.value.sentence
    assert "se cret" not in caught.value.sentence


def test_a_key_file_that_others_can_read_or_replace(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    key_file = folder / "key"
    key_file.write_text("abc")
    key_file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        find_key(Settings(api_key_file=key_file))
    key_file.chmod(0o600)
    folder.chmod(0o777)
    with pytest.raises(SettingsError, match=f"chmod go-w {folder}"):
        find_key(Settings(api_key_file=key_file))
    folder.chmod(0o1777)
    assert find_key(Settings(api_key_file=key_file)) == "abc"
