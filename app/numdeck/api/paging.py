"""Reading lists whole, page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import httpx

from numdeck.api.errors import Unreadable
from numdeck.api.session import Answer
from numdeck.api.wire import read_page

MAX_PAGES: Final = 200
"""More pages than this are no list but a fault of the service."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The entries of the pages that were read, as they came in `size` bytes; `is_whole` if those were all.

    `sent_at` is when the request for the first page left, `answered_at` when the last one was there; epoch seconds.
    """

    items: list[object]
    size: int
    sent_at: float
    answered_at: float
    is_whole: bool


async def collect(
    ask: Callable[[httpx.QueryParams], Awaitable[Answer]], query: httpx.QueryParams, *, enough: int | None = None
) -> Collected:
    """Ask for one page after the other, all of them or `enough`; a bare list is one page.

    Of the address of the next page only the query is used: whatever the service calls itself (or somebody makes it
    say), requests and the key go to the configured address alone. Unreadable when there is no end to the list, as a
    part of it must not pass for the whole.
    """
    items: list[object] = []
    asked: list[httpx.QueryParams] = []
    answers: list[Answer] = []
    while True:
        if query in asked or len(asked) == MAX_PAGES:
            raise Unreadable("The service's list has no end.")
        asked.append(query)
        answer = await ask(query)
        answers.append(answer)
        page = await answer.parse(read_page)
        items += page.items
        if page.next_query is None or len(asked) == enough:
            size = sum(len(answer.body) for answer in answers)
            is_whole = page.next_query is None
            return Collected(items, size, answers[0].sent_at, answers[-1].answered_at, is_whole)
        query = httpx.QueryParams(page.next_query)
