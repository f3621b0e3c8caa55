"""The list below the form: what may be taken for the field that is typed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from numdeck.desk.state import Favourites, Names
from numdeck.model.money import show_money
from numdeck.model.quote import Offers, with_markup
from numdeck.model.request import OrderRequest, Provider
from numdeck.model.search import Named, match_spans
from numdeck.ui.form.model import OrderForm
from numdeck.ui.form.price import describe
from numdeck.ui.table import Align, Cell, Column, Role, Row, SequenceSource, Table

MOST_NUMBERED: Final = 9
"""As many requests have a key of their own, `1` to `9`."""

Hit = Named | OrderRequest

_SERVICES: Final = (Column(key="code", title="CODE", width=10), Column(key="name", title="SERVICE", width=30, grow=1))
_COUNTRIES: Final = (
    Column(key="code", title="CODE", width=6),
    Column(key="name", title="COUNTRY", width=28, min_width=16),
    Column(key="price", title="PRICE", width=9, align=Align.RIGHT),
    Column(key="stock", title="STOCK", width=9, align=Align.RIGHT),
)
_AGAIN: Final = (
    Column(key="number", title="KEY", width=3),
    Column(key="request", title="ORDERED BEFORE", width=40, min_width=30, grow=1),
    Column(key="pin", title="", width=8),
)


class Hits(Table, can_focus=False):
    """Services, countries with their prices, or requests to make again; the cursor stands on the likeliest."""

    def __init__(self) -> None:
        self._names = Names()
        self._typed = ""
        self._offers: Offers | None = None
        self._request: OrderRequest | None = None
        self._favourites = Favourites()
        self._items = SequenceSource[Hit](key=_key, render=self._row_of)
        super().__init__(_SERVICES, self._items, id="hits")

    @property
    def highlighted(self) -> Hit | None:
        """What the cursor stands on."""
        return None if self.cursor_key is None else self._items.item(self.cursor_key)

    def suggest(self, field: str, form: OrderForm, favourites: Favourites, offers: Offers | None) -> int:
        """Show what fits a field; the result is how many requests have a key of their own.

        For an empty service these are the requests that are pinned or were made lately; for an empty country those with
        offers, the cheapest first; else what fits the text, and last the text itself as a code.
        """
        typed, request, catalogue = form.text(field), form.request, form.catalogue
        self._favourites, self._names, self._typed = favourites, catalogue.names, typed
        self._request, self._offers = request, offers
        if field == "country_code":
            if not typed.strip() and offers is not None and offers.quotes:
                hits = [Named(quote.country_code, self._names.country(quote.country_code)) for quote in offers.quotes]
            else:
                hits = catalogue.countries.search(typed, recent=[each.country_code for each in favourites.all])
            self._show(_COUNTRIES, _and_as_typed(hits, typed), "No names are known: type the number.")
            return 0
        if not typed and favourites.all:
            self._show(_AGAIN, favourites.all, "")
            return min(MOST_NUMBERED, len(favourites.all))
        recent = [each.service_code for each in favourites.all]
        hits = catalogue.services.search(typed, recent=recent, unlikely_last=request.provider is Provider.VIRTUAL)
        self._show(_SERVICES, _and_as_typed(hits, typed), "No names are known: type the code.")
        return 0

    def numbered(self, number: int) -> OrderRequest | None:
        """The request that a number from 1 on stands for."""
        return self._favourites.all[number - 1] if number <= len(self._favourites.all) else None

    def _show(self, columns: tuple[Column, ...], items: Iterable[Hit], empty_text: str) -> None:
        self.columns = columns
        self.empty_text = empty_text
        self._items.replace(items)
        self.source_changed()
        self.move_cursor(0)

    def _row_of(self, hit: Hit) -> Row:
        if isinstance(hit, OrderRequest):
            return self._again_row(hit)
        cells = (Cell(hit.code, None, match_spans(hit.code, self._typed)), self._name_cell(hit))
        if self.columns != _COUNTRIES:
            return Row(cells)
        return Row((*cells, *self._offer_cells(hit.code)))

    def _name_cell(self, hit: Named) -> Cell:
        if hit.name == _as_typed(hit.code):
            return Cell(hit.name, Role.DIM)
        return Cell(hit.name, None, match_spans(hit.name, self._typed))

    def _offer_cells(self, country_code: str) -> tuple[Cell | str, Cell | str]:
        quote = None if self._offers is None else self._offers.of_country(country_code)
        if quote is None or self._request is None:
            return "", ""
        price = None if quote.price is None else with_markup(quote.price, self._request)
        stock = Cell("sold out", Role.DIM) if quote.is_sold_out else quote.stock or "?"
        return show_money(price), stock

    def _again_row(self, request: OrderRequest) -> Row:
        number = self._favourites.all.index(request) + 1
        key = str(number) if number <= MOST_NUMBERED else ""
        is_pinned = request in self._favourites.pinned
        return Row((Cell(key, Role.STRONG), describe(request, self._names), Cell("★ pinned" if is_pinned else "")))


def _and_as_typed(hits: list[Named], typed: str) -> list[Named]:
    """Last, unless it is the code of a hit, what is typed as it stands."""
    word = typed.strip()
    if word and not any(hit.code.casefold() == word.casefold() for hit in hits):
        return [*hits, Named(word, _as_typed(word))]
    return hits


def _as_typed(word: str) -> str:
    return f'Use "{word}" as a code'


def _key(hit: Hit) -> str:
    return repr(hit)
