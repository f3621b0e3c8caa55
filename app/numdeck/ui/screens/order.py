"""The order form: type, enter, enter, enter, enter."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input

from numdeck.desk.port import DeskError, DeskPort, ErrorKind
from numdeck.model.duration import show_clock
from numdeck.model.money import exceeded_limit
from numdeck.model.request import OrderRequest, check_request
from numdeck.ui.codes import CodeBoard
from numdeck.ui.form.fields import AmountField
from numdeck.ui.form.model import Draft, Lookup, place_errors
from numdeck.ui.form.price import describe, limit_sentence, order_words
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.screens.order_view import OrderView

_ASKING_FOR_PRICE: Final = "Asking for the price: there is a limit…"


class OrderScreen(OrderView):
    """Asks for everything a purchase takes, asks once more, and sends it once.

    Dismissed with the attempt, placed or unknown; with None when nothing was ordered.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", key_display="esc"),
        Binding("ctrl+o", "order", "Order", key_display="ctrl+o", priority=True),
        Binding("ctrl+f", "pin", "Pin", key_display="ctrl+f", priority=True),
    ]

    def __init__(
        self,
        desk: DeskPort,
        codes: CodeBoard,
        draft: Draft,
        lookup: Lookup,
        *,
        confirm: bool,
        doubt: str = "",
        is_sandbox: bool,
    ) -> None:
        super().__init__(desk, codes, draft, lookup, doubt=doubt, is_sandbox=is_sandbox)
        self._confirm_at_once = confirm
        self._is_sending = False
        self._refusal: tuple[OrderRequest, str] | None = None

    def on_mount(self) -> None:
        """Begin with the question when the request is known already."""
        self.set_interval(1.0, self._tick)
        if self._confirm_at_once:
            # At once, and not after a refresh: no key gets in between.
            self.set_focus(self.query_one("#order-button"))
            self.action_order()

    @on(Button.Pressed)
    def _button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_order()

    def action_order(self) -> None:
        """Check the fields, and ask once more."""
        message = self.query_one(MessageLine)
        if self._is_sending or message.is_asking or self.query_one(AmountField).is_asking:
            return
        if self._picking is not None:
            self._take(self._picking)
        request = self._draft.request()
        errors = check_request(request)
        self._show_errors(errors)
        if errors:
            return
        self._asked = request
        self._price_line.renew()
        if self._desk.spend_limits.guards_orders:
            message.tell(_ASKING_FOR_PRICE)
            self._pose_when_priced(request)
        else:
            message.ask(self._question(request), lambda: self._send(request))

    @work(group="pose", exclusive=True, exit_on_error=False, description="waiting for the price")
    async def _pose_when_priced(self, request: OrderRequest) -> None:
        """Ask when it is known what it costs; beyond a limit the amount has to be typed."""
        await self._price_line.settled()
        message = self.query_one(MessageLine)
        if request != self._draft.request():
            if message.said == _ASKING_FOR_PRICE:
                message.tell("")
            return
        price, limits = self._price_line.tag.amount(request), self._desk.spend_limits
        beyond = exceeded_limit(price, self._desk.state.today.spent, limits)
        if beyond is None:
            message.ask(self._question(request), lambda: self._send(request))
        else:
            words = order_words(request, self._lookup.names, self._price_line.tag)
            message.tell(f"{limit_sentence(beyond)}. To be ordered: {words}.", important=True)
            self.query_one(AmountField).ask(beyond, lambda: self._send(request), self._leave_amount)

    @on(Input.Submitted, "#amount")
    def _amount_typed(self) -> None:
        field = self.query_one(AmountField)
        if not field.submit():
            self.query_one(MessageLine).tell("Nothing was ordered: that is not the amount.", important=True)

    @on(AmountField.Left)
    def _amount_left(self) -> None:
        message = self.query_one(MessageLine)
        if not message.is_asking:
            message.tell("")

    async def action_pin(self) -> None:
        """Pin the request that is highlighted, or else the one in the form; once more lets it go."""
        message, highlighted = self.query_one(MessageLine), self._hits.highlighted
        in_list = self._picking is not None and isinstance(highlighted, OrderRequest)
        request = highlighted if in_list and isinstance(highlighted, OrderRequest) else self._draft.request()
        if check_request(request):
            message.tell("Fill in service and country first, or choose a request of the list: then it can be pinned.")
            return
        is_pinned = request not in self._desk.state.favourites.pinned
        try:
            await self._desk.pin(request, is_pinned=is_pinned)
        except DeskError as error:
            message.tell(error.sentence, important=True)
            return
        self._show_hits()
        what = describe(request, self._lookup.names)
        message.tell(f"Pinned: {what}. It stands first in the list." if is_pinned else f"No longer pinned: {what}.")

    @work(group="order", exit_on_error=False, description="ordering")
    async def _send(self, request: OrderRequest) -> None:
        """Send the purchase, once. Not exclusive: a second press must not cancel the first."""
        if self._is_sending:
            return
        message = self.query_one(MessageLine)
        self._set_sending(True)
        message.tell("Ordering…")
        try:
            attempt = await self._desk.order(request)
        except DeskError as error:
            self._not_ordered(request, error)
        else:
            self._draft.begin_anew()
            self.dismiss(attempt)
        finally:
            self._set_sending(False)
        self._show_throttle()

    def _not_ordered(self, request: OrderRequest, error: DeskError) -> None:
        """Say why nothing was bought."""
        if error.kind is ErrorKind.NOT_SENT:
            self.query_one(MessageLine).tell(error.sentence, important=True)
            return
        if error.kind is ErrorKind.REFUSED:
            self._show_errors(place_errors(error.fields))
        elif error.kind is ErrorKind.OUT_OF_STOCK:
            self._price_line.sold_out(request)
        self._refusal = (request, f"Not ordered. {error.sentence}")
        self.query_one(MessageLine).tell(self._refusal[1], important=True)

    def _choice_changed(self) -> None:
        """Take back what the service said of another choice."""
        super()._choice_changed()
        if self._refusal is None or self._refusal[0] == self._draft.request():
            return
        message, (_, sentence) = self.query_one(MessageLine), self._refusal
        self._refusal = None
        if message.said == sentence:
            message.tell("")

    def _set_sending(self, is_sending: bool) -> None:
        self._is_sending = is_sending
        self._enable_button(not is_sending)

    def _enable_button(self, is_enabled: bool) -> None:
        button = self.query_one("#order-button", Button)
        button.disabled = not is_enabled
        if is_enabled and self.focused is None:
            button.focus()  # it lost the focus when it was disabled

    def _tick(self) -> None:
        self._show_throttle()
        self.query_one(MessageLine).recheck()
        self.show_link()
        self._price_line.draw()  # the balance in it ages

    def _show_throttle(self) -> None:
        """Count down while the service wants no requests, and say when it does again."""
        if self._is_sending:
            return
        hold = self._desk.order_hold
        button, message = self.query_one("#order-button", Button), self.query_one(MessageLine)
        if hold is not None:
            why = "Throttled" if hold.is_throttle else "The service is unavailable"
            message.tell(f"{why}: an order can be sent in {show_clock(hold.seconds)}.", important=True)
        elif button.disabled:
            message.tell("The service takes orders again.")
        if button.disabled is (hold is None):
            self._enable_button(hold is None)

    def action_leave(self) -> None:
        """Go back to the desk; what was filled in stays. Not while a purchase is out."""
        if self._is_sending:
            self.query_one(MessageLine).tell("The purchase is being sent: wait for its answer.")
        elif self.query_one(AmountField).is_asking:
            self._leave_amount()
        else:
            self.dismiss(None)

    def _leave_amount(self) -> None:
        """Order nothing beyond the limit."""
        self.query_one(AmountField).close()
        self.query_one(MessageLine).tell("")
        self.query_one("#order-button").focus()
