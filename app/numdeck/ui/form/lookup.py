"""What the form looks names up in: made once for all the names there are, not at each opening."""

from __future__ import annotations

from collections.abc import Mapping

from numdeck.desk.state import Names
from numdeck.model.request import is_residential_code
from numdeck.model.search import Named, SearchIndex


class Lookup:
    """Services and countries, made ready for searching."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.services = SearchIndex(_entries(names.services), is_residential_code)
        self.countries = SearchIndex(_entries(names.countries))


def _entries(names: Mapping[str, str]) -> list[Named]:
    return [Named(code, name) for code, name in names.items()]
