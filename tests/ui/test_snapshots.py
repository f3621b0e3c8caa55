"""What the screen looks like. The README shows some of these pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from textual.pilot import Pilot

from numdeck.desk.settings import DeskSettings
from numdeck.model.money import SpendLimits
from numdeck.model.request import Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.sandbox.settings import SandboxSettings
from numdeck.ui.settings import ScreenSettings
from tests.support import TELEGRAM, Bench
from tests.ui.support import IN_UTC, SceneApp

Compare = Callable[..., bool]
PLAIN = replace(IN_UTC, sandbox=True)


def name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def a_code_arrives(bench: Bench) -> None:
    """A new code on one row, another order just placed, a third cancelled and not confirmed yet."""
    waiting = [order for order in bench.sandbox.book.active() if order.service_code == "ig"]
    await bench.desk.cancel(waiting[0].id.hex)
    await bench.order()
    await bench.poll(seconds=20)


async def nothing_else(bench: Bench) -> None:
    """The first screen."""


async def a_purchase_gets_lost(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", action="answer", status=502))
    await bench.desk.order(TELEGRAM)


async def two_orders_fit(bench: Bench) -> None:
    """The answer to a purchase got lost, and two orders of its kind were seen for the first time afterwards."""
    bench.clock.advance(60)
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="answer", status=502))
    await bench.inform()
    await bench.desk.order(TELEGRAM)
    bench.clock.advance(2)
    bench.sandbox.buy(Purchase(provider=Provider.VIRTUAL, service_code="go", country_code="36"))
    bench.sandbox.buy(Purchase(provider=Provider.VIRTUAL, service_code="tg", country_code="667"))
    await bench.poll(seconds=3)
    await bench.poll(seconds=25)


async def the_service_fails(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="GET", action="answer", status=500, times=None))
    await bench.poll(seconds=30)
    bench.clock.advance(12)


async def wait_idle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (200, 60)], ids=name)
def test_desk(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(SceneApp(a_code_arrives, PLAIN), terminal_size=size, run_before=wait_idle)


@pytest.mark.parametrize("theme", ["numdeck-light", "ansi-dark"])
def test_desk_in_other_colours(snap_compare: Compare, theme: str) -> None:
    app = SceneApp(a_code_arrives, replace(PLAIN, screen=ScreenSettings(utc=True, theme=theme)))
    assert snap_compare(app, terminal_size=(120, 40), run_before=wait_idle)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=name)
def test_history_takes_the_place_of_the_table_where_it_is_narrow(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(SceneApp(nothing_else, PLAIN), terminal_size=size, press=["h"], run_before=wait_idle)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)], ids=name)
def test_order_form_finds_by_name(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = SceneApp(nothing_else, PLAIN)
    assert snap_compare(app, terminal_size=size, run_before=typing("n", *"goo"))


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=name)
def test_order_form_asks_once_more(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = SceneApp(nothing_else, PLAIN)
    keys = ("n", "t", "g", "enter", "6", "6", "7", "enter", "enter")
    assert snap_compare(app, terminal_size=size, run_before=typing(*keys))


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=name)
def test_order_form_offers_what_was_ordered_before(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = SceneApp(nothing_else, PLAIN)
    assert snap_compare(app, terminal_size=size, run_before=typing("n", "down", "ctrl+f"))


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=name)
def test_order_form_shows_countries_by_price(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = SceneApp(nothing_else, PLAIN)
    assert snap_compare(app, terminal_size=size, run_before=typing("n", "t", "g", "enter"))


@pytest.mark.parametrize("theme", ["numdeck-light", "ansi-dark"])
def test_order_form_in_other_colours(snap_compare: Compare, theme: str) -> None:
    app = SceneApp(nothing_else, replace(PLAIN, screen=ScreenSettings(utc=True, theme=theme)))
    assert snap_compare(app, terminal_size=(80, 24), run_before=typing("n", *"tele"))


def test_order_form_has_the_amount_typed_beyond_a_limit(snap_compare: Compare) -> None:
    limits = DeskSettings(spend=SpendLimits(per_order=Decimal("0.10")))
    app = SceneApp(nothing_else, PLAIN, desk_settings=limits)
    keys = ("n", "t", "g", "enter", "6", "6", "7", "enter", "enter")
    assert snap_compare(app, terminal_size=(80, 24), run_before=typing(*keys))


def test_order_form_shows_errors_at_their_fields(snap_compare: Compare) -> None:
    app = SceneApp(nothing_else, PLAIN)
    assert snap_compare(app, terminal_size=(80, 24), run_before=typing("n", "tab", "x", "tab", "tab", "!", "ctrl+o"))


def test_cancel_asks(snap_compare: Compare) -> None:
    app = SceneApp(nothing_else, PLAIN)
    assert snap_compare(app, terminal_size=(80, 24), run_before=typing("down", "down", "x"))


def test_unknown_purchase(snap_compare: Compare) -> None:
    assert snap_compare(SceneApp(a_purchase_gets_lost, PLAIN), terminal_size=(120, 40), run_before=wait_idle)


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=name)
def test_the_operator_is_asked_which_of_two_orders_it_was(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = SceneApp(two_orders_fit, PLAIN)
    assert snap_compare(app, terminal_size=size, run_before=typing("enter", "down"))


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=name)
def test_failing_and_stale(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(SceneApp(the_service_fails, PLAIN), terminal_size=size, run_before=wait_idle)


def test_empty_read_only_desk_without_sandbox(snap_compare: Compare) -> None:
    empty = SandboxSettings(history=0, waiting=0)
    app = SceneApp(nothing_else, replace(IN_UTC, read_only=True), empty)
    assert snap_compare(app, terminal_size=(80, 24), run_before=wait_idle)


def test_masked(snap_compare: Compare) -> None:
    assert snap_compare(SceneApp(nothing_else, PLAIN), terminal_size=(120, 40), run_before=typing("m"))


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=name)
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(SceneApp(nothing_else, PLAIN), terminal_size=size, run_before=typing("question_mark"))


def test_details(snap_compare: Compare) -> None:
    assert snap_compare(SceneApp(nothing_else, PLAIN), terminal_size=(80, 24), run_before=typing("end", "enter"))


def typing(*keys: str) -> Callable[[Pilot[None]], object]:
    async def run(pilot: Pilot[None]) -> None:
        await wait_idle(pilot)
        for key in keys:
            await pilot.press(key)
            await wait_idle(pilot)

    return run
