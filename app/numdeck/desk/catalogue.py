"""The names of services and countries, fetched from the service and cached in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from numdeck.api.client import NumbersClient
from numdeck.api.errors import ApiError
from numdeck.api.gate import RequestKind
from numdeck.api.reader import CatalogueEntry
from numdeck.clock import Clock
from numdeck.desk.events import Topic
from numdeck.desk.state import Names
from numdeck.desk.store import DeskStore
from numdeck.journal.names import NamesFile

NAMES_EVERY: Final = 6 * 3600.0
"""The names are requested this often, in seconds."""

NAMES_AGAIN: Final = 30.0
"""After a failure they are requested again so much later, in seconds; twice as late after each further failure."""

_LONGEST_PAUSE: Final = 900.0

Answer = Mapping[str, str] | ApiError
Ask = Callable[[], Awaitable[tuple[CatalogueEntry, ...] | None]]


class CatalogueCache:
    """Keeps the names: first from the file of an earlier run, if there is one, then from the service.

    Names that the service no longer lists are kept. Without names, codes are shown.
    """

    def __init__(self, store: DeskStore, client: NumbersClient, clock: Clock, file: NamesFile | None) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._file = file
        self._has_read_file = False
        self._failures = 0
        self.names = Names()

    async def learn_once(self) -> float:
        """Fetch the names if they are due; the result is how long to wait until the next time, in seconds."""
        if not self._has_read_file:
            await self._read_file()
        age = self._age()
        if age < NAMES_EVERY:
            return NAMES_EVERY - age
        services, countries = await self._ask(self._client.services), await self._ask(self._client.countries)
        if isinstance(services, ApiError) or isinstance(countries, ApiError):
            wait = min(NAMES_AGAIN * 2.0**self._failures, _LONGEST_PAUSE)
            self._failures += 1
            self._take(services, countries, learnt_at=self.names.learnt_at)
            return max(wait, self._client.gate.blocked_for(RequestKind.LOOKUP))
        self._failures = 0
        self._take(services, countries, learnt_at=self._clock.now())
        if self._file is not None and (self.names.services or self.names.countries):
            await asyncio.to_thread(self._file.write, self.names.services, self.names.countries, self._clock.now())
        return NAMES_EVERY

    def _age(self) -> float:
        """How old they are, in seconds. A file from the future, written by a wrong clock, does not count."""
        learnt_at, now = self.names.learnt_at, self._clock.now()
        return float("inf") if learnt_at is None or learnt_at > now else now - learnt_at

    async def _read_file(self) -> None:
        self._has_read_file = True
        stored = None if self._file is None else await asyncio.to_thread(self._file.read)
        if stored is not None:
            self.names = Names(stored.services, stored.countries, stored.learnt_at)
            self._store.topic(Topic.NAMES)

    async def _ask(self, ask: Ask) -> Answer:
        """The names by code; none if the service does not offer them."""
        try:
            entries = await ask()
        except ApiError as error:
            return error
        return {entry.code: entry.name for entry in entries or ()}

    def _take(self, services: Answer, countries: Answer, *, learnt_at: float | None) -> None:
        names = replace(self.names, learnt_at=learnt_at)
        if not isinstance(services, ApiError) and services:
            names = replace(names, services=services)
        if not isinstance(countries, ApiError) and countries:
            names = replace(names, countries=countries)
        self.names = names
        self._store.topic(Topic.NAMES)
