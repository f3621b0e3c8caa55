"""Settings: sources, precedence and one sentence for each mistake."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from numdeck.settings import Settings, SettingsError, load_settings, read_duration

ROOT = Path(__file__).parent.parent


def load(path: Path | None = None, **environment: str) -> Settings:
    return load_settings(config=path, environment=environment, overrides={})


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture(autouse=True)
def _no_config_of_the_developer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))


def test_precedence(tmp_path: Path) -> None:
    path = write(tmp_path, "poll = 7\nread_only = true\n[screen]\nutc = true\n")
    settings = load_settings(config=path, environment={"NUMDECK_POLL": "8"}, overrides={"poll": "9s"})
    assert (settings.poll, settings.read_only, settings.screen.utc, settings.keep_ended) == (9.0, True, True, 600.0)
    assert load_settings(config=path, environment={"NUMDECK_POLL": "8"}, overrides={}).poll == 8.0
    assert load(path).poll == 7.0
    assert load().poll == 5.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pol = 5", ["pol", "does not exist", "did you mean poll?"]),
        ("[screen]\nthem = 'x'", ["screen.them", "did you mean screen.theme?"]),
        ("zzz = 1", ["zzz", "config.example.toml"]),
        ("poll = 'soon'", ["poll", "is not a duration", "14m"]),
        ("poll = 1", ["poll", "greater than or equal to 2"]),
        ("poll = true", ["poll"]),
        ("read_only = 'perhaps'", ["read_only", "bool"]),
        ("base_url = 'http://app.cyberyozh.com'", ["base_url", "https://"]),
        ("base_url = 'ftp://x'", ["base_url", "web address"]),
        ("base_url = 'https://user:secret@host'", ["base_url", "no user"]),
        ("[screen]\nclipboard = 'maybe'", ["screen.clipboard", "'auto', 'raw', 'tmux' or 'off'"]),
        ("[cancel]\nopens_after = '20m'", ["cancel", "closes_after must be later"]),
        ("auto_cancel_after = '16m'", ["auto_cancel_after must lie within the cancel window"]),
        ("auto_cancel_after = 90", ["auto_cancel_after", "from 120 s to less than 900 s"]),
        ("[spend]\nper_order = 'much'", ["spend.per_order", "decimal"]),
        ("[spend]\nper_day = -1", ["spend.per_day", "greater than or equal to 0"]),
        ("[spend]\nlow_balance = true", ["spend.low_balance", "decimal"]),
        ("poll = ", ["not valid TOML"]),
        ("poll = " + "9" * 5000, ["not valid TOML"]),
        ("poll = " + "[" * 5000, ["not valid TOML"]),
        ('"\\u001b]0;x\\u0007" = 1', ["^[]0;x^G", "does not exist"]),
        ('state_dir = "~nobody-of-that-name/x"', ["state_dir", "unknown user"]),
        ('api_key_file = "a\\u0000b"', ["api_key_file", "NUL"]),
        ('state_dir = ""', ["state_dir", "empty"]),
    ],
)
def test_bad_settings(tmp_path: Path, text: str, says: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(path)
    sentence = caught.value.sentence
    assert all(word in sentence for word in [*says, str(path)]), sentence
    assert "\n" not in sentence
    assert "secret" not in sentence


def test_bad_value_of_the_environment_or_the_command_line(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    with pytest.raises(SettingsError, match=r"poll \(NUMDECK_POLL\)"):
        load(path, NUMDECK_POLL="x")
    with pytest.raises(SettingsError, match=r"poll \(--poll\)"):
        load_settings(config=path, environment={}, overrides={"poll": "x"})


def test_missing_file(tmp_path: Path) -> None:
    assert load() == Settings()
    with pytest.raises(SettingsError, match="does not exist"):
        load(tmp_path / "nowhere.toml")


def test_http_is_for_loopback_only() -> None:
    assert load(NUMDECK_BASE_URL="http://127.0.0.1:8765/").base_url == "http://127.0.0.1:8765"
    assert load(NUMDECK_BASE_URL="http://[::1]:8765").base_url == "http://[::1]:8765"
    with pytest.raises(SettingsError, match="https"):
        load(NUMDECK_BASE_URL="http://127.0.0.1.example.com")


def test_a_key_in_the_environment_replaces_those_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'api_key_file = "key"\napi_key_command = ["pass"]')
    settings = load(path, NUMDECK_API_KEY="from-environment")
    assert (settings.api_key, settings.api_key_file, settings.api_key_command) == ("from-environment", None, None)


def test_a_file_with_a_key_that_others_can_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="chmod 600"):
        load(write(tmp_path, "api_key = 'abc'", mode=0o644))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o664])
@pytest.mark.parametrize("text", ["base_url = 'https://elsewhere.example'", "api_key_command = ['steal']", ""])
def test_a_file_that_others_can_write(tmp_path: Path, text: str, mode: int) -> None:
    path = write(tmp_path, text, mode)
    with pytest.raises(SettingsError, match=f"chmod go-w {path}"):
        load(path)


def test_a_file_in_a_folder_that_others_can_write(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    path = write(folder, "poll = 7")
    with pytest.raises(SettingsError, match=f"chmod go-w {folder}"):
        load(path)
    folder.chmod(0o1777)
    assert load(path).poll == 7.0


def test_null_device_pipe_and_huge_file(tmp_path: Path) -> None:
    assert load(Path("/dev/null")) == Settings()
    read_end, write_end = os.pipe()
    os.write(write_end, b"poll = 7")
    os.close(write_end)
    assert load(Path(f"/dev/fd/{read_end}")).poll == 7.0
    os.close(read_end)
    with pytest.raises(SettingsError, match="too long"):
        load(write(tmp_path, "#" * 2_000_000))


def test_the_repr_leaves_out_the_key() -> None:
    assert "hush-hush" not in repr(load(NUMDECK_API_KEY="hush-hush"))


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [("90", 90.0), ("90s", 90.0), ("14m", 840.0), ("2.5 s", 2.5), ("1h", 3600.0), (7, 7)],
)
def test_durations(raw: object, seconds: object) -> None:
    assert read_duration(raw) == seconds


def test_the_example_shows_every_setting() -> None:
    text = (ROOT / "config.example.toml").read_text()
    shown = tomllib.loads(re.sub(r"^# (?=[\"a-z_.]+ = )", "", text, flags=re.MULTILINE))
    example = {"api_key": "…", "api_key_file": "~/.config/numdeck/key", "api_key_command": ["pass", "show", "numdeck"]}
    assert {name: shown.pop(name) for name in example} == example
    assert shown.pop("spend") == {"per_order": "2.50", "per_day": "20.00", "low_balance": "5.00"}
    assert shown.pop("auto_cancel_after") == "14m"
    assert shown.pop("keymap") == {"order.cancel": "f8"}
    assert shown.pop("state_dir") == "~/.local/state/numdeck"
    defaults = asdict(Settings())
    assert shown == {name: value for name, value in defaults.items() if name in shown}
    assert defaults.keys() - shown.keys() == {*example, "auto_cancel_after", "keymap", "spend", "state_dir"}


def names_of(part: type, section: str = "") -> Iterator[str]:
    """Every setting, such as `poll` and `screen.theme`."""
    for name, hint in get_type_hints(part).items():
        if isinstance(hint, type) and is_dataclass(hint):
            yield from names_of(hint, f"{name}.")
        elif name in {field.name for field in fields(part)}:
            yield f"{section}{name}"


def reads(source: Path) -> Iterator[tuple[str, str]]:
    """What is read from an object, as the last name of the object and the attribute: `self._settings.poll`."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            yield owner.removeprefix("_"), node.attr


READS = {
    read for source in (ROOT / "app").rglob("*.py") if not source.stem.startswith("settings") for read in reads(source)
}
HOLDERS = {"cancel": ["cancel", "window"], "spend": ["spend", "limits"]}
"""What readers call a section, where it is not its own name or `settings`."""


@pytest.mark.parametrize("setting", names_of(Settings))
def test_every_setting_is_read(setting: str) -> None:
    section, _, name = setting.rpartition(".")
    holders = ["settings", *HOLDERS.get(section, [section])]
    assert any((holder, name) in READS for holder in holders)


def test_former_names(tmp_path: Path) -> None:
    path = write(tmp_path, "order_without_memory = true")
    said: list[str] = []
    settings = load_settings(config=path, environment={}, overrides={}, say=said.append)
    assert settings.order_without_journal
    assert said == [f"Setting order_without_memory ({path}) is now called order_without_journal: please rename it."]
