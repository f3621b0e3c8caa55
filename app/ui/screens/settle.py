"""What came of a purchase whose answer was lost, where only the operator can say: two orders fit, or none came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer

from app.model.record import Attempt, OrderRecord
from app.ui.panes.text import Text
from app.ui.shown import Shown, show_number, show_when
from app.ui.table import Column, Row, SequenceSource, Table

_COLUMNS: Final = (
    Column(key="choice", title="WHAT CAME OF IT", width=24, min_width=20),
    Column(key="meaning", title="WHAT FOLLOWS", width=30, min_width=20, grow=1),
)
_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Choice:
    """The operator's word: this order, or None for "nothing was placed"."""

    order_id: str | None


class SettleScreen(Screen[Choice | None]):
    """Offers every order that fits, and that there is none; dismissed with None when nothing is to be settled yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Leave it unknown", key_display="esc")
    ]

    def __init__(self, attempt: Attempt, candidates: Sequence[OrderRecord], shown: Shown, *, now: float) -> None:
        super().__init__()
        self._attempt = attempt
        self._candidates = candidates
        self._shown = shown
        self._now = now

    def compose(self) -> ComposeResult:
        """Lay out the choices with their consequences."""
        request, names = self._attempt.request, self._shown.names
        sent = show_when(self._attempt.sent_at, self._shown, now=self._now)
        yield Text(
            f"At {sent} a purchase was sent: {request.provider} {request.period}, "
            f"{names.service(request.service_code)}, {names.country(request.country_code)}. {self._attempt.reason} "
            "numdeck goes on looking for its order by itself; settle it here only if you know better. "
            "Nothing is ever sent again.",
            id="settle-text",
        )
        rows = SequenceSource[tuple[str, Row]](key=lambda row: row[0], render=lambda row: row[1], items=self._rows())
        table = Table(_COLUMNS, rows, id="settle")
        table.border_title = Content("What came of this purchase?")
        yield table
        yield Footer(show_command_palette=False, compact=True)

    @on(Table.RowOpened)
    def _chosen(self, event: Table.RowOpened) -> None:
        self.dismiss(Choice(None if event.key == _NOTHING else event.key))

    def _rows(self) -> list[tuple[str, Row]]:
        orders = [(record.id, self._order_row(record)) for record in self._candidates]
        return [*orders, (_NOTHING, Row(("nothing", "it counts as not placed; an order of it may still be charged")))]

    def _order_row(self, record: OrderRecord) -> Row:
        seen = show_when(record.first_seen, self._shown, now=self._now)
        return Row((show_number(record.order.phone_number, self._shown), f"first seen {seen}: counts as bought here"))
