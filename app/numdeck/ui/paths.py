"""Where the style sheets are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path, PurePath

_PACKAGE = Path(__file__).resolve().parent.parent
STYLES = next(path for path in (_PACKAGE / "styles", _PACKAGE.parents[1] / "styles") if path.is_dir())
"""The folder of the .tcss files."""

SHEETS: list[str | PurePath] = [STYLES / name for name in ("table.tcss", "desk.tcss", "order.tcss", "help.tcss")]
"""All style sheets, in the order in which they are laid over one another."""
