"""How the order form looks, and what choosing in it does: fields, hits, hints, errors, the price."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input
from textual.worker import Worker

from numdeck.desk.events import Event, Topic, TopicChanged
from numdeck.desk.port import DeskPort
from numdeck.model.request import (
    MARKUPS,
    MAX_FIELD_LENGTH,
    PERIODS,
    Attempt,
    OrderRequest,
    Period,
    Provider,
    check_request,
)
from numdeck.model.search import Named, load_similarity
from numdeck.ui.codes import CodeBoard
from numdeck.ui.form.fields import AmountField, AutocompleteInput, Field, InlineSelect
from numdeck.ui.form.hits import MOST_NUMBERED, Hits
from numdeck.ui.form.model import FIELDS, Draft, Lookup
from numdeck.ui.form.price import order_question
from numdeck.ui.form.price_line import PriceLine
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.message import MessageLine, failure
from numdeck.ui.panes.status import TROUBLE_SIGN, link_text
from numdeck.ui.screens.cover import CoverScreen
from numdeck.ui.table import Table


class OrderView(CoverScreen[Attempt | None]):
    """The order form without its purchase: whatever is typed and chosen goes into the draft."""

    AUTO_FOCUS = "#service_code"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012 - as Textual declares it

    def __init__(
        self, desk: DeskPort, codes: CodeBoard, draft: Draft, lookup: Lookup, *, doubt: str, is_sandbox: bool
    ) -> None:
        super().__init__(desk, codes)
        self._draft = draft
        self._is_sandbox = is_sandbox
        self._lookup = lookup
        self._picking: AutocompleteInput | None = None
        self._asked: OrderRequest | None = None
        self._doubt, self._doubted = doubt, draft.request()

    # Layout

    def compose(self) -> ComposeResult:
        """Lay out the fields in the order in which they are filled in."""
        draft = self._draft
        promo = Input(draft.promo, id="promo_code", compact=True, max_length=MAX_FIELD_LENGTH)
        promo.cursor_blink = False
        with VerticalScroll(id="form", can_focus=False) as form:
            form.border_title = "Order a number" + (" · SANDBOX" if self._is_sandbox else "")
            yield Field("provider", "Provider", InlineSelect(list(Provider), draft.provider, id="provider"))
            yield Field("period", "Period", InlineSelect(PERIODS[draft.provider], draft.period, id="period"))
            service = AutocompleteInput(value=draft.service, placeholder="name or code", id="service_code")
            yield Field("service_code", "Service", service)
            country = AutocompleteInput(value=draft.country, placeholder="name or number", id="country_code")
            yield Field("country_code", "Country", country)
            markups = [f"{markup} %" for markup in MARKUPS]
            yield Field("markup_percent", "Markup", InlineSelect(markups, f"{draft.markup} %", id="markup_percent"))
            yield Field("promo_code", "Promo code", promo)
            fraud = InlineSelect(("no", "yes"), "yes" if draft.fraud else "no", id="need_fraud_score")
            yield Field("need_fraud_score", "Fraud score", fraud)
            yield PriceLine(self._desk)
            button = Button(self._button_label(), id="order-button", variant="primary", compact=True)
            button.active_effect_duration = 0.0  # see OrderPane
            yield button
        yield Hits()
        yield self.code_line
        yield MessageLine()
        yield AmountField()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to listen, and ask for the price of what stands there already."""
        self._stop_listening = self._desk.listen(self._on_desk)
        if self._lookup.names is not self._desk.names:  # learnt while the form was on its way
            self._lookup = Lookup(self._desk.names)
        self._choice_changed()
        # Before a key has to wait for it.
        self.run_worker(load_similarity, thread=True, exit_on_error=False, description="loading the search")

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def _on_desk(self, event: Event) -> None:
        """Names may be learnt, and the balance told, while the form is open already."""
        match event:
            case TopicChanged(Topic.NAMES):
                self.call_later(self._names_learnt)
            case TopicChanged(Topic.BALANCE):
                self.call_later(self._price_line.draw)

    def _names_learnt(self) -> None:
        self._lookup = Lookup(self._desk.names)
        self._show_hits()
        self._choice_changed()

    def show_link(self) -> None:
        """Warn of a connection that is not well: the form covers the line that says so."""
        link, now = self._desk.state.link, self._desk.clock.now()
        warning = f"{TROUBLE_SIGN} {link_text(link, now)}" if link.is_troubled(now) else ""
        form = self.query_one("#form")
        if str(form.border_subtitle or "") != warning:  # to set it draws the whole form
            form.border_subtitle = Content(warning)

    def _button_label(self) -> str:
        return "Order (sandbox)" if self._is_sandbox else "Order"

    @property
    def _price_line(self) -> PriceLine:
        return self.query_one(PriceLine)

    @property
    def _hits(self) -> Hits:
        return self.query_one(Hits)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that something came to nothing because of a fault of ours."""
        if sentence := failure(event):
            self.query_one(MessageLine).tell(sentence, important=True)

    # Choosing

    @on(InlineSelect.Changed)
    def _chosen_otherwise(self, event: InlineSelect.Changed) -> None:
        self._value_changed(event.choice.id)

    def _value_changed(self, name: str | None) -> None:
        """Take back what was said of the value that stood in a field."""
        if name not in FIELDS:
            return
        field, message = self._field(name), self.query_one(MessageLine)
        if field.trouble and message.said == field.trouble:
            message.tell("")
        field.error("")

    @on(InlineSelect.Changed, "#provider")
    def _provider_changed(self, event: InlineSelect.Changed) -> None:
        self._draft.provider = Provider(event.value)
        self._field("period").error("")  # it was about the two together
        self.query_one("#period", InlineSelect).offer(PERIODS[self._draft.provider])
        self._draft.period = Period(self.query_one("#period", InlineSelect).value)
        self._choice_changed()

    @on(InlineSelect.Changed, "#period")
    def _period_changed(self, event: InlineSelect.Changed) -> None:
        self._draft.period = Period(event.value)
        self._choice_changed()

    @on(InlineSelect.Changed, "#markup_percent")
    def _markup_changed(self, event: InlineSelect.Changed) -> None:
        self._draft.markup = int(event.value.split()[0])
        self._choice_changed()

    @on(InlineSelect.Changed, "#need_fraud_score")
    def _fraud_changed(self, event: InlineSelect.Changed) -> None:
        self._draft.fraud = event.value == "yes"
        self._choice_changed()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        match event.input.id:
            case "service_code":
                self._draft.service = event.value
            case "country_code":
                self._draft.country = event.value
            case "promo_code":
                self._draft.promo = event.value
            case _:
                return
        self._value_changed(event.input.id)
        if event.input is self._picking:
            self._show_hits()
        self._choice_changed()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        field = event.input
        if field.id == "promo_code" or self._take(field):
            if self.focused is field:  # else a whole request was filled in
                self._next_after(field).focus()
        elif isinstance(field, AutocompleteInput):
            self._show_errors(check_request(self._draft.request()), only=field.id)

    def _next_after(self, field: Input) -> Widget:
        return self.query_one("#country_code" if field.id == "service_code" else "#order-button")

    @on(AutocompleteInput.Moved)
    def _move_among_hits(self, event: AutocompleteInput.Moved) -> None:
        self._hits.action_step(event.step)

    @on(AutocompleteInput.Numbered)
    def _numbered(self, event: AutocompleteInput.Numbered) -> None:
        request = self._hits.numbered(event.number)
        if request is not None:
            self._fill(request)

    @on(Table.RowOpened)
    def _hit_clicked(self) -> None:
        if self._picking is not None and self._take(self._picking):
            self._next_after(self._picking).focus()

    def on_descendant_focus(self) -> None:
        """Show what may be taken for the field that is typed in; a field that is left takes its best hit."""
        focused = self.focused
        picking = focused if isinstance(focused, AutocompleteInput) else None
        if self._picking is not None and picking is not self._picking and self._picking.value.strip():
            self._take(self._picking)
        self._picking = picking
        self._hits.display = picking is not None
        self._show_hits()
        self._ask_price()
        self._tell_trouble()

    def _show_hits(self) -> None:
        pick = self._picking
        if pick is None:
            return
        favourites = self._desk.state.favourites
        if pick.id == "country_code":
            request, offers = self._draft.request(), self._price_line.offers
            self._hits.show_countries(self._lookup, pick.value, favourites, request, offers)
        elif not pick.value and favourites.all:
            pick.offer_numbers(min(MOST_NUMBERED, len(favourites.all)))
            self._hits.show_again(favourites, self._lookup.names)
        else:
            self._hits.show_services(self._lookup, pick.value, favourites, self._draft.provider)

    @on(PriceLine.Changed)
    def _price_known(self) -> None:
        if self._picking is not None and self._picking.id == "country_code":
            self._show_hits()
        if self._asked is not None and self._asked == self._draft.request():
            self.query_one(MessageLine).rephrase(self._question(self._asked))

    def _take(self, field: Input) -> bool:
        """Make the highlighted hit the value of a field; False if there is nothing to be taken."""
        if not isinstance(field, AutocompleteInput) or field is not self._picking:
            return isinstance(field, AutocompleteInput) and bool(field.value.strip())
        hit = self._hits.highlighted
        if isinstance(hit, OrderRequest):
            self._fill(hit)
            return True
        is_offered = field.id == "country_code" and self._price_line.offers is not None
        if not field.value.strip() and not is_offered:
            return False  # the first of an unsorted list is nobody's choice
        if hit is not None and hit.code != field.value:
            field.take(hit)
        return True

    def _fill(self, request: OrderRequest) -> None:
        """Take over a whole request, and go to the button."""
        self._draft.fill(request)
        self.query_one("#provider", InlineSelect).value = request.provider
        period = self.query_one("#period", InlineSelect)
        period.offer(PERIODS[request.provider])
        period.value = request.period
        self._picking = None  # the field that is left has been filled, and takes nothing else
        for name, value in (("service_code", request.service_code), ("country_code", request.country_code)):
            self.query_one(f"#{name}", AutocompleteInput).take(Named(value, ""))
        self.query_one("#markup_percent", InlineSelect).value = f"{request.markup_percent} %"
        self.query_one("#promo_code", Input).value = request.promo_code
        self.query_one("#need_fraud_score", InlineSelect).value = "yes" if request.need_fraud_score else "no"
        self.query_one("#order-button").focus()

    def _choice_changed(self) -> None:
        """Say what is chosen: names beside their codes, and the price."""
        self._show_hints()
        self._ask_price()

    def _ask_price(self) -> None:
        draft = self._draft
        service = self._lookup.services.by_code(draft.service)
        is_choosing = self._picking is not None and self._picking.id == "country_code"
        wants_countries = is_choosing and self._lookup.countries.by_code(draft.country) is None
        name = None if service is None else service.name
        self._price_line.choose(draft.request(), service_name=name, wants_countries=wants_countries)

    def _show_hints(self) -> None:
        draft = self._draft
        for name, haystack, code in (
            ("service_code", self._lookup.services, draft.service),
            ("country_code", self._lookup.countries, draft.country),
        ):
            known = haystack.by_code(code)
            self._field(name).hint(known.name if known else "")
        self._field("promo_code").hint("optional")

    def _show_errors(self, errors: dict[str, str], *, only: str | None = None) -> None:
        """Show these errors and no others, or that of one field; those of an earlier answer are gone."""
        for name in FIELDS if only is None else (only,):
            self._field(name).error(errors.get(name, ""))
        first = next((name for name in FIELDS if name in errors), None)
        if first is not None and only is None:
            self.set_focus(self.query_one(f"#{first}"))  # now: the button, which is enabled next, is not to take it
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        """Say whole what is wrong with the field that has the focus, unless that was said already."""
        field, message = self.focused and self.focused.parent, self.query_one(MessageLine)
        if isinstance(field, Field) and field.trouble not in message.said:
            message.tell(field.trouble, important=True)

    def _question(self, request: OrderRequest) -> str:
        """What is asked before an order is sent."""
        doubts = [self._doubt] if self._doubt and request == self._doubted else []
        if any(attempt.request == request for attempt in self._desk.state.attempts.values()):
            doubts.append("A purchase of the same is still unknown.")
        return order_question(request, self._lookup.names, self._price_line.tag, doubts)
