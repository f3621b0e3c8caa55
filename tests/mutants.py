"""Mutation run over the pure rules: change them bit by bit and list the changes that no test notices.

    python tests/mutants.py                        # all rules: half an hour on two cores
    python tests/mutants.py model/cancellation.py  # some modules

Needs the `dev` extra and is not part of the check. Prints the diff of every change that survived, then the share of
changes that were noticed, module by module. A survivor is a rule without a test, or a change that makes no difference.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from io import BytesIO
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
RULES: Final = ("model/*", "desk/lookups.py", "desk/reconcile.py")
"""The modules that decide without input or output, below the package."""

TESTS: Final = ("tests/model", "tests/desk/test_lookups.py", "tests/desk/test_reconcile.py")
"""Their tests."""

_CONFIG: Final = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{rules}]
also_copy = ["styles", "README.md", "config.example.toml"]
pytest_add_cli_args = ["-n0", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = [{tests}]
"""


def main(rules: list[str]) -> None:
    """Run the mutants of these modules on a copy of the last commit."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_tree(copy, rules)
        _mutmut(copy, "run", "--max-children", str(os.cpu_count() or 1))
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for line in _mutmut(copy, "results", "--all", "true").splitlines():
            name, separator, result = line.strip().rpartition(": ")
            if not separator:
                continue
            counts[name.rpartition(".")[0]][result] += 1
            if result in {"survived", "no tests"}:
                sys.stdout.write(f"{_mutmut(copy, 'show', name)}\n")
        for module, results in counts.items():
            sys.stdout.write(f"{module:<40} {_figure(results)}\n")
        sys.stdout.write(f"{'all':<40} {_figure(sum(counts.values(), Counter()))}\n")


def _figure(results: Counter[str]) -> str:
    noticed = results["killed"] + results["timeout"]
    return f"{noticed} of {results.total()} noticed ({noticed / results.total():.1%})"


def _mutmut(copy: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    ran = subprocess.run(command, cwd=copy, check=False, stdout=subprocess.PIPE, text=True)
    if ran.returncode:
        raise SystemExit(ran.stdout)
    return ran.stdout


def _copy_tree(copy: Path, rules: list[str]) -> None:
    """Copy the last commit, with `app/` as `src/`: the only source folder beside the root that mutmut sees through."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tree:
        tree.extractall(copy, filter="data")
    (copy / "app").rename(copy / "src")
    project = copy / "pyproject.toml"
    config = _CONFIG.format(
        rules=", ".join(f'"src/numdeck/{rule}"' for rule in rules), tests=", ".join(f'"{test}"' for test in TESTS)
    )
    text = project.read_text(encoding="utf-8").replace('pythonpath = ["."]', 'pythonpath = [".", "src"]')
    project.write_text(text + config, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or list(RULES))
