from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def load_examples() -> ModuleType:
    """Import examples.py from where it stands: the tests are no package, and people run it as a script."""
    spec = importlib.util.spec_from_file_location("table_examples", Path(__file__).with_name("examples.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def examples() -> ModuleType:
    return load_examples()


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual reads NO_COLOR when an app is made; a test that wants it sets it itself."""
    monkeypatch.delenv("NO_COLOR", raising=False)
