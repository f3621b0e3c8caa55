"""`numdeck setup` tries the key before it saves it, and saves it for its owner only."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY
from numdeck.settings import Settings, SettingsError
from numdeck.setup_command import run_setup


@pytest.fixture
def settings() -> Iterator[Settings]:
    with SandboxServer(Sandbox()) as server:
        yield Settings(base_url=server.base_url)


def answer(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _question: key)


def test_valid_key(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, f" {SANDBOX_KEY}\n")
    path = tmp_path / "new" / "config.toml"
    assert run_setup(settings, path) == 0
    assert tomllib.loads(path.read_text()) == {"api_key": SANDBOX_KEY, "base_url": settings.base_url}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SANDBOX_KEY not in capsys.readouterr().out.replace(str(path), "")


@pytest.mark.parametrize(("key", "says"), [("wrong-key", "key"), ("a b", "characters"), ("", "empty")])
def test_invalid_keys(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, says: str) -> None:
    answer(monkeypatch, key)
    path = tmp_path / "config.toml"
    with pytest.raises(SettingsError, match=says):
        run_setup(settings, path)
    assert not path.exists()


def test_no_input(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", end)
    with pytest.raises(SettingsError, match="No key was entered"):
        run_setup(settings, tmp_path / "config.toml")


def test_existing_settings_file(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, SANDBOX_KEY)
    path = tmp_path / "config.toml"
    path.write_text("# mine\n[screen]\ntheme = 'nord'  # as everywhere\n")
    path.chmod(0o644)
    assert run_setup(settings, path) == 0
    text = path.read_text()
    assert tomllib.loads(text) == {
        "api_key": SANDBOX_KEY,
        "base_url": settings.base_url,
        "screen": {"theme": "nord"},
    }
    assert "# mine\n" in text
    assert text.endswith("[screen]\ntheme = 'nord'  # as everywhere\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("line", ['api_key = "old"', 'api_key_file = "key"', 'api_key_command = ["pass"]', "nonsense"])
def test_settings_file_with_a_key(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    answer(monkeypatch, SANDBOX_KEY)
    path = tmp_path / "config.toml"
    path.write_text(line)
    with pytest.raises(SettingsError):
        run_setup(settings, path)
    assert path.read_text() == line
