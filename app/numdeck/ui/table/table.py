"""The table: a Line API widget that draws the visible rows of a source, and again only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, TypeAlias

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size, clamp
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from numdeck.ui.table import messages
from numdeck.ui.table.cells import Column, Sort
from numdeck.ui.table.layout import View, reveal
from numdeck.ui.table.painter import PARTS, Cursor, Painter
from numdeck.ui.table.source import LoadingSource, RowSource
from numdeck.ui.table.strips import damage

_HEADER: Final = 1
"""Lines the header takes, above the rows; it does not scroll."""


class Table(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a source under a header, with a cursor that stays on its row wherever the row moves.

    The owner changes the source and calls `source_changed` when rows came, went or moved, `refresh_visible_rows` when
    time has passed. Only lines that look different are drawn, from the left edge to the last cell that differs, so a
    column that changes often costs least on the left.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Row up", show=False, id="table.up"),
        Binding("down,j", "step(1)", "Row down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home,g", "first", "First row", show=False, id="table.first"),
        Binding("end,G", "last", "Last row", show=False, id="table.last"),
        Binding("enter", "open", "Open row", show=False, id="table.open"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{part}" for part in PARTS}
    """Styled in styles/table.tcss. On a cell lie, one over the other: row, row's role, cell's role, cursor."""

    ALLOW_SELECT = False  # Text selection would redraw the lines dragged over, and find no text in them.

    CursorMoved: TypeAlias = messages.CursorMoved
    RowOpened: TypeAlias = messages.RowOpened
    HeaderSelected: TypeAlias = messages.HeaderSelected

    columns: var[tuple[Column, ...]] = var(tuple, init=False)
    """The columns, shown or dropped; rows have their cells in this order."""

    sort: var[Sort | None] = var(None, init=False)
    """The order shown in the header. The table itself does not sort."""

    empty_text: var[str] = var("", init=False)
    """What is shown, line by line, while there are no rows."""

    def __init__(
        self,
        columns: Sequence[Column],
        source: RowSource,
        *,
        empty_text: str = "",
        sort: Sort | None = None,
        stays_at_top: bool = False,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.set_reactive(Table.columns, tuple(columns))
        self.set_reactive(Table.sort, sort)
        self.set_reactive(Table.empty_text, empty_text)
        self._source = source
        self._stays_at_top = stays_at_top
        self._cursor_index = 0
        self._cursor_key: str | None = None
        self._view = View()
        self._painter = Painter(self.columns, self._compose_style)
        self._shown: dict[int, Strip] = {}

    def watch_columns(self) -> None:
        """Lay the new columns out."""
        self._painter = Painter(self.columns, self._compose_style)
        self._draw_changes()

    def watch_sort(self) -> None:
        """Draw the header anew."""
        self._draw_changes()

    def watch_empty_text(self) -> None:
        """Draw what stands there when there are no rows."""
        self._draw_changes()

    # Called by the owner

    def refresh_visible_rows(self) -> None:
        """Draw what looks different by now: for text that changes with time, called as often as it can change."""
        self._draw_changes()

    def source_changed(self) -> None:
        """Show rows that came, went, moved or were loaded.

        The cursor stays on the row of its key, or takes the place of a row that is gone; a cursor on the first row of
        a table that `stays_at_top` stays on the first row, whichever that is. What is in sight stays where it is on the
        screen, except at the very top, where new rows show themselves.
        """
        count = len(self._source)
        is_held = self._stays_at_top and not self._cursor_index
        view = self._view.follow(self._source.index_of, count, self._cursor_index, self._cursor_key, is_held=is_held)
        self._cursor_index = view.cursor
        if self.virtual_size.height != count + _HEADER:
            # The plain way of setting it would draw the whole widget again.
            self.set_reactive(ScrollView.virtual_size, Size(0, count + _HEADER))
            self.refresh(repaint=False, layout=True)
        self._scroll(view.top)
        self._tell_cursor()
        self._sync_view()

    # The cursor

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor; None where there is no row, or none loaded yet."""
        return self._cursor_key

    @property
    def cursor_index(self) -> int | None:
        """The place of the row under the cursor; None if there are no rows."""
        return self._cursor_index if len(self._source) else None

    def move_cursor(self, index: int) -> None:
        """Put the cursor on the row at `index`, or the nearest there is, and scroll it into sight."""
        self._cursor_index = clamp(index, 0, max(0, len(self._source) - 1))
        self._scroll(reveal(self._top, self._body, self._cursor_index))
        self._tell_cursor()
        self._sync_view()

    def move_cursor_to(self, key: str) -> bool:
        """Put the cursor on the row of this key; False if the source does not know where it is."""
        index = self._source.index_of(key)
        if index is None:
            return False
        self.move_cursor(index)
        return True

    def action_step(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move_cursor(self._cursor_index + rows)

    def action_page(self, pages: int) -> None:
        """Move cursor and view by as many rows as are in sight."""
        rows = pages * max(1, self._body)
        self._scroll(self._top + rows)
        self.move_cursor(self._cursor_index + rows)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.move_cursor(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.move_cursor(len(self._source) - 1)

    def action_open(self) -> None:
        """Say that the row under the cursor is to be opened."""
        if self._cursor_key is not None:
            self.post_message(self.RowOpened(self, self._cursor_key))

    def on_click(self, event: Click) -> None:
        """Put the cursor on a row, open it by a double click, or select a header."""
        offset = event.get_content_offset(self)
        if offset is None or offset.x >= self._painter.width or event.button != 1:
            return
        if offset.y < _HEADER:
            column = self._painter.column_at(offset.x)
            if column is not None:
                self.post_message(self.HeaderSelected(self, column.key))
            return
        index = self._top + offset.y - _HEADER
        if index < len(self._source):
            self.move_cursor(index)
            if event.chain == 2:
                self.action_open()

    def _tell_cursor(self) -> None:
        key = self._source.key_at(self._cursor_index) if len(self._source) else None
        if key != self._cursor_key:
            self._cursor_key = key
            self.post_message(self.CursorMoved(self, key))

    # Scrolling

    @property
    def _top(self) -> int:
        """The index of the first row in sight."""
        return self.scroll_offset.y

    @property
    def _body(self) -> int:
        """How many rows there is room for."""
        return max(0, self.scrollable_content_region.height - _HEADER)

    def _scroll(self, top: int) -> None:
        if not self.is_mounted:
            return
        # Forced, because the scrollbar of rows that have just come appears with the next layout only.
        self.scroll_to(y=top, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw the lines that differ, where the base class would draw them all."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self._sync_view()

    def _sync_view(self) -> None:
        """Draw what changed and remember what is looked at."""
        self._draw_changes()
        top, height = self._top, self._body
        if not height:
            return  # Not on the screen. What was looked at last holds the view until it is again.
        rows = range(top, min(top + height, len(self._source)))
        keys = ((index, self._source.key_at(index)) for index in rows)
        self._view = View(top, height, tuple((index, key) for index, key in keys if key is not None))

    # Life

    def on_mount(self) -> None:
        """Start to listen to the source and take its rows."""
        self._listen(True)
        self.source_changed()

    def on_unmount(self) -> None:
        """Let go of the source."""
        self._listen(False)

    def on_resize(self, _event: Resize) -> None:
        """Keep the cursor in sight."""
        self._scroll(reveal(self._top, self._body, self._cursor_index))
        self._sync_view()

    def notify_style_update(self) -> None:
        """Forget everything drawn in the old style."""
        super().notify_style_update()
        self._painter.forget()

    def _listen(self, listening: bool) -> None:
        if isinstance(self._source, LoadingSource):
            self._source.listen(self._rows_loaded if listening else None)

    def _rows_loaded(self) -> None:
        # Through the queue: the source calls from a task of its own.
        self.call_later(self.source_changed)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget, counted from its top."""
        self._shown[y] = strip = self._line(y)
        return strip

    def _draw_changes(self) -> None:
        """Draw the lines again that no longer look like what is on the screen."""
        regions = []
        for y in range(self.scrollable_content_region.height):
            strip = self._line(y)
            shown = self._shown.get(y)
            cells = self._painter.width if shown is None else damage(shown, strip)
            if cells:
                regions.append(Region(0, y, cells, 1))
        if regions:
            self.refresh(*regions)

    def _line(self, y: int) -> Strip:
        painter = self._painter
        painter.width = self.scrollable_content_region.width
        if y < _HEADER:
            return painter.header(self.sort)
        count = len(self._source)
        if not count:
            return painter.message(self.empty_text, y - _HEADER, self._body)
        index = self._top + y - _HEADER
        if index >= count:
            return painter.blank()
        cursor = None
        if index == self._cursor_index:
            cursor = Cursor.FOCUSED if self.has_focus else Cursor.BLURRED
        return painter.row(self._source.row_at(index), cursor)

    def _compose_style(self, parts: tuple[str, ...]) -> Style:
        names = [f"table--{part}" for part in parts]
        # Textual lays component styles over one another in get_visual_style only, where it loses "reverse".
        reverse = any(self.get_component_styles(name).text_style.reverse for name in names)
        return self.get_visual_style(*names).rich_style + Style(reverse=reverse or None)
