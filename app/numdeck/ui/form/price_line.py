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
from numdeck.ui.form.price import Knowledge, PriceTag
from numdeck.ui.panes.message import failure
from numdeck.ui.panes.text import StaticText

_ASK_AFTER: Final = 0.3


class PriceLine(StaticText):
    """Says what a choice costs. Whoever chooses tells it; `Changed` says that it knows something else."""

    @dataclass(eq=False)
    class Changed(Message):
        """More is known of the price, or of the service's prices in all countries."""

    def __init__(self, desk: DeskPort) -> None:
        super().__init__("", id="price")
        self._desk = desk
        self._request: OrderRequest | None = None
        self._service_name: str | None = None
        self._is_country_wanted = False
        self._settled = asyncio.Event()
        self.tag = PriceTag()
        self.offers: Offers | None = None

    def choose(self, request: OrderRequest, *, service_name: str | None, wants_countries: bool) -> None:
        """Say what is chosen now.

        `service_name` is None for a service without a known name, whose price cannot be asked for. With
        `wants_countries` the country is still to be chosen, and the service's prices in all of them are wanted.
        """
        before, self._request = self._request, request
        asked = (service_name, wants_countries)
        is_same = asked == (self._service_name, self._is_country_wanted) and _place(before) == _place(request)
        self._service_name, self._is_country_wanted = asked
        if is_same:
            self.draw()
            return
        self.offers = self._desk.known_offers(request.provider, request.period, request.service_code)
        self._ask(_ASK_AFTER)

    def renew(self) -> None:
        """Ask again unless it was told a moment ago."""
        age = self._desk.clock.monotonic() - self.tag.at
        if self.tag.told in {Knowledge.TOLD, Knowledge.NO_OFFER} and age >= QUOTE_VALID_FOR:
            self._ask(0.0)

    def sold_out(self, request: OrderRequest) -> None:
        """Take notice that the service had no number for a request: what it said of the stock is not true any more."""
        if self._request is None or _place(request) != _place(self._request):
            return
        if self.offers is not None:
            self.offers = self._desk.known_offers(request.provider, request.period, request.service_code)
        known = self.tag.quote or Quote(service_code=request.service_code, country_code=request.country_code)
        self.workers.cancel_node(self)
        self._know(PriceTag(Knowledge.TOLD, replace(known, stock=NO_STOCK), at=self._desk.clock.monotonic()))

    async def settled(self) -> None:
        """Wait until as much is known of the price as there is to be known."""
        await self._settled.wait()

    def draw(self) -> None:
        """Say it with the balance as it is by now."""
        words = "" if self._request is None else self._words(self._request)
        self.say(words)
        self.set_class("▲" in words, "-warning")

    def _words(self, request: OrderRequest) -> str:
        return self.tag.words(request, self._desk.state.balance, self._desk.clock.now())

    def _ask(self, delay: float) -> None:
        self.workers.cancel_node(self)
        request, name = self._request, self._service_name
        if request is None or not request.service_code or not (request.country_code or self._is_country_wanted):
            self._know(PriceTag())
        elif name is None:
            self._know(PriceTag(Knowledge.NO_NAME))
        else:
            self._settled.clear()
            self.tag = PriceTag() if self._is_country_wanted else PriceTag(Knowledge.ASKING)
            self.draw()
            self._find_out(request, name, delay)

    @work(exclusive=True, exit_on_error=False, description="asking for the price")
    async def _find_out(self, request: OrderRequest, name: str, delay: float) -> None:
        await self._desk.clock.sleep(delay)
        try:
            if self._is_country_wanted:
                offers = await self._desk.offers(request.provider, request.period, request.service_code, name)
                self.offers = offers
                self._know(PriceTag())
            else:
                self._know(self._tag_of(await self._desk.quote(request, name)))
        except DeskError as error:
            self._know(PriceTag(Knowledge.FAILED, sentence=error.sentence))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that something came to nothing because of a fault of ours."""
        if sentence := failure(event):
            self._know(PriceTag(Knowledge.FAILED, sentence=sentence))

    def _tag_of(self, quote: Quote | None) -> PriceTag:
        now = self._desk.clock.monotonic()
        if quote is None:
            return PriceTag(Knowledge.UNTOLD)
        if quote.price is None and quote.stock is None:
            return PriceTag(Knowledge.NO_OFFER, quote, at=now)
        return PriceTag(Knowledge.TOLD, quote, at=now)

    def _know(self, tag: PriceTag) -> None:
        self.tag = tag
        self._settled.set()
        self.draw()
        self.post_message(self.Changed())


def _place(request: OrderRequest | None) -> tuple[str, ...] | None:
    """What of a request the price before markup depends on."""
    if request is None:
        return None
    return (request.provider, request.period, request.service_code, request.country_code)
