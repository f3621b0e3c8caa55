"""The fields of the order form, each between its label and its hint or error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input

from numdeck.model.money import LimitExceeded, parse_money, show_money
from numdeck.model.request import MAX_FIELD_LENGTH
from numdeck.model.search import Named
from numdeck.ui.answering import Asker
from numdeck.ui.form.model import FIELDS, OrderForm
from numdeck.ui.form.price_line import PriceLine
from numdeck.ui.panes.text import StaticText

_LABELS: Final = {
    "provider": "Provider",
    "period": "Period",
    "service_code": "Service",
    "country_code": "Country",
    "markup_percent": "Markup",
    "promo_code": "Promo code",
    "need_fraud_score": "Fraud score",
}
_SELECTED: Final = ("provider", "period", "markup_percent", "need_fraud_score")


class Field(Horizontal):
    """A field between its label and its hint or error."""

    def __init__(self, label: str, field: Widget) -> None:
        super().__init__(classes="field")
        self._label = label
        self._field = field
        self._hint = StaticText("", classes="hint")

    def compose(self) -> ComposeResult:
        """Lay out the row."""
        yield StaticText(self._label, classes="label")
        yield self._field
        yield self._hint

    def show(self, hint: str, error: str) -> None:
        """Show what is wrong with the value, or else the hint."""
        self.set_class(bool(error), "-error")
        self._hint.say(f"✗ {error}" if error else hint)


class InlineSelect(StaticText, can_focus=True):
    """Shows `‹ value ›`; left and right choose the previous and the next value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "Previous", show=False),
        Binding("right,space", "choose(1)", "Next", show=False),
    ]

    @dataclass(eq=False)
    class Changed(Message):
        """Another value was chosen."""

        choice: InlineSelect
        value: str

        @property
        def control(self) -> InlineSelect:
            """The field, for the selector of an `on` decorator."""
            return self.choice

    def __init__(self, values: Sequence[str], value: str, *, id: str) -> None:  # noqa: A002 (Textual's name for it)
        super().__init__("", id=id)
        self._values = tuple(values)
        self._value = value if value in self._values else self._values[0]
        self._draw()

    @property
    def value(self) -> str:
        """The value chosen."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        if value in self._values and value != self._value:
            self._value = value
            self._draw()
            self.post_message(self.Changed(self, value))

    def offer(self, values: Sequence[str]) -> None:
        """Offer other values; the one chosen stays if it is among them."""
        self._values = tuple(values)
        if self._value not in self._values:
            self.value = self._values[0]
        self._draw()

    def action_choose(self, step: int) -> None:
        """Choose the value `step` further on, round and round."""
        index = (self._values.index(self._value) + step) % len(self._values)
        self.value = self._values[index]

    def on_click(self, event: Click) -> None:
        """Choose the previous value on the left sign, the next elsewhere."""
        self.action_choose(-1 if event.x == 0 else 1)

    def _draw(self) -> None:
        only = len(self._values) == 1
        self.say(f"  {self._value}" if only else f"‹ {self._value} ›")


class AutocompleteInput(Input):
    """One line to type in. The hits are shown elsewhere; up and down move among them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Hit before", show=False),
        Binding("down", "move(1)", "Next hit", show=False),
        Binding("pageup", "move(-10)", "Ten hits up", show=False),
        Binding("pagedown", "move(10)", "Ten hits down", show=False),
    ]

    @dataclass(eq=False)
    class Moved(Message):
        """The operator wants another hit."""

        pick: AutocompleteInput
        step: int

    @dataclass(eq=False)
    class Numbered(Message):
        """A number was typed that stands for a request to make again."""

        pick: AutocompleteInput
        number: int

    def __init__(self, *, value: str, placeholder: str, id: str) -> None:  # noqa: A002
        super().__init__(value, id=id, placeholder=placeholder, compact=True, max_length=MAX_FIELD_LENGTH)
        self.cursor_blink = False
        self._numbers = 0

    def offer_numbers(self, count: int) -> None:
        """Let the numbers from 1 to `count` stand for requests while nothing is typed."""
        self._numbers = count
        self.placeholder = f"name, code, or 1 to {count}" if count > 1 else "name, code, or 1"

    async def _on_key(self, event: Key) -> None:
        """Let a number that stands for a request not be typed."""
        number = int(event.character) if event.character and event.character in "123456789" else 0
        if not self.value and 1 <= number <= self._numbers:
            event.stop()
            event.prevent_default()
            self.post_message(self.Numbered(self, number))
        else:
            await super()._on_key(event)

    def take(self, hit: Named) -> None:
        """Make a hit the value."""
        self.value = hit.code
        self.cursor_position = len(hit.code)

    def action_move(self, step: int) -> None:
        """Ask for another hit."""
        self.post_message(self.Moved(self, step))


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
        """Stop asking when another field gets the focus: the amount was for the form as it was."""
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


class OrderFields(VerticalScroll, can_focus=False):
    """All fields of an order form, the price and the button. `draw` shows what the form holds."""

    def __init__(self, form: OrderForm, price_line: PriceLine, *, is_sandbox: bool) -> None:
        super().__init__(id="form")
        self.border_title = "Order a number" + (" · SANDBOX" if is_sandbox else "")
        self._form = form
        self._price_line = price_line
        self._selects = {name: InlineSelect(form.options(name), form.text(name), id=name) for name in _SELECTED}
        promo = Input(form.draft.promo_code, id="promo_code", compact=True, max_length=MAX_FIELD_LENGTH)
        promo.cursor_blink = False
        self._inputs = {
            "service_code": AutocompleteInput(
                value=form.draft.service_code, placeholder="name or code", id="service_code"
            ),
            "country_code": AutocompleteInput(
                value=form.draft.country_code, placeholder="name or number", id="country_code"
            ),
            "promo_code": promo,
        }
        widgets: dict[str, Widget] = {**self._selects, **self._inputs}
        self._fields = {name: Field(_LABELS[name], widgets[name]) for name in FIELDS}
        self.button = Button(
            "Order (sandbox)" if is_sandbox else "Order", id="order-button", variant="primary", compact=True
        )
        self.button.active_effect_duration = 0.0  # see OrderPane

    def compose(self) -> ComposeResult:
        """Lay out the fields in the order in which they are filled in."""
        yield from self._fields.values()
        yield self._price_line
        yield self.button

    def draw(self) -> None:
        """Show hints and errors, and the periods of the provider."""
        for name, field in self._fields.items():
            field.show(self._form.hint(name), self._form.errors.get(name, ""))
        self._selects["period"].offer(self._form.options("period"))

    def fill(self) -> None:
        """Show the values of the form in all fields."""
        for name, select in self._selects.items():
            select.offer(self._form.options(name))
            select.value = self._form.text(name)
        for name, field in self._inputs.items():
            field.value = self._form.text(name)
            field.cursor_position = len(field.value)

    def after(self, name: str | None) -> Widget:
        """The field to go on to when a text field was filled in."""
        return self._inputs["country_code"] if name == "service_code" else self.button

    def warn(self, text: str) -> None:
        """Show a warning in the frame; none if empty."""
        if str(self.border_subtitle or "") != text:  # to set it draws the whole form
            self.border_subtitle = Content(text)

    def enable_button(self, is_enabled: bool) -> None:
        """Let the button be pressed, or not. It takes the focus again that it lost when it was disabled."""
        if self.button.disabled is is_enabled:
            self.button.disabled = not is_enabled
            if is_enabled and self.screen.focused is None:
                self.button.focus()
