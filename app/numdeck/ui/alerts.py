"""Making a new code known beyond its row: bell, window title, desktop notification."""

from __future__ import annotations

from numdeck.model.codes import Code
from numdeck.model.record import OrderRecord
from numdeck.ui.display import DisplayOptions, show_code, show_number
from numdeck.ui.settings import AlertSettings
from numdeck.ui.terminal import Terminal


class Alerts:
    """Rings, titles and notifies, once for each code."""

    def __init__(self, terminal: Terminal, settings: AlertSettings, *, title: str) -> None:
        self._terminal = terminal
        self._settings = settings
        self._title = title
        self._had_unseen = False
        self._titled: tuple[OrderRecord, Code] | None = None

    def codes_arrived(self, record: OrderRecord, codes: tuple[Code, ...], display: DisplayOptions) -> None:
        """Make new codes of an order known."""
        if not codes:
            return
        if self._settings.bell:
            self._terminal.bell()
        self._titled = (record, codes[-1])
        self._terminal.notify("numdeck", _words(*self._titled, display))
        self.retitle(display)

    def retitle(self, display: DisplayOptions) -> None:
        """Put the code that the title tells there as it is to be shown now."""
        if self._settings.title and self._titled is not None:
            self._terminal.title(f"● {_words(*self._titled, display)}")

    def note_unseen(self, has_unseen: bool) -> None:
        """Take the code out of the title when no code awaits the operator any more."""
        if self._settings.title and self._had_unseen and not has_unseen:
            self._titled = None
            self._terminal.title(self._title)
        self._had_unseen = has_unseen


def _words(record: OrderRecord, code: Code, display: DisplayOptions) -> str:
    return f"code {show_code(code.text, display)} for {show_number(record.order.phone_number, display)}"
