"""All about one order, on a screen of its own."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer

from app.model.record import OrderRecord
from app.ui.details import record_details
from app.ui.panes.pair import Pair
from app.ui.shown import Shown, zone_name


class DetailsScreen(Screen[None]):
    """Every field and every code of an order."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "Back", key_display="esc")]

    def __init__(self, record: OrderRecord, shown: Shown, *, now: float, title_suffix: str = "") -> None:
        super().__init__()
        self._record = record
        self._shown = shown
        self._now = now
        self._suffix = title_suffix

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with VerticalScroll(id="details") as scroll:
            scroll.border_title = f"Order · times in {zone_name(self._now, utc=self._shown.utc)}{self._suffix}"
            for name, text in record_details(self._record, self._shown, now=self._now):
                yield Pair(name, text)
        yield Footer(show_command_palette=False, compact=True)
