"""The order form: type, enter, enter, enter, enter."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Footer, Input

from app.api.errors import ApiError, Rejected
from app.desk.desk import Desk
from app.desk.purchaser import NotOrdered
from app.desk.state import Names
from app.model.duration import show_clock
from app.model.money import show_money
from app.model.record import Attempt
from app.model.request import MARKUPS, PERIODS, OrderRequest, Period, Provider, check_request
from app.model.search import Haystack, Named
from app.ui.form.choice import Choice
from app.ui.form.draft import Draft
from app.ui.form.field import Field
from app.ui.form.pick import Pick
from app.ui.panes.message import MessageLine
from app.ui.panes.text import Text
from app.ui.table import Column, Row, SequenceSource, Table

_FIELDS: Final = (
    "provider", "period", "service_code", "country_code", "markup_percent", "promo_code", "need_fraud_score",
)  # fmt: skip
_HIT_COLUMNS: Final = (Column(key="code", title="CODE", width=10), Column(key="name", title="NAME", width=30, grow=1))
_QUOTE_AFTER: Final = 0.3


class OrderScreen(Screen[Attempt | None]):
    """Asks for everything a purchase takes, asks once more, and sends it once.

    Dismissed with the attempt, placed or unknown; with None when nothing was ordered.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", key_display="esc"),
        Binding("ctrl+o", "order", "Order", key_display="ctrl+o", priority=True),
    ]
    AUTO_FOCUS = "#service_code"

    def __init__(self, desk: Desk, draft: Draft, *, names: Names, confirm: bool, is_sandbox: bool) -> None:
        super().__init__()
        self._desk = desk
        self._draft = draft
        self._names = names
        self._confirm_at_once = confirm
        self._is_sandbox = is_sandbox
        self._services = Haystack([Named(code, name) for code, name in names.services.items()])
        self._countries = Haystack([Named(code, name) for code, name in names.countries.items()])
        self._hits = SequenceSource[Named](
            key=lambda hit: f"{hit.code}\n{hit.name}", render=lambda hit: Row((hit.code, hit.name))
        )
        self._picking: Pick | None = None
        self._is_sending = False
        self._price = ""
        self._asked: OrderRequest | None = None

    # Layout

    def compose(self) -> ComposeResult:
        """Lay out the fields in the order in which they are filled in."""
        draft = self._draft
        promo = Input(draft.promo, id="promo_code", compact=True, max_length=64, select_on_focus=False)
        promo.cursor_blink = False
        with VerticalScroll(id="form", can_focus=False) as form:
            form.border_title = "Order a number" + (" · SANDBOX" if self._is_sandbox else "")
            yield Field("provider", "Provider", Choice(list(Provider), draft.provider, id="provider"))
            yield Field("period", "Period", Choice(PERIODS[draft.provider], draft.period, id="period"))
            service = Pick(self._services, value=draft.service, placeholder="name or code", id="service_code")
            yield Field("service_code", "Service", service)
            country = Pick(self._countries, value=draft.country, placeholder="name or number", id="country_code")
            yield Field("country_code", "Country", country)
            markups = [f"{markup} %" for markup in MARKUPS]
            yield Field("markup_percent", "Markup", Choice(markups, f"{draft.markup} %", id="markup_percent"))
            yield Field("promo_code", "Promo code", promo)
            fraud = Choice(("no", "yes"), "yes" if draft.fraud else "no", id="need_fraud_score")
            yield Field("need_fraud_score", "Fraud score", fraud)
            yield Text("", id="quote")
            yield Button(self._button_label(), id="order-button", variant="primary", compact=True)
        hits = Table(_HIT_COLUMNS, self._hits, id="hits", empty_text="No names are known: type the code.")
        hits.can_focus = False
        yield hits
        yield MessageLine()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin where typing begins, or with the question when the request is known already."""
        self.set_interval(1.0, self._show_throttle)
        self._show_hints()
        self._ask_price()
        if self._confirm_at_once:
            self.query_one("#order-button").focus()
            self.call_after_refresh(self.action_order)

    def _button_label(self) -> str:
        return "Order (sandbox)" if self._is_sandbox else "Order"

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    # Choosing

    @on(Choice.Changed, "#provider")
    def _provider_changed(self, event: Choice.Changed) -> None:
        self._draft.provider = Provider(event.value)
        self.query_one("#period", Choice).offer(PERIODS[self._draft.provider])
        self._draft.period = Period(self.query_one("#period", Choice).value)
        self._ask_price()

    @on(Choice.Changed, "#period")
    def _period_changed(self, event: Choice.Changed) -> None:
        self._draft.period = Period(event.value)
        self._ask_price()

    @on(Choice.Changed, "#markup_percent")
    def _markup_changed(self, event: Choice.Changed) -> None:
        self._draft.markup = int(event.value.split()[0])
        self._ask_price()

    @on(Choice.Changed, "#need_fraud_score")
    def _fraud_changed(self, event: Choice.Changed) -> None:
        self._draft.fraud = event.value == "yes"

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        match event.input.id:
            case "service_code":
                self._draft.service = event.value
            case "country_code":
                self._draft.country = event.value
            case _:
                self._draft.promo = event.value
        if isinstance(event.input, Pick) and event.input.has_focus:
            self._show_hits(event.input)
        self._show_hints()
        self._ask_price()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        match event.input.id:
            case "service_code" if self._take(event.input):
                self.query_one("#country_code").focus()
            case "country_code" if self._take(event.input):
                self.query_one("#order-button").focus()
            case "promo_code":
                self.query_one("#order-button").focus()
            case _:
                self._show_errors(check_request(self._draft.request()), only=event.input.id)

    @on(Pick.Moved)
    def _move_among_hits(self, event: Pick.Moved) -> None:
        self.query_one("#hits", Table).action_step(event.step)

    @on(Table.RowOpened)
    def _hit_clicked(self) -> None:
        if self._picking is not None:
            self._take(self._picking)

    def on_descendant_focus(self) -> None:
        """Show the hits of the field that is typed in; a field that is left takes its best hit."""
        focused = self.focused
        picking = focused if isinstance(focused, Pick) else None
        if self._picking is not None and picking is not self._picking and self._picking.value.strip():
            self._take(self._picking)
        self._picking = picking
        self.query_one("#hits").display = picking is not None
        if picking is not None:
            self._show_hits(picking)

    def _show_hits(self, pick: Pick) -> None:
        self._hits.replace(pick.hits())
        table = self.query_one("#hits", Table)
        table.source_changed()
        table.move_cursor(0)

    def _take(self, field: Input) -> bool:
        """Make the highlighted hit the value of a field; False if nothing was typed."""
        if not isinstance(field, Pick) or not field.value.strip():
            return False
        key = self.query_one("#hits", Table).cursor_key
        hit = self._hits.item(key) if key is not None and field is self._picking else None
        if hit is not None and hit.code != field.value:
            field.take(hit)
        return True

    def _show_hints(self) -> None:
        draft = self._draft
        for name, haystack, code in (
            ("service_code", self._services, draft.service),
            ("country_code", self._countries, draft.country),
        ):
            known = haystack.by_code(code)
            self._field(name).hint(known.name if known else "")
        self._field("promo_code").hint("optional")

    # The price

    @work(group="quote", exclusive=True, exit_on_error=False, description="asking for the price")
    async def _ask_price(self) -> None:
        """Ask what it costs, a moment after the last change."""
        line, request = self.query_one("#quote", Text), self._draft.request()
        self._price = ""
        line.say("")
        words = await self._price_words(request)
        line.say(words)
        if self._asked == request:
            self.query_one(MessageLine).rephrase(self._question(request))

    async def _price_words(self, request: OrderRequest) -> str:
        """What is to be said of the price; the price itself is kept for the question."""
        service, country = self._services.by_code(request.service_code), self._countries.by_code(request.country_code)
        if service is None or country is None:
            self._price = "at a price that is not told for such codes"
            return ""
        await asyncio.sleep(_QUOTE_AFTER)
        offer = await self._desk.quote(request, service.name)
        if offer is None or offer.price is None:
            self._price = "at a price that the service does not tell"
            return "Price and stock: not told by the service."
        self._price = f"for {show_money(offer.price)}"
        balance = show_money(self._desk.state.balance)
        return f"Price {show_money(offer.price)} · {offer.stock} in stock · balance {balance}"

    # Ordering

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

    def _question(self, request: OrderRequest) -> str:
        service = self._names.service(request.service_code)
        country = self._names.country(request.country_code)
        price = self._price or "(asking for the price…)"
        markup = f", markup {request.markup_percent} %" if request.markup_percent else ""
        return (
            f"Order {request.provider} {request.period}: {service} ({request.service_code}), "
            f"{country} ({request.country_code}) {price}{markup}?"
        )

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
            self._show_errors({name: " ".join(texts) for name, texts in error.fields.items() if name in _FIELDS})
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

    def _show_errors(self, errors: dict[str, str], *, only: str | None = None) -> None:
        self._show_hints()
        for name, sentence in errors.items():
            if only in {None, name}:
                self._field(name).error(sentence)
        first = next((name for name in _FIELDS if name in errors), None)
        if first is not None and only is None:
            self.query_one(f"#{first}").focus()
            self.query_one(MessageLine).tell(errors[first], grave=True)

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
