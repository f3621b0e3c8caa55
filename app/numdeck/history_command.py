"""`numdeck history`: list or export the orders that have ended."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, TextIO

from numdeck.account_history import AccountHistory, open_history
from numdeck.model.export import FIELDS, csv_cells, exported
from numdeck.model.money import show_money
from numdeck.model.order import money_back, money_charged
from numdeck.model.phone import group_number
from numdeck.model.record import OrderRecord
from numdeck.model.text import clean
from numdeck.private import open_private
from numdeck.settings import Settings, SettingsError

Form = Literal["text", "csv", "json"]

_HEADER: Final = ("ENDED", "NUMBER", "SERVICE", "COUNTRY", "STATUS", "CHARGED", "REFUNDED", "CODES")
_WIDTHS: Final = (20, 18, 16, 16, 10, 9, 9)


def run_history(settings: Settings, words: str, form: Form, output: Path | None, ended_since: float | None) -> int:
    """Write the orders that have all these words, the newest first, and return the exit status.

    `ended_since` is in epoch seconds. They go to the file `output`, which only its owner may read and which is there
    whole or not at all, else to standard output. Raises SettingsError when there is no history, or no place for it.
    """
    with open_history(settings) as history, _place(output) as file:
        _WRITERS[form](history, history.records(words, ended_since=ended_since), file)
    if output is not None:
        sys.stderr.write(f"numdeck: The history is saved in {clean(output)}.\n")
    return 0


def _write_text(history: AccountHistory, records: Iterable[OrderRecord], file: TextIO) -> None:
    _write_line(file, _HEADER)
    for record in records:
        values = exported(record)
        number = record.order.phone_number
        cells = (
            str(values["ended"] or "earlier"),
            group_number(number) if number else "—",
            history.names.service(record.service_code),
            history.names.country(record.country_code),
            record.order.status_label,
            show_money(money_charged(record.order)),
            show_money(money_back(record.order)),
            " ".join(code.text for code in reversed(record.codes)) or "—",
        )
        _write_line(file, cells)


def _write_line(file: TextIO, cells: tuple[str, ...]) -> None:
    *narrow, last = (clean(cell) for cell in cells)
    columns = (cell[:width].ljust(width) for cell, width in zip(narrow, _WIDTHS, strict=True))
    file.write(f"{' '.join(columns)} {last}\n")


def _write_csv(_history: AccountHistory, records: Iterable[OrderRecord], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(map(csv_cells, records))


def _write_json(_history: AccountHistory, records: Iterable[OrderRecord], file: TextIO) -> None:
    file.writelines(f"{json.dumps(exported(record), ensure_ascii=False)}\n" for record in records)


_WRITERS: Final = {"text": _write_text, "csv": _write_csv, "json": _write_json}


@contextmanager
def _place(output: Path | None) -> Iterator[TextIO]:
    """Where to write. Raises SettingsError when that cannot be done, and leaves nothing half-written."""
    if output is None:
        yield sys.stdout
        return
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        descriptor = open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(output)
    except OSError as error:
        raise SettingsError(f"The history cannot be saved in {output}: {error.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)
