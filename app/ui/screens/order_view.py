"""How the order form looks, and what choosing in it does: fields, hits, hints, errors, the price."""

from __future__ import annotations

import asyncio
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Footer, Input

from app.desk.desk import Desk
from app.desk.events import Event, Topic, TopicChanged
from app.desk.state import Names
from app.model.money import show_money
from app.model.record import Attempt
from app.model.request import MARKUPS, PERIODS, OrderRequest, Period, Provider, check_request
from app.model.search import Haystack, Named
from app.ui.details import named
from app.ui.form.choice import Choice
from app.ui.form.draft import Draft
from app.ui.form.errors import FIELDS
from app.ui.form.field import Field
from app.ui.form.pick import Pick
from app.ui.panes.message import MessageLine
from app.ui.panes.text import Text
from app.ui.table import Column, Row, SequenceSource, Table

_HIT_COLUMNS: Final = (Column(key="code", title="CODE", width=10), Column(key="name", title="NAME", width=30, grow=1))
_QUOTE_AFTER: Final = 0.3


class OrderView(Screen[Attempt | None]):
    """The order form without its purchase: whatever is typed and chosen goes into the draft."""

    AUTO_FOCUS = "#service_code"

    def __init__(self, desk: Desk, draft: Draft, *, names: Names, is_sandbox: bool) -> None:
        super().__init__()
        self._desk = desk
        self._draft = draft
        self._is_sandbox = is_sandbox
        self._learn(names)
        self._hits = SequenceSource[Named](
            key=lambda hit: f"{hit.code}\n{hit.name}", render=lambda hit: Row((hit.code, hit.name))
        )
        self._picking: Pick | None = None
        self._price = ""
        self._asked: OrderRequest | None = None

    def _learn(self, names: Names) -> None:
        self._names = names
        self._services = Haystack([Named(code, name) for code, name in names.services.items()])
        self._countries = Haystack([Named(code, name) for code, name in names.countries.items()])

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
        """Begin to listen for names, and ask for the price of what stands there already."""
        self._stop_listening = self._desk.listen(self._on_desk)
        self._show_hints()
        self._ask_price()

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def _on_desk(self, event: Event) -> None:
        """Names may be learnt while the form is open already."""
        if isinstance(event, TopicChanged) and event.topic is Topic.NAMES:
            self.call_later(self._names_learnt)

    def _names_learnt(self) -> None:
        self._learn(self._desk.names)
        self.query_one("#service_code", Pick).haystack = self._services
        self.query_one("#country_code", Pick).haystack = self._countries
        if self._picking is not None:
            self._show_hits(self._picking)
        self._show_hints()
        self._ask_price()

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

    def _show_errors(self, errors: dict[str, str], *, only: str | None = None) -> None:
        self._show_hints()
        for name, sentence in errors.items():
            if only in {None, name}:
                self._field(name).error(sentence)
        first = next((name for name in FIELDS if name in errors), None)
        if first is not None and only is None:
            self.query_one(f"#{first}").focus()
            self.query_one(MessageLine).tell(errors[first], grave=True)

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
            self._price = ", price unknown"
            return ""
        await asyncio.sleep(_QUOTE_AFTER)
        offer = await self._desk.quote(request, service.name)
        if offer is None or offer.price is None:
            self._price = ", price not told by the service"
            return "Price and stock: not told by the service."
        self._price = f" for {show_money(offer.price)}"
        balance = show_money(self._desk.state.balance)
        return f"Price {show_money(offer.price)} · {offer.stock} in stock · balance {balance}"

    def _question(self, request: OrderRequest) -> str:
        service = named(self._names.service(request.service_code), request.service_code)
        country = named(self._names.country(request.country_code), request.country_code)
        price = self._price or " (asking for the price…)"
        markup = f", markup {request.markup_percent} %" if request.markup_percent else ""
        return f"Order {request.provider} {request.period}: {service}, {country}{price}{markup}?"
