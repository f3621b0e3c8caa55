"""The order form: type, enter, enter, enter, enter."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Button

from app.api.errors import ApiError, Rejected
from app.desk.desk import Desk
from app.desk.purchaser import NotOrdered
from app.desk.state import Names
from app.model.duration import show_clock
from app.model.request import OrderRequest, check_request
from app.ui.form.draft import Draft
from app.ui.form.errors import place_errors
from app.ui.panes.message import MessageLine
from app.ui.screens.order_view import OrderView


class OrderScreen(OrderView):
    """Asks for everything a purchase takes, asks once more, and sends it once.

    Dismissed with the attempt, placed or unknown; with None when nothing was ordered.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", key_display="esc"),
        Binding("ctrl+o", "order", "Order", key_display="ctrl+o", priority=True),
    ]

    def __init__(self, desk: Desk, draft: Draft, *, names: Names, confirm: bool, is_sandbox: bool) -> None:
        super().__init__(desk, draft, names=names, is_sandbox=is_sandbox)
        self._confirm_at_once = confirm
        self._is_sending = False

    def on_mount(self) -> None:
        """Begin with the question when the request is known already."""
        self.set_interval(1.0, self._show_throttle)
        if self._confirm_at_once:
            self.query_one("#order-button").focus()
            self.call_after_refresh(self.action_order)

    @on(Button.Pressed)
    def _button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_order()

    def action_order(self) -> None:
        """Check the fields, and ask once more."""
        message = self.query_one(MessageLine)
        if self._is_sending or message.is_asking:
            return
        if self._picking is not None:
            self._take(self._picking)
        request = self._draft.request()
        errors = check_request(request)
        self._show_errors(errors)
        if not errors:
            self._asked = request
            message.ask(self._question(request), lambda: self._send(request))

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
        except NotOrdered as error:
            message.tell(error.sentence, grave=True)
        except Rejected as error:
            self._show_errors(place_errors(error.fields))
            message.tell(f"Not ordered. {error.sentence}", grave=True)
        except ApiError as error:
            message.tell(f"Not ordered. {error.sentence}", grave=True)
        else:
            self._draft.begin_anew()
            self.dismiss(attempt)
        finally:
            self._set_sending(False)
        self._show_throttle()

    def _set_sending(self, is_sending: bool) -> None:
        self._is_sending = is_sending
        self.query_one("#order-button", Button).disabled = is_sending

    def _show_throttle(self) -> None:
        """Count down while the service wants no requests, and say when it does again."""
        if self._is_sending:
            return
        held = self._desk.client.gate.blocked_for()
        button, message = self.query_one("#order-button", Button), self.query_one(MessageLine)
        if held:
            message.tell(
                f"Throttled by the service: nothing is sent before {show_clock(held)} have passed.", grave=True
            )
        elif button.disabled:
            message.tell("The service takes orders again.")
        button.disabled = bool(held)

    def action_leave(self) -> None:
        """Go back to the desk; what was filled in stays. Not while a purchase is out."""
        if self._is_sending:
            self.query_one(MessageLine).tell("The purchase is being sent: wait for its answer.")
        else:
            self.dismiss(None)
