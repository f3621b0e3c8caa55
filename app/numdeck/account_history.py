"""Reading the journal for the commands that look back, beside a dashboard that may be writing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from numdeck.api_key import find_key
from numdeck.desk.state import Names
from numdeck.journal.errors import JournalError
from numdeck.journal.files import account_file, names_file
from numdeck.journal.journal import Journal
from numdeck.journal.names import NamesFile
from numdeck.model.history_query import HistoryQuery, words_of
from numdeck.model.record import OrderRecord
from numdeck.settings import Settings, SettingsError

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """The history of one account: its orders that have ended, and the names of services and countries."""

    names: Names
    journal: Journal

    def records(self, words: str, *, ended_since: float | None = None) -> Iterator[OrderRecord]:
        """Read the orders that have all these words, the newest first; those alone that ended since an instant."""
        named = words_of(words, services=self.names.services, countries=self.names.countries)
        query = HistoryQuery(words=named)
        offset, before = 0, frozenset[str]()
        while page := self.journal.history_page(query, offset, _PAGE):
            for record in page:
                # A dashboard that adds an order meanwhile moves the last ones of a page into the next.
                is_wanted = ended_since is None or (record.ended_at or 0.0) >= ended_since
                if is_wanted and record.id not in before:
                    yield record
            offset, before = offset + len(page), frozenset(record.id for record in page)


@contextmanager
def open_history(settings: Settings) -> Iterator[AccountHistory]:
    """Open the history of the account that the settings name. Raises SettingsError when it cannot be read."""
    if settings.sandbox:
        raise SettingsError("The sandbox keeps no history: leave out --sandbox.")
    key = "" if settings.account else find_key(settings)
    path = account_file(settings.state_dir, settings.base_url, key, settings.account)
    if not path.exists():
        raise SettingsError(f"There is no history of this account yet: {path} does not exist.")
    stored = NamesFile(names_file(settings.state_dir, settings.base_url)).read()
    names = Names() if stored is None else Names(stored.services, stored.countries, stored.learnt_at)
    try:
        with closing(Journal.open(path)) as journal:
            yield AccountHistory(names, journal)
    except JournalError as error:
        raise SettingsError(error.sentence) from None
