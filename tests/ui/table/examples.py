"""The table by example, one small application each. Run one with `python tests/ui/table/examples.py NAME`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from numdeck.ui.table import (
    Align,
    Cell,
    Column,
    PagedSource,
    Role,
    Row,
    RowSource,
    SequenceSource,
    Sort,
    Table,
)
from numdeck.ui.theme import theme_named

STYLES = Path(__file__).resolve().parents[3] / "styles" / "table.tcss"

COLUMNS = (
    Column(key="cancel", title="CANCEL", width=14),
    Column(key="number", title="NUMBER", width=17, grow=1),
    Column(key="code", title="CODE", width=9),
    Column(key="service", title="SERVICE", width=12, min_width=8, priority=1, grow=2),
    Column(key="country", title="COUNTRY", width=12, min_width=7, priority=2, grow=1),
    Column(key="price", title="PRICE", width=7, align=Align.RIGHT, priority=3),
    Column(key="note", title="NOTE", width=20, min_width=10, priority=4, grow=2),
)


@dataclass(frozen=True, slots=True)
class Order:
    """As much of an order as a row shows; times are in seconds."""

    id: str
    number: str
    service: str
    country: str
    price: str = "$0.15"
    code: str = ""
    bought: int = 0
    note: str = ""


SERVICES = ("Telegram", "Google", "WhatsApp", "微信 WeChat", "Viber", "Яндекс")
COUNTRIES = ("USA", "UK", "Germany", "日本", "Côte d'Ivoire", "Україна")


def make_order(number: int) -> Order:
    """Make up an order; the same number gives the same order."""
    return Order(
        id=f"order-{number}",
        number=f"+1 555 {number:07}",
        service=SERVICES[number % len(SERVICES)],
        country=COUNTRIES[number // 2 % len(COUNTRIES)],
        price=f"${number % 40 / 20 + 0.05:.2f}",
        code=f"{number * 7919 % 100_000:05}" if number % 5 == 1 else "",
        bought=-17 * (number % 60),
    )


def order_row(order: Order, now: int) -> Row:
    """Render an order: a pure function of what is known and what time it is."""
    cells: list[Cell | str] = [_cancel(order, now), order.number, Cell("···", Role.DIM), order.service, order.country]
    if order.code:
        cells[2] = Cell(f"{order.code} ●", Role.SUCCESS)
    return Row((*cells, order.price, Cell(order.note, Role.DIM)), Role.MARKED if order.code else None)


def _cancel(order: Order, now: int) -> Cell:
    age = now - order.bought
    if order.code:
        return Cell("code received", Role.DIM)
    if age < 120:
        return Cell(f"opens in {(120 - age) // 60}:{(120 - age) % 60:02}", Role.DIM)
    left = 900 - age
    if left <= 0:
        return Cell("closed", Role.DIM)
    return Cell(f"0:{left:02} left", Role.WARNING) if left < 60 else Cell(f"{left // 60} min left")


def order_key(order: Order) -> str:
    """Name the row of an order."""
    return order.id


class TableExample(App[None]):
    """A table and nothing else."""

    CSS_PATH: ClassVar[Any] = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "Quit")]
    EMPTY_TEXT = "No active numbers. Press n to order one."
    SORT: Sort | None = None

    def __init__(self, theme: str = "textual-dark") -> None:
        # Said before the theme is set: only then does NO_COLOR leave no colours at all.
        super().__init__(ansi_color=theme.startswith("ansi") or None)
        self.register_theme(theme_named(theme))
        self.theme = theme
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables of the styles, for the moment before the theme is on."""
        return dict(theme_named("numdeck").variables)

    def make_source(self) -> RowSource:
        """Make the source the table shows."""
        return SequenceSource(order_key, lambda order: order_row(order, 0))

    def compose(self) -> ComposeResult:
        """Show the table."""
        yield Table(COLUMNS, self.make_source(), empty_text=self.EMPTY_TEXT, sort=self.SORT)

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one(Table)


class EmptyTable(TableExample):
    """No rows: a sentence that says what to do."""


class StaticTable(TableExample):
    """A few rows that stay as they are."""

    SORT = Sort("number")

    def make_source(self) -> RowSource:
        """Take twelve orders."""
        orders = [make_order(number) for number in range(12)]
        orders[3] = replace(orders[3], note="QA-1182, sign-up on the staging host")
        return SequenceSource(order_key, lambda order: order_row(order, 0), orders)


class RolesTable(TableExample):
    """Every role, as a row and as a cell."""

    def make_source(self) -> RowSource:
        """Make one row of each role, with a cell of each role in it."""
        rows = [(role or "none", role) for role in (None, *Role)]

        def render(row: tuple[str, Role | None]) -> Row:
            cells = [Cell(role, role) for role in Role]
            return Row((row[0], *cells), row[1])

        return SequenceSource(lambda row: row[0], render, rows)


class LiveTable(TableExample):
    """Orders whose text changes each second: n buys one, d drops the one under the cursor, s sorts the other way."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "buy", "Buy"),
        Binding("d", "drop", "Drop"),
        Binding("s", "sort", "Sort"),
    ]
    SORT = Sort("cancel", descending=True)

    def __init__(self, orders: int = 60, theme: str = "textual-dark", *, ticking: bool = False) -> None:
        super().__init__(theme)
        self.now = 0
        self.ticking = ticking
        self.orders = [make_order(number) for number in range(orders)]
        self.source = SequenceSource(order_key, lambda order: order_row(order, self.now), self.orders)

    def make_source(self) -> RowSource:
        """Show the orders of the moment."""
        return self.source

    def on_mount(self) -> None:
        """Start the clock, if it is to run by itself."""
        if self.ticking:
            self.set_interval(1, self.advance)

    def advance(self, seconds: int = 1) -> None:
        """Let time pass."""
        self.now += seconds
        self.table.refresh_visible_rows()

    def show(self, orders: list[Order]) -> None:
        """Take other orders for the ones before."""
        self.orders = orders
        self.source.replace(orders)
        self.table.source_changed()

    def receive(self, key: str, code: str) -> None:
        """Put a code into an order."""
        self.orders = [replace(order, code=code) if order.id == key else order for order in self.orders]
        self.source.replace(self.orders)
        self.table.source_changed()

    def action_buy(self) -> None:
        """Put a new order first."""
        self.show([replace(make_order(len(self.orders) + 1000), bought=self.now), *self.orders])

    def action_drop(self) -> None:
        """Drop the order under the cursor."""
        self.show([order for order in self.orders if order.id != self.table.cursor_key])

    def action_sort(self) -> None:
        """Turn the order around."""
        sort = self.table.sort
        self.table.sort = sort and replace(sort, descending=not sort.descending)
        self.show(self.orders[::-1])

    @on(Table.HeaderSelected)
    def sort_by(self, event: Table.HeaderSelected) -> None:
        """Show what was clicked; a real owner would sort."""
        self.table.sort = Sort(event.column_key)


class PagedTable(TableExample):
    """100,000 rows that are made up page by page while one scrolls."""

    SORT = Sort("number", descending=True)

    def __init__(self, count: int = 100_000, theme: str = "textual-dark") -> None:
        super().__init__(theme)
        self.first = 0
        self.fetched: list[tuple[int, int]] = []
        self.errors: list[Exception] = []
        self.source = PagedSource(
            self.fetch,
            key=order_key,
            render=lambda order: order_row(order, 0),
            on_error=self.errors.append,
            count=count,
        )

    def make_source(self) -> RowSource:
        """Show the pages."""
        return self.source

    async def fetch(self, offset: int, limit: int) -> Sequence[Order]:
        """Answer as a database would: later."""
        self.fetched.append((offset, limit))
        await asyncio.sleep(0)
        return [make_order(self.first + number) for number in range(offset, min(offset + limit, len(self.source)))]


HOSTILE = {
    "escape": "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x9b2J",
    "markup": "[bold]bold[/] [/b] [a='",
    "newline": "one\ntwo\r\nthree\ttab",
    "bidi": "user\u202egnp.exe \u200f\u2066x\u2069",
    "joined": "👨‍👩‍👧‍👦 family 👍🏽 ❤️ 🇺🇸",
    "wide": "日本語の長いサービス名前は切られる",
    "marks": "Z" + "\u0301\u0302\u0303" * 12 + "algo e\u0301te\u0301",
    "surrogate": "half \ud83d of a pair",
    "long": "endless " * 2000,
    "zero": "\u200b\u200c\u200dnothing\u00ad\ufeff to see",
}


class HostileTable(TableExample):
    """Text from outside that would like to be more than text."""

    def make_source(self) -> RowSource:
        """Put each text into every column."""
        rows = list(HOSTILE.items())
        return SequenceSource(lambda row: row[0], lambda row: Row((row[0], *[row[1]] * 6)), rows)


EXAMPLES: dict[str, type[TableExample]] = {
    "empty": EmptyTable,
    "static": StaticTable,
    "roles": RolesTable,
    "live": LiveTable,
    "paged": PagedTable,
    "hostile": HostileTable,
}


def main(name: str = "", theme: str = "textual-dark") -> None:
    """Run an example by its name."""
    if name == "live":
        LiveTable(theme=theme, ticking=True).run()
    elif name in EXAMPLES:
        EXAMPLES[name](theme=theme).run()
    else:
        sys.exit(f"usage: {sys.argv[0]} {{{','.join(EXAMPLES)}}} [THEME]")


if __name__ == "__main__":
    main(*sys.argv[1:3])
