"""Which module may import which, and what a start loads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_contracts_hold() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", script, "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert ", 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("numdeck.desk.desk", {"textual", "rich", "starlette", "uvicorn"}),
        ("numdeck.settings", {"textual", "rich", "httpx", "starlette", "uvicorn", "sqlite3"}),
        ("numdeck.cli", {"textual", "rich", "httpx", "pydantic", "starlette", "uvicorn", "sqlite3"}),
        ("numdeck.sandbox.server", {"starlette", "uvicorn", "httpx", "pydantic", "textual", "rich"}),
        ("numdeck.sandbox.sandbox", {"starlette", "uvicorn", "httpx", "pydantic", "textual", "rich"}),
        ("numdeck.journal.asynchronous", {"textual", "rich", "httpx", "starlette", "uvicorn"}),
        ("numdeck.desk.port", {"textual", "rich", "httpx", "pydantic", "sqlite3"}),
        ("numdeck.desk.wire", {"textual", "rich", "httpx", "pydantic", "sqlite3"}),
        ("numdeck.ui.app", {"httpx", "pydantic", "sqlite3", "starlette", "uvicorn"}),
        ("numdeck.model.cancellation", {"textual", "rich", "httpx", "pydantic", "sqlite3", "asyncio"}),
    ],
)
def test_modules_load_no_more_than_they_need(module: str, unwanted: set[str]) -> None:
    # httpx has a command line of its own, for which it loads Rich wherever uvicorn has brought click along.
    script = f"import sys; sys.modules['click'] = None; import {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    assert module in loaded
    assert not unwanted & set(loaded)


def test_one_place_decides_about_cancelling() -> None:
    """All others read the value that the canceller gets from the model."""
    rules = re.compile(r"\b(cancellation_of|cancel_rule|auto_cancel_at|armed_send_at|intent_step|intent_due_at)\(")
    package = ROOT / "app" / "numdeck"
    users = {str(path.relative_to(package)) for path in package.rglob("*.py") if rules.search(path.read_text("utf-8"))}
    assert users == {"model/cancel_window.py", "model/cancellation.py", "desk/canceller.py"}
