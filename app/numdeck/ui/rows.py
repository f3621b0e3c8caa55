"""From what is known of an order to what its row shows: pure functions."""

from __future__ import annotations

from enum import Enum
from typing import Final

from numdeck.desk.state import Entry
from numdeck.model.cancellation import Cancellation
from numdeck.model.duration import show_age, show_ages
from numdeck.model.money import show_money
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, AttemptState
from numdeck.ui.cancellation import cancel_cell
from numdeck.ui.display import DisplayOptions, show_by, show_code, show_country, show_number
from numdeck.ui.table import Align, Cell, Column, Role, Row

NO_CODE: Final = "···"

UNSEEN_SIGN: Final = "● "
"""Stands before a code that the operator has not seen."""

_NUMBER_CELLS: Final = 18
"""What a grouped number takes in every country but one: a number that is cut is of no use."""

ACTIVE_COLUMNS: Final = (
    # What changes most often stands leftmost, where a change costs least on the wire.
    Column(key="cancel", title="CANCEL", width=14, min_width=13),
    Column(key="number", title="NUMBER", width=19, min_width=_NUMBER_CELLS),
    Column(key="code", title="CODE", width=12, min_width=10, grow=1),
    Column(key="service", title="SERVICE", width=16, min_width=7, priority=1, grow=2),
    Column(key="country", title="COUNTRY", width=14, min_width=7, priority=2, grow=1),
    Column(key="age", title="AGE", width=9, min_width=6, priority=3, align=Align.RIGHT),
    Column(key="price", title="PRICE", width=7, priority=4, align=Align.RIGHT),
)

HISTORY_COLUMNS: Final = (
    Column(key="when", title="WHEN", width=12),
    Column(key="number", title="NUMBER", width=19, min_width=_NUMBER_CELLS),
    Column(key="status", title="STATUS", width=13, min_width=8, priority=1),
    Column(key="codes", title="CODES", width=10, min_width=8, grow=1),
    Column(key="service", title="SERVICE", width=14, min_width=8, priority=2, grow=1),
    Column(key="price", title="PRICE", width=8, priority=4, align=Align.RIGHT),
    Column(key="expenses", title="CHARGED", width=8, priority=3, align=Align.RIGHT),
    Column(key="fraud", title="FRAUD", width=5, priority=5, align=Align.RIGHT),
)


class ActiveSort(Enum):
    """Orders of the active table: (column whose header shows the sign, descending)."""

    NEWEST = ("age", False)
    OLDEST = ("age", True)
    SERVICE = ("service", False)
    COUNTRY = ("country", False)
    CODE = ("code", False)


def active_row(entry: Entry, cancellation: Cancellation, display: DisplayOptions, *, now: float) -> Row:
    """The row of an order on the desk."""
    record, order = entry.record, entry.record.order
    cells = (
        cancel_cell(entry, cancellation, now),
        show_number(order.phone_number, display),
        code_cell(entry, display),
        display.names.service(record.service_code),
        show_country(record, display),
        age_text(record, now),
        show_money(order.price),
    )
    return Row(cells, _row_role(entry))


def _row_role(entry: Entry) -> Role | None:
    if entry.record.unseen:
        return Role.MARKED
    return None if entry.is_open else Role.DIM


def code_cell(entry: Entry, display: DisplayOptions) -> Cell | str:
    """The newest code, with a sign while it is unseen, and how many there are if more than one."""
    codes = entry.record.codes
    if not codes:
        return Cell(NO_CODE if entry.is_open else "—", Role.DIM)
    sign = UNSEEN_SIGN if entry.record.unseen else ""
    count = f" ×{len(codes)}" if len(codes) > 1 else ""
    return Cell(f"{sign}{show_code(codes[-1].text, display)}{count}", Role.SUCCESS)


def age_text(record: OrderRecord, now: float) -> str:
    """How long ago it was bought, as exactly as that is known."""
    return show_ages(now - record.bought.latest, now - record.bought.earliest)


def attempt_row(attempt: Attempt, display: DisplayOptions, *, now: float) -> Row:
    """The row of a purchase that is being sent, or whose answer was lost."""
    sending = attempt.state is AttemptState.SENDING
    if attempt.searched_at is None:
        code = Cell("…" if sending else "looking…", Role.DIM)
    else:  # it stays unknown until the operator decides
        code = Cell("choose…", Role.WARNING)
    cells = (
        Cell("sending…" if sending else "UNKNOWN", Role.WARNING),
        "ordering…" if sending else "purchase unknown",
        code,
        display.names.service(attempt.request.service_code),
        display.names.country(attempt.request.country_code),
        show_age(max(0.0, now - attempt.sent_at)),
        show_money(None),
    )
    return Row(cells, Role.WARNING)


def history_row(record: OrderRecord, display: DisplayOptions, *, now: float) -> Row:
    """The row of an order that has ended."""
    order = record.order
    sign = UNSEEN_SIGN if record.unseen else ""
    # The newest first: what does not fit into the cell is the older ones.
    codes = sign + ", ".join(show_code(code.text, display) for code in reversed(record.codes))
    when = show_by(record.ended, display, now=now) if record.is_ended else "not yet"
    cells = (
        when,
        show_number(order.phone_number, display) if order.phone_number else "—",
        Cell(order.status_label, _status_role(order.status)),
        codes or Cell("—", Role.DIM),
        display.names.service(record.service_code),
        show_money(order.price),
        show_money(order.expenses),
        order.score or Cell("—", Role.DIM),
    )
    return Row(cells, Role.MARKED if record.unseen else None)


def _status_role(status: Status) -> Role | None:
    match status:
        case Status.SUCCESS:
            return Role.SUCCESS
        case Status.NOT_SMS_CODE:
            return Role.WARNING
        case _:
            return Role.DIM
