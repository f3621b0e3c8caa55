"""Pages of a list, as Django REST Framework's `PageNumberPagination` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from numdeck.sandbox import refusals

_LARGEST_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list, as `page` (from 1) and `page_size` ask for it."""

    count: int
    start: int
    stop: int
    previous: str | None
    following: str | None

    @classmethod
    def of(cls, request: Request, count: int, default_size: int) -> Page:
        """Find the page a request asks for; raises `RefusedError` (404) where there is none."""
        size = _positive(request.query_params.get("page_size"))
        size = min(size, _LARGEST_PAGE) if size else default_size
        number = _positive(request.query_params.get("page", "1"))
        last = max(1, -(-count // size))
        if not 1 <= number <= last:
            raise refusals.detail(404, "Invalid page.")
        return cls(
            count=count,
            start=(number - 1) * size,
            stop=min(number * size, count),
            previous=str(request.url.include_query_params(page=number - 1)) if number > 1 else None,
            following=str(request.url.include_query_params(page=number + 1)) if number < last else None,
        )

    def wrap(self, results: list[dict[str, object]]) -> dict[str, object]:
        """Put the page's results into their envelope."""
        return {"count": self.count, "next": self.following, "previous": self.previous, "results": results}


def _positive(text: str | None) -> int:
    """Read a whole number above zero; anything else is 0."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0
