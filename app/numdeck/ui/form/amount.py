"""The amount that has to be typed before an order goes beyond a limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Input

from numdeck.model.money import LimitExceeded, parse_money, show_money
from numdeck.ui.answering import Asker


def limit_sentence(beyond: LimitExceeded) -> str:
    """Which limit an order goes beyond, without a full stop."""
    limit = show_money(beyond.limit)
    if beyond.price is None:
        return f"The price is not known, and there is a limit of {limit}"
    if beyond.spent is None:
        return f"{show_money(beyond.price)} is more than the limit of {limit} an order"
    spent, more = show_money(beyond.spent), show_money(beyond.price)
    return f"{spent} was spent today, and {more} more is beyond the limit of {limit} a day"


class AmountField(Input, Asker):
    """Hidden until an amount is asked for; takes it only when it is the very one."""

    @dataclass(eq=False)
    class Left(Message):
        """The amount is not asked for any more, because another field has the focus."""

        field: AmountField

    def __init__(self) -> None:
        super().__init__("", id="amount", compact=True, max_length=20, select_on_focus=False)
        self.cursor_blink = False
        self.display = False
        self._beyond: LimitExceeded | None = None
        self._on_typed: Callable[[], object] | None = None

    @property
    def is_asking(self) -> bool:
        """Whether an amount is asked for."""
        return self._beyond is not None

    def ask(self, beyond: LimitExceeded, on_typed: Callable[[], object], on_no: Callable[[], object]) -> None:
        """Ask for the amount; `on_typed` is called when it was typed, `on_no` when esc was pressed."""
        self._beyond, self._on_typed = beyond, on_typed
        self.value = ""
        self.placeholder = f"type {show_money(beyond.amount).removeprefix('$')} to order all the same; esc goes back"
        self.display = True
        self.focus()
        self.pose(on_no)

    def close(self) -> None:
        """Ask no longer."""
        self._beyond = self._on_typed = None
        self.display = False
        self.withdraw()

    def on_blur(self) -> None:
        """Who turns to another field has thought better of it: the amount was for the form as it stood."""
        if self.app.app_focus and self.is_asking:
            self.close()
            self.post_message(self.Left(self))

    def submit(self) -> bool:
        """Take what is typed; False if it is not the amount."""
        on_typed, typed = self._on_typed, parse_money(self.value)
        # Compared as it is shown: a price may have more decimals than anybody is asked to type.
        if self._beyond is None or on_typed is None or typed is None:
            return False
        if show_money(typed) != show_money(self._beyond.amount):
            return False
        self.close()
        on_typed()
        return True
