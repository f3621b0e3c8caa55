"""The panes of the desk side by side: which table has the focus, which is large, where unseen codes are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from numdeck.desk.port import DeskPort
from numdeck.desk.state import Entry
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt
from numdeck.ui.cancellation import automatic_title
from numdeck.ui.codes import CodesShown
from numdeck.ui.display import DisplayOptions
from numdeck.ui.panes.active import ActiveTable
from numdeck.ui.panes.desk_table import DeskTable
from numdeck.ui.panes.history import HistoryTable
from numdeck.ui.panes.latest import LatestCode
from numdeck.ui.panes.order import OrderPane
from numdeck.ui.sayings import Sayings
from numdeck.ui.settings import UiSettings

Stop: TypeAlias = tuple[int, int]
"""A row to stop at: in which table, from the top of the screen, and at which place there."""

_LARGE_HISTORY: Final = "-history"
_ZOOMS: Final = ("-zoom-active", "-zoom-history")
"""Classes of the screen: the styles arrange the panes by them."""


class DeskPanes(Horizontal):
    """Active numbers above the history; beside them the latest code above the order under the cursor."""

    def __init__(
        self,
        desk: DeskPort,
        sayings: Sayings,
        settings: UiSettings,
        title_suffix: str,
        on_history_error: Callable[[Exception], None],
    ) -> None:
        super().__init__(id="panes")
        self._desk = desk
        self.active = ActiveTable(desk, title_suffix=automatic_title(desk.auto_cancel_after) + title_suffix)
        self.history = HistoryTable(desk, on_error=on_history_error, title_suffix=title_suffix)
        self.latest = LatestCode()
        self.order = OrderPane(desk, sayings, read_only=settings.read_only)

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        with Vertical(id="tables"):
            yield self.active
            yield self.history
        with Vertical(id="side"):
            yield self.latest
            yield self.order

    def show(self, display: DisplayOptions) -> None:
        """Show the rows of both tables in another way."""
        self.active.show(display)
        self.history.show(display)

    def draw_texts(self, codes: CodesShown, display: DisplayOptions, now: float) -> None:
        """Draw the latest code and the order under the cursor; `now` in epoch seconds."""
        item = self.selected
        cancellation = self._desk.cancellation(item) if isinstance(item, Entry) else None
        self.order.show(item, cancellation, display, now)
        self.latest.show(codes, display, now)

    @property
    def focused(self) -> DeskTable:
        """The table that keys are for."""
        return self.history if self.history.has_focus else self.active

    @property
    def selected(self) -> Entry | Attempt | OrderRecord | None:
        """What is under the cursor of the focused table."""
        return self.history.selected_record() if self.history.has_focus else self.active.selected()

    def toggle_history(self) -> None:
        """Give the history more room, or take it back."""
        is_large = not self.screen.has_class(_LARGE_HISTORY)
        self.screen.set_class(is_large, _LARGE_HISTORY)
        (self.history if is_large else self.active).focus()

    def toggle_zoom(self) -> None:
        """Show the focused table alone, or all panes."""
        if not self._end_zoom():
            self.screen.add_class(_ZOOMS[self.history.has_focus])

    def step_back(self) -> bool:
        """Undo the zoom, or else the large history; False if there was neither."""
        if self._end_zoom():
            return True
        is_large = self.screen.has_class(_LARGE_HISTORY)
        if is_large:
            self.toggle_history()
        return is_large

    async def go_to_unseen(self, step: int) -> str:
        """Go to the next (1) or previous (-1) row with an unseen code, round and round.

        Each order is visited once, though it may be in both tables. The result says why there is none; else empty.
        """
        on_desk = await self.active.unseen()
        active_keys = {key for _, key in on_desk}
        in_history = [place for place, key in await self.history.unseen() if key not in active_keys]
        stops = [(0, place) for place, _ in on_desk] + [(1, place) for place in in_history]
        stop = next_stop(stops, (int(self.history.has_focus), self.focused.cursor_index or 0), step)
        if stop is None:
            return (
                "The filter hides the unseen codes: esc shows all." if self.active.has_unseen else "No code is unseen."
            )
        table = self.history if stop[0] else self.active
        self._bring_up(table)
        table.move_cursor(stop[1])
        return ""

    def _bring_up(self, table: DeskTable) -> None:
        """Focus a table that may be covered by the other one."""
        self.screen.remove_class(_ZOOMS[table is self.active])
        if not self.screen.has_class("-wide"):
            self.screen.set_class(table is self.history, _LARGE_HISTORY)
        table.focus()

    def _end_zoom(self) -> bool:
        is_zoomed = any(self.screen.has_class(zoom) for zoom in _ZOOMS)
        self.screen.remove_class(*_ZOOMS)
        return is_zoomed


def next_stop(stops: Sequence[Stop], here: Stop, step: int) -> Stop | None:
    """Find the stop after (`step` 1) or before (-1) this place, round and round; None if there is none."""
    if step > 0:
        return min((stop for stop in stops if stop > here), default=min(stops, default=None))
    return max((stop for stop in stops if stop < here), default=max(stops, default=None))
