"""The README tells the truth: its pictures are there, its keys are those of the table of actions."""

from __future__ import annotations

import re
from pathlib import Path

from numdeck.sandbox.faults import PRESETS
from numdeck.settings import ENVIRONMENT
from numdeck.ui.actions import ACTIONS, shown_keys

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_its_pictures_are_snapshots_that_exist() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(<([^>]+)>\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() and "__snapshots__" in picture for picture in pictures), pictures


def test_its_table_of_keys_is_the_table_of_actions() -> None:
    rows = [f"| `{shown_keys(action, {})}` | {action.sentence} | {action.id} |" for action in ACTIONS]
    assert "\n".join(rows) in README


def test_it_names_every_environment_variable() -> None:
    assert all(f"`{variable}`" in README for variable in [*ENVIRONMENT, "NUMDECK_CONFIG"])


def test_it_opens_with_two_commands_each_on_one_line() -> None:
    commands = re.findall(r"^```sh\n(.+)\n```$", README, flags=re.MULTILINE)[:2]
    assert commands[0].endswith(".venv/bin/numdeck --sandbox")
    assert commands[1].endswith(".venv/bin/pytest")
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)


def test_it_names_every_fault_of_the_sandbox() -> None:
    assert all(f"`{name}`" in README for name in PRESETS)


def test_the_files_that_it_names_exist() -> None:
    developers = README[README.index("## How it is built") :]
    named = re.findall(r"(?<![\w./~])([a-z_]+/[a-z_/]*(?:\.py)?|[a-z_]+\.py)(?![\w.*])", developers)
    folders = (ROOT, ROOT / "app/numdeck", ROOT / "tests")
    missing = [name for name in named if not any((folder / name).exists() for folder in folders)]
    assert len(named) > 20
    assert not missing
