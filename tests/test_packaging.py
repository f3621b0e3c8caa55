"""The wheel and the sdist have everything that numdeck needs, and nothing else."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path
from zipfile import ZipFile

import pytest

import numdeck

ROOT = Path(__file__).parent.parent


def build(what: str, source: Path, folder: Path) -> Path:
    """Call the build backend itself: no network, no environment of its own."""
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    call = f"import sys; from hatchling.build import build_{what}; build_{what}(sys.argv[1])"
    subprocess.run([sys.executable, "-c", call, str(folder)], cwd=source, capture_output=True, timeout=120, check=True)
    (built,) = folder.glob("numdeck-*")
    return built


def contents(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_contents_of_the_wheel(wheel: Path) -> None:
    names = contents(wheel)
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


def test_sdist(wheel: Path, tmp_path: Path) -> None:
    sdist = build("sdist", ROOT, tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / f"numdeck-{numdeck.__version__}"
    assert {path.name for path in source.iterdir()} <= {
        "app", "styles", "tests", "config.example.toml", "README.md", "pyproject.toml", "PKG-INFO", ".gitignore",
    }  # fmt: skip
    tests = {path.relative_to(ROOT) for path in ROOT.glob("tests/**/*.py")}
    assert tests == {path.relative_to(source) for path in source.glob("tests/**/*.py")}
    (tmp_path / "wheel").mkdir()
    assert contents(build("wheel", source, tmp_path / "wheel")) == contents(wheel)


def test_version() -> None:
    assert version("numdeck") == numdeck.__version__


def test_dependencies() -> None:
    """Every declared one is imported, and every imported one is declared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.match(r"[\w-]+", each)[0] for each in project["dependencies"]}  # type: ignore[index]
    nodes = [node for path in (ROOT / "app").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    names = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    packages = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"numdeck"}
    distributions = packages_distributions()
    assert {distributions[package][0].lower().replace("_", "-") for package in packages} == declared


def test_imports_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        "from numdeck.ui.app import SHEETS; from numdeck.sandbox.catalogue import catalogue; import numdeck.ui.app\n"
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


def test_python_m_numdeck_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-P", "-m", "numdeck", "--version"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    said = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert said == f"numdeck {numdeck.__version__}\n"
