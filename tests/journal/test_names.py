"""The file of names: a cache that nobody has to be able to read or write."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from numdeck.journal.names import NamesFile, StoredNames

LEARNT_AT = 1_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names.json"


def test_round_trip_and_mode(path: Path) -> None:
    file = NamesFile(path)
    file.write({"tg": "Telegram"}, {"667": "USA"}, LEARNT_AT)
    assert file.read() == StoredNames({"tg": "Telegram"}, {"667": "USA"}, LEARNT_AT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing is left beside it"


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{}", '{"format": 2}', '{"format": 1, "learnt_at": "x", "services": {}, "countries": {}}',
     '{"format": 1, "learnt_at": 1, "services": [], "countries": {}}', "[" * 100_000],
)  # fmt: skip
def test_unreadable_file(path: Path, text: str) -> None:
    path.write_text(text)
    assert NamesFile(path).read() is None


def test_names_are_cleaned(path: Path) -> None:
    path.write_text('{"format": 1, "learnt_at": 1, "services": {"t\\u001bg": "Tele\\u001b]0;x"}, "countries": {}}')
    stored = NamesFile(path).read()
    assert stored is not None
    assert stored.services == {"t^[g": "Tele^[]0;x"}


def test_unwritable_folder(tmp_path: Path) -> None:
    NamesFile(tmp_path / "missing" / "names.json").write({}, {}, LEARNT_AT)
