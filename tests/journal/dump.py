"""Write `data/schema-N.sql` for the present schema, before it is let out: `python -m tests.journal.dump`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from numdeck.journal import schema
from numdeck.journal.journal import Journal
from numdeck.model.cancellation import CancelIntent
from numdeck.model.clock import ClockOffset
from numdeck.model.money import Balance
from tests.journal.samples import NOON
from tests.journal.test_schema import DUMPS, written


def dump(path: Path) -> str:
    """The file of a journal that holds the samples, as SQL."""
    records, attempts = written()
    with closing(Journal.open(path)) as journal:
        journal.write(records, attempts, {records[1].id: CancelIntent.ARMED})
        journal.set_timestamp("watched", NOON)
        journal.pin(attempts[0].request, NOON)
        journal.write_balance(Balance(Decimal("41.70"), NOON))
        journal.keep_clock_offset(ClockOffset(-3600.0, 0.5))
    header = [f"PRAGMA user_version = {schema.VERSION};", f"PRAGMA application_id = {schema.APPLICATION_ID};"]
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join([*header, *connection.iterdump()]) + "\n"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        text = dump(Path(folder) / "journal.sqlite3")
    (DUMPS / f"schema-{schema.VERSION}.sql").write_text(text, "utf-8")
