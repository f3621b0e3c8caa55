"""The wheel has everything that numdeck needs, and numdeck finds it there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

import numdeck

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the build backend itself: no network, no environment of its own."""
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, timeout=120, check=True)
    (wheel,) = folder.glob("numdeck-*.whl")
    return wheel


def test_the_wheel_has_all_modules_sheets_and_data(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = ROOT / "app"
    modules = {str(path.relative_to(source)) for path in source.glob("numdeck/**/*.py")}
    data = {str(path.relative_to(source)) for path in source.glob("numdeck/sandbox/data/*.csv")}
    sheets = {f"numdeck/styles/{path.name}" for path in ROOT.glob("styles/*.tcss")}
    assert data
    assert sheets
    assert not (modules | data | sheets) - names
    packaged = {name for name in names if ".dist-info/" not in name}
    assert all(name.startswith("numdeck/") for name in packaged)
    assert "numdeck/py.typed" in packaged
    assert wheel.name.startswith(f"numdeck-{numdeck.__version__}-")
    assert not [name for name in packaged if name.endswith((".pyc", ".sqlite3", ".log"))]


def test_numdeck_starts_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        "from numdeck.ui.paths import SHEETS; from numdeck.sandbox.catalogue import catalogue; import numdeck.ui.app\n"
        "assert catalogue().services\n"
        "print(*[path for path in SHEETS if path.is_file()], sep='\\n')\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.splitlines()
    assert {Path(path).name for path in found} == {path.name for path in ROOT.glob("styles/*.tcss")}
    assert all(Path(path).parent == tmp_path / "numdeck" / "styles" for path in found)
