"""Change the pure rules bit by bit and count the changes that no test notices: `python tests/mutants.py`.

Takes a few minutes and the `dev` extra; not part of the check. Prints the share that was noticed and every change that
was not, file by file, so that each can be judged: a rule without a test, or a change that makes no difference.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
RULES: Final = ("model/*", "desk/reconcile.py")
"""The modules that decide without input or output, below the package."""

TESTS: Final = ("tests/model", "tests/desk/test_reconcile.py", "tests/desk/test_follow.py")
"""Their tests."""

_CONFIG: Final = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{rules}]
also_copy = ["styles", "README.md", "config.example.toml"]
pytest_add_cli_args = ["-n0", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = [{tests}]
"""


def main() -> int:
    """Run all mutants on a copy of the last commit; the result is the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_tree(copy)
        mutmut = [sys.executable, "-m", "mutmut"]
        children = ["--max-children", str(os.cpu_count() or 1)]
        subprocess.run([*mutmut, "run", *children], cwd=copy, check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(
            [*mutmut, "results", "--all", "true"], cwd=copy, check=True, capture_output=True, text=True
        ).stdout
        results = [line.strip().rsplit(": ", 1) for line in listed.splitlines() if ": " in line]
        counts = Counter(result for _, result in results)
        for name, result in results:
            if result == "survived":
                shown = subprocess.run([*mutmut, "show", name], cwd=copy, check=True, capture_output=True, text=True)
                sys.stdout.write(f"{shown.stdout}\n")
    noticed = counts["killed"] + counts["timeout"]
    sys.stdout.write(
        f"{noticed} of {counts.total()} changes noticed ({noticed / counts.total():.1%}): {dict(counts)}\n"
    )
    return 0


def _copy_tree(copy: Path) -> None:
    """Copy the last commit, with `app/` as `src/`: the only source folder beside the root that mutmut sees through."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tree:
        tree.extractall(copy, filter="data")
    (copy / "app").rename(copy / "src")
    project = copy / "pyproject.toml"
    config = _CONFIG.format(
        rules=", ".join(f'"src/numdeck/{rule}"' for rule in RULES), tests=", ".join(f'"{test}"' for test in TESTS)
    )
    text = project.read_text(encoding="utf-8").replace('pythonpath = ["."]', 'pythonpath = [".", "src"]')
    project.write_text(text + config, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
