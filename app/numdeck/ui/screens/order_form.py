"""The order form: type, enter, enter, enter, enter."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input
from textual.worker import Worker

from numdeck.desk.events import Event, Topic, TopicChanged
from numdeck.desk.port import DeskError, DeskPort, ErrorKind
from numdeck.model.duration import show_clock
from numdeck.model.money import exceeded_limit
from numdeck.model.request import Attempt, OrderRequest, check_request
from numdeck.model.search import load_similarity
from numdeck.ui.codes import CodeBoard
from numdeck.ui.form.fields import AmountField, AutocompleteInput, InlineSelect, OrderFields
from numdeck.ui.form.hits import Hits
from numdeck.ui.form.model import FIELDS, OrderForm
from numdeck.ui.form.price import describe, limit_sentence, order_words
from numdeck.ui.form.price_line import PriceLine
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.message import MessageLine, failure
from numdeck.ui.panes.status import TROUBLE_SIGN, link_text
from numdeck.ui.screens.cover import CoverScreen
from numdeck.ui.table import Table

_ASKING_FOR_PRICE: Final = "Asking for the price: there is a limit…"


class OrderScreen(CoverScreen[Attempt | None]):
    """Asks for everything a purchase takes, asks once more, and sends it once.

    With `confirm` it begins with the question: the request is known already. Dismissed with the attempt, placed or
    unknown; with None when nothing was ordered.
    """

    AUTO_FOCUS = "#service_code"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", key_display="esc"),
        Binding("ctrl+o", "order", "Order", key_display="ctrl+o", priority=True),
        Binding("ctrl+f", "pin", "Pin", key_display="ctrl+f", priority=True),
    ]

    def __init__(self, desk: DeskPort, codes: CodeBoard, form: OrderForm, *, confirm: bool, is_sandbox: bool) -> None:
        super().__init__(desk, codes)
        self._form = form
        self._confirm = confirm
        self._price_line = PriceLine(desk)
        self._fields = OrderFields(form, self._price_line, is_sandbox=is_sandbox)
        self._hits = Hits()
        self._message = MessageLine()
        self._amount = AmountField()
        self._picking: AutocompleteInput | None = None
        self._asked: OrderRequest | None = None
        self._is_sending = False

    def compose(self) -> ComposeResult:
        """Lay out the form, and below it what fits the field that is typed in."""
        yield self._fields
        yield self._hits
        yield self.code_line
        yield self._message
        yield self._amount
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to listen, and ask for the price of what is filled in already."""
        self._stop_listening = self._desk.listen(self._on_desk)
        self._names_learnt()
        # Before a key has to wait for it.
        self.run_worker(load_similarity, thread=True, exit_on_error=False, description="loading the search")
        self.set_interval(1.0, self._tick)
        if self._confirm:
            # At once, and not after a refresh: no key gets in between.
            self.set_focus(self._fields.button)
            self.action_order()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Take away what does nothing while a question is asked."""
        return not (self._message.is_asking and action in {"order", "pin"})

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def _on_desk(self, event: Event) -> None:
        match event:
            case TopicChanged(Topic.NAMES):
                self.call_later(self._names_learnt)
            case TopicChanged(Topic.BALANCE):
                self.call_later(self._price_line.draw)

    def _names_learnt(self) -> None:
        self._form.learn(self._desk.names)
        self._show_hits()
        self._show_choice()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report an internal error."""
        if sentence := failure(event):
            self._message.tell(sentence, important=True)

    def _tick(self) -> None:
        self._show_throttle()
        self._message.recheck()
        link, now = self._desk.state.link, self._desk.clock.now()  # the form covers the line that shows it
        self._fields.warn(f"{TROUBLE_SIGN} {link_text(link, now)}" if link.is_troubled(now) else "")
        self._price_line.draw()  # the balance in it ages

    # Filling in

    @on(InlineSelect.Changed)
    def _value_chosen(self, event: InlineSelect.Changed) -> None:
        if event.choice.id in FIELDS:
            self._take_back(self._form.change(event.choice.id, event.choice.value))
            self._show_choice()

    @on(Input.Changed)
    def _text_changed(self, event: Input.Changed) -> None:
        if event.input.id in FIELDS:
            self._take_back(self._form.change(event.input.id, event.value))
            if event.input is self._picking:
                self._show_hits()
            self._show_choice()

    def _take_back(self, void: Collection[str]) -> None:
        if self._message.said in void:
            self._message.tell("")

    def _show_choice(self) -> None:
        self._fields.draw()
        self._ask_price()

    def _ask_price(self) -> None:
        is_choosing_country = self._picking is not None and self._picking.id == "country_code"
        self._price_line.choose(self._form.price_query(is_choosing_country=is_choosing_country))

    @on(PriceLine.Changed)
    def _price_known(self) -> None:
        if self._picking is not None and self._picking.id == "country_code":
            self._show_hits()
        if self._asked is not None and self._asked == self._form.request:
            self._message.rephrase(self._question(self._asked))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        field = event.input
        if field.id == "promo_code" or self._take(field):
            if self.focused is field:  # else a whole request was filled in
                self._fields.after(field.id).focus()
        elif isinstance(field, AutocompleteInput):
            self._form.check(only=field.id)
            self._fields.draw()
            self._tell_error()

    def on_descendant_focus(self) -> None:
        """Show what fits the field that has the focus; a field that is left takes its best hit."""
        picking = self.focused if isinstance(self.focused, AutocompleteInput) else None
        if self._picking is not None and picking is not self._picking and self._picking.value.strip():
            self._take(self._picking)
        self._picking = picking
        self._hits.display = picking is not None
        self._show_hits()
        self._ask_price()
        self._tell_error()

    def _tell_error(self) -> None:
        """Say the error of the focused field whole, unless it was said: beside the field it may be cut."""
        error = self._form.errors.get(self.focused.id or "", "") if self.focused else ""
        if error and error not in self._message.said:
            self._message.tell(error, important=True)

    # Taking a hit

    def _show_hits(self) -> None:
        if self._picking is not None and self._picking.id is not None:
            favourites, offers = self._desk.state.favourites, self._price_line.offers
            numbered = self._hits.suggest(self._picking.id, self._form, favourites, offers)
            if numbered:
                self._picking.offer_numbers(numbered)

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
            self._fields.after(self._picking.id if self._picking else None).focus()

    def _take(self, field: Input) -> bool:
        """Make the highlighted hit the value of a field; False if there is nothing to take."""
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
            self._take_back(self._form.change(field.id or "", hit.code))  # the field says so later
        return True

    def _fill(self, request: OrderRequest) -> None:
        """Take over a whole request, and go to the button."""
        self._picking = None  # the field that is left has been filled, and takes nothing else
        self._take_back(self._form.fill(request))
        self._fields.fill()
        self._show_choice()
        self._fields.button.focus()

    async def action_pin(self) -> None:
        """Pin the request that is highlighted, or else the one in the form; unpin it if it is pinned."""
        highlighted = None if self._picking is None else self._hits.highlighted
        request = highlighted if isinstance(highlighted, OrderRequest) else self._form.request
        if check_request(request):
            self._message.tell(
                "Fill in service and country first, or choose a request of the list: then it can be pinned."
            )
            return
        is_pinned = request not in self._desk.state.favourites.pinned
        try:
            await self._desk.pin(request, is_pinned=is_pinned)
        except DeskError as error:
            self._message.tell(error.sentence, important=True)
            return
        self._show_hits()
        what = describe(request, self._form.catalogue.names)
        said = f"Pinned: {what}. It stands first in the list." if is_pinned else f"No longer pinned: {what}."
        self._message.tell(said)

    # Ordering

    @on(Button.Pressed)
    def _button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_order()

    def action_order(self) -> None:
        """Check the fields, and ask once more."""
        if self._is_sending or self._message.is_asking or self._amount.is_asking:
            return
        if self._picking is not None:
            self._take(self._picking)
        request = self._form.request
        is_valid = self._form.check()
        self._show_errors()
        if not is_valid:
            return
        self._asked = request
        self._price_line.renew()
        if self._desk.spend_limits.guards_orders:
            self._message.tell(_ASKING_FOR_PRICE)
            self._pose_when_priced(request)
        else:
            self._message.ask(self._question(request), lambda: self._send(request))

    def _show_errors(self) -> None:
        """Show all errors, and go to the first."""
        self._fields.draw()
        if self._form.first_error is not None:
            # Now: the button, which is enabled next, is not to take the focus.
            self.set_focus(self.query_one(f"#{self._form.first_error}"))
        self._tell_error()

    def _question(self, request: OrderRequest) -> str:
        unknown = [attempt.request for attempt in self._desk.state.attempts.values()]
        return self._form.question(request, self._price_line.tag, unknown)

    @work(group="pose", exclusive=True, exit_on_error=False, description="waiting for the price")
    async def _pose_when_priced(self, request: OrderRequest) -> None:
        """Ask when the price is known; beyond a limit the amount has to be typed."""
        await self._price_line.settled()
        if request != self._form.request:
            self._take_back([_ASKING_FOR_PRICE])
            return
        tag, limits = self._price_line.tag, self._desk.spend_limits
        beyond = exceeded_limit(tag.amount(request), self._desk.state.today.spent, limits)
        if beyond is None:
            self._message.ask(self._question(request), lambda: self._send(request))
        else:
            words = order_words(request, self._form.catalogue.names, tag)
            self._message.tell(f"{limit_sentence(beyond)}. To be ordered: {words}.", important=True)
            self._amount.ask(beyond, lambda: self._send(request), self._leave_amount)

    @on(Input.Submitted, "#amount")
    def _amount_typed(self) -> None:
        if not self._amount.submit():
            self._message.tell("Nothing was ordered: that is not the amount.", important=True)

    @on(AmountField.Left)
    def _amount_left(self) -> None:
        if not self._message.is_asking:
            self._message.tell("")

    @work(group="order", exit_on_error=False, description="ordering")
    async def _send(self, request: OrderRequest) -> None:
        """Send the purchase, once. Not exclusive: a second press must not cancel the first."""
        if self._is_sending:
            return
        self._is_sending = True
        self._fields.enable_button(False)
        self._message.tell("Ordering…")
        try:
            attempt = await self._desk.order(request)
        except DeskError as error:
            sentence = self._form.refuse(request, error)
            self._show_errors()
            if error.kind is ErrorKind.OUT_OF_STOCK:
                self._price_line.sold_out(request)
            self._message.tell(sentence, important=True)
        else:
            self._form.begin_anew()
            self.dismiss(attempt)
        finally:
            self._is_sending = False
            self._fields.enable_button(True)
        self._show_throttle()

    def _show_throttle(self) -> None:
        """Count down while the service takes no orders, and say when it takes them again."""
        if self._is_sending:
            return
        hold = self._desk.order_hold
        if hold is not None:
            why = "Throttled" if hold.is_throttle else "The service is unavailable"
            self._message.tell(f"{why}: an order can be sent in {show_clock(hold.seconds)}.", important=True)
        elif self._fields.button.disabled:
            self._message.tell("The service takes orders again.")
        self._fields.enable_button(hold is None)

    def action_leave(self) -> None:
        """Go back to the desk; what was filled in stays. Not while a purchase is out."""
        if self._is_sending:
            self._message.tell("The purchase is being sent: wait for its answer.")
        elif self._amount.is_asking:
            self._leave_amount()
        else:
            self.dismiss(None)

    def _leave_amount(self) -> None:
        """Order nothing beyond the limit."""
        self._amount.close()
        self._message.tell("")
        self._fields.button.focus()
