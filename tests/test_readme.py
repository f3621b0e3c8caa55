"""What the README says is true."""

from __future__ import annotations

import re
from pathlib import Path

from numdeck.sandbox.faults import PRESETS
from numdeck.settings import ENVIRONMENT
from numdeck.ui.actions import ACTIONS, shown_keys

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_pictures() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(<([^>]+)>\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() and "__snapshots__" in picture for picture in pictures), pictures


def test_table_of_keys() -> None:
    rows = [f"| `{shown_keys(action, {})}` | {action.sentence} | {action.id} |" for action in ACTIONS]
    assert "\n".join(rows) in README


def test_environment_variables() -> None:
    assert all(f"`{variable}`" in README for variable in [*ENVIRONMENT, "NUMDECK_CONFIG"])


def test_first_commands() -> None:
    commands = re.findall(r"^```sh\n(.+)\n```$", README, flags=re.MULTILINE)[:2]
    assert commands[0].endswith(".venv/bin/numdeck --sandbox")
    assert commands[1].endswith(".venv/bin/pytest")
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)


def test_faults() -> None:
    assert all(f"`{name}`" in README for name in PRESETS)


def test_files() -> None:
    developers = README[README.index("## How it is built") :]
    named = re.findall(r"(?<![\w./~])([a-z_]+/[a-z_/]*(?:\.py)?|[a-z_]+\.py)(?![\w.*])", developers)
    folders = (ROOT, ROOT / "app/numdeck", ROOT / "tests")
    missing = [name for name in named if not any((folder / name).exists() for folder in folders)]
    assert len(named) > 20
    assert not missing
