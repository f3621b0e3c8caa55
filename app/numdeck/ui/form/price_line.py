"""The line that says what the choice costs: asked for a moment after the last change, never for each key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from textual import work
from textual.message import Message
from textual.worker import Worker

from numdeck.desk.port import DeskError, DeskPort
from numdeck.model.quote import NO_STOCK, QUOTE_VALID_FOR, Offers, Quote
from numdeck.model.request import OrderRequest
from numdeck.ui.form.price import PriceQuery, PriceState, PriceSubject, PriceTag, offer_key
from numdeck.ui.panes.message import failure
from numdeck.ui.panes.text import StaticText

_ASK_AFTER: Final = 0.3


class PriceLine(StaticText):
    """Says what a choice costs; posts `Changed` when it knows something else."""

    @dataclass(eq=False)
    class Changed(Message):
        """More is known of the price, or of the service's prices in all countries."""

    def __init__(self, desk: DeskPort) -> None:
        super().__init__("", id="price")
        self._desk = desk
        self._query: PriceQuery | None = None
        self._is_settled = asyncio.Event()
        self.tag = PriceTag()
        """The price of the choice."""
        self.offers: Offers | None = None
        """The prices of the service in all countries, where they are known."""

    def choose(self, query: PriceQuery) -> None:
        """Say what is chosen now; what has to be asked is asked a moment later."""
        before, self._query = self._query, query
        if before is not None and query.is_same_as(before):
            self.draw()
            return
        self._take_known_offers(query.request)
        self._ask(query, _ASK_AFTER)

    def renew(self) -> None:
        """Ask again unless the answer is fresh."""
        has_answer = self.tag.state in {PriceState.KNOWN, PriceState.NO_OFFER}
        if self._query is not None and has_answer and self._desk.clock.monotonic() - self.tag.at >= QUOTE_VALID_FOR:
            self._ask(self._query, 0.0)

    def sold_out(self, request: OrderRequest) -> None:
        """Show no stock: the service had no number for a request, whatever it listed."""
        if self._query is None or offer_key(request) != offer_key(self._query.request):
            return
        if self.offers is not None:
            self._take_known_offers(request)
        known = self.tag.quote or Quote(service_code=request.service_code, country_code=request.country_code)
        self.workers.cancel_node(self)
        self._set(PriceTag(PriceState.KNOWN, replace(known, stock=NO_STOCK), at=self._desk.clock.monotonic()))

    async def settled(self) -> None:
        """Wait until as much is known of the price as can be known."""
        await self._is_settled.wait()

    def draw(self) -> None:
        """Show the price with the present balance."""
        words = "" if self._query is None else self._words(self._query.request)
        self.say(words)
        self.set_class("▲" in words, "-warning")

    def _words(self, request: OrderRequest) -> str:
        return self.tag.words(request, self._desk.state.balance, self._desk.clock.now())

    def _take_known_offers(self, request: OrderRequest) -> None:
        self.offers = self._desk.known_offers(request.provider, request.period, request.service_code)

    def _ask(self, query: PriceQuery, delay: float) -> None:
        self.workers.cancel_node(self)
        match query.subject:
            case PriceSubject.NOTHING:
                self._set(PriceTag())
            case PriceSubject.UNNAMED_SERVICE:
                self._set(PriceTag(PriceState.UNNAMED_SERVICE))
            case PriceSubject.ALL_COUNTRIES:
                self._begin(PriceTag())
                self._find_out(query, delay)
            case PriceSubject.REQUEST:
                self._begin(PriceTag(PriceState.ASKING))
                self._find_out(query, delay)

    def _begin(self, tag: PriceTag) -> None:
        self._is_settled.clear()
        self.tag = tag
        self.draw()

    @work(exclusive=True, exit_on_error=False, description="asking for the price")
    async def _find_out(self, query: PriceQuery, delay: float) -> None:
        await self._desk.clock.sleep(delay)
        request = query.request
        try:
            if query.subject is PriceSubject.ALL_COUNTRIES:
                self.offers = await self._desk.offers(
                    request.provider, request.period, request.service_code, query.service_name
                )
                self._set(PriceTag())
            else:
                self._set(self._tag_of(await self._desk.quote(request, query.service_name)))
        except DeskError as error:
            self._set(PriceTag(PriceState.FAILED, sentence=error.sentence))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show that the price is not known because of an internal error."""
        if sentence := failure(event):
            self._set(PriceTag(PriceState.FAILED, sentence=sentence))

    def _tag_of(self, quote: Quote | None) -> PriceTag:
        now = self._desk.clock.monotonic()
        if quote is None:
            return PriceTag(PriceState.NOT_TOLD)
        if quote.price is None and quote.stock is None:
            return PriceTag(PriceState.NO_OFFER, quote, at=now)
        return PriceTag(PriceState.KNOWN, quote, at=now)

    def _set(self, tag: PriceTag) -> None:
        self.tag = tag
        self._is_settled.set()
        self.draw()
        self.post_message(self.Changed())
