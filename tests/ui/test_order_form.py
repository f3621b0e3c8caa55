"""Ordering by keyboard: how many keys it takes, what is asked, where errors stand, and that one press is one order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from textual.events import AppBlur, AppFocus

from numdeck.desk.settings import DeskSettings
from numdeck.model.money import LimitExceeded, SpendLimits, show_money
from numdeck.model.record import Origin
from numdeck.model.request import Attempt, OrderRequest, Period, Provider
from numdeck.sandbox.faults import Fault
from numdeck.sandbox.purchase import Purchase
from numdeck.ui.form.fields import AmountField
from numdeck.ui.form.price import PriceState, PriceTag, limit_sentence
from numdeck.ui.panes.active import ActiveTable
from tests.support import TELEGRAM, Bench, OpenBench
from tests.ui.support import Operator, operator_at

PLAIN_ORDER = ("n", "t", "g", "enter", "6", "6", "7", "enter", "enter")
"""From the desk to the question."""


def posts(bench: Bench) -> int:
    return bench.sandbox.count("POST", "*")


def said(operator: Operator) -> str:
    from numdeck.ui.panes.message import MessageLine

    return operator.app.screen.query_one(MessageLine).said


async def test_a_plain_order_is_typed_confirmed_and_shown(bench: Bench) -> None:
    await bench.desk.learn_names()
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER)
        assert posts(bench) == 0
        assert "Order virtual MIN_15: Telegram (tg), USA (667) for $" in operator.screen
        await operator.press("enter")
        assert posts(bench) == 1
        (entry,) = bench.desk.state.entries.values()
        assert entry.record.request == TELEGRAM
        assert "Ordered +1" in operator.screen
        assert "▌ opens in" in operator.screen


async def test_no_to_the_question_sends_nothing_and_keeps_the_fields(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "escape")
        assert "667" in operator.line("Country")
        await operator.press("escape", "n")
        assert "tg" in operator.line("Service")
        assert posts(bench) == 0


async def test_leaning_on_enter_orders_once(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER)
        await operator.pilot.press("enter", "enter", "enter")
        await operator.wait_idle()
        assert posts(bench) == 1


async def test_a_code_that_is_in_no_catalogue_is_taken_as_typed(bench: Bench) -> None:
    async with operator_at(bench) as operator:  # names were never learnt
        await operator.press("n", *"zz9", "enter", *"667", "enter", "ctrl+o", "enter")
        assert "✗ Bad service_code" in operator.line("Service")
        assert posts(bench) == 1


async def test_the_provider_decides_the_periods(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter")
        await operator.press(*["shift+tab"] * 7, "left")
        assert "residential_rent" in operator.line("Provider")
        await operator.press("tab", "right")
        assert "WEEK" in operator.line("Period")
        await operator.press("ctrl+o", "enter")
        (entry,) = bench.desk.state.entries.values()
        assert entry.record.request is not None
        assert (entry.record.request.provider, entry.record.request.period) == (Provider.RESIDENTIAL_RENT, Period.WEEK)


async def test_every_option_is_sent(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "tab", "right", "right", "tab", *"DISCOUNT10", "tab", "right")
        await operator.press("ctrl+o", "enter")
        (entry,) = bench.desk.state.entries.values()
        request = entry.record.request
        assert request is not None
        assert (request.markup_percent, request.promo_code, request.need_fraud_score) == (100, "DISCOUNT10", True)


async def test_what_cannot_be_sent_is_said_at_its_field(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", "ctrl+o")
        assert "✗" in operator.line("Service")
        assert "✗" in operator.line("Country")
        assert posts(bench) == 0


async def test_the_field_with_the_focus_has_its_error_said_whole(bench: Bench) -> None:
    async with operator_at(bench, size=(80, 24)) as operator:
        await operator.press("n", "tab", "x", "ctrl+o")
        assert said(operator) == "Choose a service, or type its code."
        await operator.press("tab")
        assert said(operator) == "A country code is a number, such as 667."
        assert posts(bench) == 0


async def test_a_refused_promo_code_is_said_at_its_field_and_everything_stays(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "tab", "tab", *"NOPE", "ctrl+o", "enter")
        assert "✗ Promo code is not valid." in operator.line("Promo code")
        assert "667" in operator.line("Country")


async def test_no_money_and_no_stock_are_said(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        bench.sandbox.set_balance(Decimal(0))
        await operator.press(*PLAIN_ORDER, "enter")
        assert "Not ordered" in said(operator)
        assert "balance" in said(operator)
        bench.sandbox.set_balance(Decimal(10))
        bench.sandbox.set_stock(0, service_code="tg", country_code="667")
        await operator.press("enter", "enter")  # the button has the focus again
        assert "no available phone numbers" in said(operator)
        assert not bench.desk.state.entries


def refusal(fields: dict[str, list[str]]) -> Fault:
    return Fault(method="POST", action="answer", status=400, body=dict(fields))


async def test_the_errors_of_an_answer_replace_those_of_the_one_before(bench: Bench) -> None:
    first = {name: ["Not now."] for name in ("provider", "period", "markup_percent", "need_fraud_score", "promo_code")}
    bench.sandbox.faults.add(refusal(first))
    bench.sandbox.faults.add(refusal({"country_code": ["Not there."]}))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        assert operator.screen.count("✗ Not now.") == len(first)
        await operator.press("ctrl+o", "enter")
        assert operator.screen.count("✗") == 1
        assert "✗ Not there." in operator.line("Country")
        await operator.press("ctrl+o")
        assert "✗" not in operator.screen


async def test_an_error_goes_with_the_value_that_it_was_about(bench: Bench) -> None:
    bench.sandbox.faults.add(refusal({"markup_percent": ["Not now."], "need_fraud_score": ["Not today."]}))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        assert said(operator) != ""
        await operator.press("right")
        assert "✗" not in operator.line("Markup")
        assert "✗ Not today." in operator.line("Fraud score")
        assert said(operator) == "", "it was said of another order"


async def test_no_numbers_takes_the_stock_back_that_was_told(bench: Bench) -> None:
    await bench.desk.learn_names()
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER)
        assert "in stock" in operator.line("Price $")
        bench.sandbox.set_stock(0, service_code="tg", country_code="667")
        await operator.press("enter")
        assert "no available phone numbers" in said(operator)
        bench.sandbox.set_stock(9, service_code="tg", country_code="667")  # so it is listed, whatever it sells
        assert "SOLD OUT" in operator.line("Price $")
        bench.clock.advance(30)
        await operator.press("enter")
        assert said(operator).startswith("The service says it is sold out. Order virtual")
        assert "in stock" not in operator.screen
        bench.clock.advance(120)
        await operator.press("escape", "enter")
        assert "in stock" in operator.line("Price $")


async def test_what_was_said_of_an_order_goes_with_it(bench: Bench) -> None:
    bench.sandbox.set_balance(Decimal(0))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        assert said(operator).startswith("Not ordered.")
        await operator.press("shift+tab", "right")
        assert said(operator) == ""


async def test_the_question_names_all_that_is_paid_for(bench: Bench) -> None:
    await bench.desk.learn_names()
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "tab", "right", "right", "tab", *"DISCOUNT10", "tab", "right")
        price = operator.line("Price $").split("$")[1].split()[0]
        assert f"Price ${price} without the promo code" in operator.screen
        await operator.press("ctrl+o")
        assert said(operator) == (
            f"Order virtual MIN_15: Telegram (tg), USA (667) for ${price}, markup 100 %, promo code DISCOUNT10 (its "
            "discount is not known), fraud score (what it costs is not known)? [enter/esc]"
        )
        assert "not known)? [enter/esc]" in operator.screen, "to the end"


async def test_the_form_warns_of_a_connection_that_is_not_well(bench: Bench) -> None:
    async with operator_at(bench, size=(80, 24)) as operator:
        await operator.press("n")
        bench.sandbox.faults.add(Fault(action="cut", times=None))
        await operator.poll(seconds=5)
        await operator.pilot.pause(1.1)
        assert "▲ offline" in operator.screen


async def test_throttled_counts_down_and_comes_back_by_itself(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter")
        bench.sandbox.faults.add(
            Fault(method="POST", action="answer", status=429, headers={"Retry-After": "50"}, body={"detail": "no"})
        )
        await operator.press("ctrl+o", "enter")
        assert "Throttled" in said(operator)
        assert "0:50" in said(operator)
        button = operator.app.screen.query_one("#order-button")
        assert button.disabled
        bench.clock.advance(51)
        await operator.pilot.pause(1.1)
        assert not button.disabled


async def test_the_form_waits_for_a_service_that_is_unavailable_and_says_so(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter")
        bench.sandbox.faults.add(Fault(action="answer", status=503, headers={"Retry-After": "3600"}))
        await bench.desk.poll_once()
        await operator.press("ctrl+o", "enter")
        assert "The service is unavailable: an order can be sent in 0:30." in said(operator)
        assert bench.sandbox.count("POST") == 0
        await operator.poll(seconds=30)
        await operator.pilot.pause(1.1)
        await operator.press("ctrl+o", "enter")
        assert bench.sandbox.count("POST") == 1


async def test_throttled_polls_do_not_keep_the_form_from_ordering(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        bench.sandbox.faults.add(
            Fault(method="GET", action="answer", status=429, headers={"Retry-After": "50"}, body={"detail": "no"})
        )
        await bench.desk.poll_once()
        await operator.press("r")
        assert "Throttled: polling again in 0:50." in said(operator)
        await operator.press("n", *"tg", "enter", *"667", "enter", "ctrl+o", "enter")
        assert bench.sandbox.count("POST") == 1


async def test_a_lost_answer_closes_the_form_and_shows_on_the_desk(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        assert "purchase unknown" in operator.screen
        assert "do not order again yet" in operator.screen


async def test_the_cursor_goes_to_a_lost_purchase_and_on_to_its_order(bench: Bench) -> None:
    await bench.inform()
    bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL, service_code="go", country_code="2"))
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    async with operator_at(bench) as operator:
        await operator.poll(seconds=60)
        await operator.press("s", *PLAIN_ORDER, "enter")  # the oldest first
        table = operator.app.screen.query_one(ActiveTable)
        assert isinstance(table.selected(), Attempt)
        await operator.poll(seconds=1)
        await operator.poll(seconds=5)
        assert not bench.desk.state.attempts
        entry = table.selected_entry()
        assert entry is not None
        assert entry.record.origin is Origin.HERE
        assert table.cursor_index == 1, "it stays in its place, where another order is by now"


async def test_leaning_on_enter_settles_nothing(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, *["enter"] * 7)
        assert bench.desk.state.attempts
        assert posts(bench) == 1


async def test_an_unknown_purchase_can_be_settled_by_the_operator(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    async with operator_at(bench, size=(80, 24)) as operator:
        await operator.press(*PLAIN_ORDER, "enter", "enter")
        assert "What came of this purchase?" in operator.screen
        await operator.press("escape")
        assert "purchase unknown" in operator.screen
        await operator.press("enter", "down", "enter")
        assert "counts as not placed" in said(operator)
        assert not bench.desk.state.attempts


async def test_a_purchase_that_is_settled_by_itself_is_nothing_to_settle_any_more(bench: Bench) -> None:
    await bench.inform()
    bench.sandbox.faults.add(Fault(method="POST", when="after", action="cut"))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter", "enter")
        assert "What came of this purchase?" in operator.screen
        bench.sandbox.faults.add(Fault(path="*/history/", action="cut", times=None))
        await operator.poll(seconds=2)
        assert "≈ US" in operator.screen, "the order that was seen meanwhile is offered"
        assert "What came of this purchase?" in operator.screen
        bench.sandbox.faults.clear()
        await operator.poll(seconds=25)
        assert "What came of this purchase?" not in operator.screen
        assert "was placed" in said(operator)


async def test_repeat_asks_for_the_same_again(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        await operator.press("R", "enter")
        assert posts(bench) == 2
        requests = {entry.record.request for entry in bench.desk.state.entries.values()}
        assert requests == {TELEGRAM}


async def test_repeat_says_that_it_is_not_the_row_s_order_where_nobody_knows_that(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        bench.clock.advance(60)
        bench.sandbox.buy(Purchase(provider=Provider.RESIDENTIAL, service_code="go", country_code="2"))
        await operator.poll(seconds=5)
        await operator.press("g", "R")
        assert said(operator).startswith("Not this row's order, which is not known, but your last: Order virtual")
        await operator.press("escape", "escape", "j", "R")
        assert said(operator).startswith("Order virtual")


async def test_letters_typed_into_a_field_do_nothing_else(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"qxh")
        assert "qxh" in operator.line("Service")
        assert operator.app.is_running


async def test_names_that_come_while_the_form_is_open_are_found(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"telegr")
        assert 'Use "telegr" as a code' in operator.screen
        await bench.desk.learn_names()
        await operator.wait_idle()
        assert "Telegram" in operator.line("tg ")
        await operator.press("enter", *"667", "enter", "enter")
        assert "Telegram (tg), USA (667) for $" in operator.screen


def searches(bench: Bench) -> int:
    return bench.sandbox.count("GET", "*/search/")


async def test_a_chosen_pair_costs_one_request_for_its_price(bench: Bench) -> None:
    await bench.desk.learn_names()
    clock = bench.machine_clock
    async with operator_at(bench) as operator:
        clock.awake.clear()  # however slowly it is typed, it is one choice
        await operator.pilot.press("n", *"tg", "enter", *"667")
        clock.awake.set()
        await operator.wait_idle()
        assert searches(bench) == 1
        assert "Price $" in operator.screen
        await operator.press("enter", "enter")
        assert searches(bench) == 1


async def test_countries_by_price_and_one_key_for_the_cheapest(bench: Bench) -> None:
    await bench.desk.learn_names()
    bench.sandbox.set_stock(0, service_code="tg", country_code="1")
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter")
        lines = operator.screen.splitlines()
        header = next(index for index, line in enumerate(lines) if "COUNTRY" in line and "PRICE" in line)
        prices = [line.split("$")[1].split()[0] for line in lines[header + 1 :] if "$" in line]
        assert prices == sorted(prices, key=Decimal)
        asked = searches(bench)
        await operator.press("enter")
        assert searches(bench) == asked, "the price is known already"
        assert f"Price ${prices[0]}" in operator.screen
        await operator.press("enter", "enter")
        (entry,) = bench.desk.state.entries.values()
        assert entry.record.order.price == Decimal(prices[0])


async def test_markup_is_in_the_price_without_another_request(bench: Bench) -> None:
    await bench.desk.learn_names()
    async with operator_at(bench) as operator:
        await operator.press("n", *"tg", "enter", *"667", "enter")
        before = Decimal(operator.line("Price $").split("$")[1].split()[0])
        asked = searches(bench)
        await operator.press("shift+tab", "shift+tab", "shift+tab", "right", "right")
        assert Decimal(operator.line("Price $").split("$")[1].split()[0]) == 2 * before
        assert searches(bench) == asked


async def test_sold_out_is_seen_before_the_order(bench: Bench) -> None:
    await bench.desk.learn_names()
    bench.sandbox.set_stock(0, service_code="tg", country_code="667")
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER)
        assert "SOLD OUT" in operator.line("Price")
        assert said(operator).startswith("The service says it is sold out. Order virtual")
        assert posts(bench) == 0


async def test_a_balance_that_will_not_do_is_seen_before_the_order(bench: Bench) -> None:
    await bench.desk.learn_names()
    bench.sandbox.set_balance(Decimal("0.01"))
    await bench.desk.count_money()
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER)
        assert "balance $0.01 → −$" in operator.screen
        assert "too little" in operator.screen


async def test_an_unknown_purchase_of_the_same_is_told_before_another(bench: Bench) -> None:
    await bench.desk.learn_names()
    bench.sandbox.faults.add(Fault(method="POST", when="before", action="cut"))
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        await operator.press("R")
        assert said(operator).startswith("A purchase of the same is still unknown.")


async def test_a_number_fills_in_what_was_ordered_before(bench: Bench) -> None:
    await bench.desk.learn_names()
    await bench.order(TELEGRAM)
    rental = OrderRequest(
        provider=Provider.RESIDENTIAL_RENT, period=Period.WEEK, service_code="tg", country_code="2", markup_percent=50,
        need_fraud_score=True,
    )  # fmt: skip
    await bench.order(rental)
    async with operator_at(bench) as operator:
        await operator.press("n")
        assert "Telegram, Kazakhstan · residential_rent WEEK · markup 50 % · fraud score" in operator.line("▏ 1 ")
        await operator.press("2", "enter", "enter")
        assert posts(bench) == 3
        await operator.press("n", "2", "enter", "enter")
        assert posts(bench) == 4
        requests = [entry.record.request for entry in bench.desk.state.entries.values()]
        assert requests.count(rental) == requests.count(TELEGRAM) == 2


async def test_a_pinned_request_stands_first_and_can_be_let_go(bench: Bench) -> None:
    await bench.desk.learn_names()
    await bench.order(TELEGRAM)
    await bench.order(replace(TELEGRAM, country_code="2"))
    async with operator_at(bench) as operator:
        await operator.press("n", "down", "ctrl+f")
        assert "Telegram, USA" in operator.line("★ pinned")
        assert "Telegram, USA" in operator.line("▏ 1 ")
        await operator.press("ctrl+f")
        assert "No longer pinned" in said(operator)
        assert "Telegram, Kazakhstan" in operator.line("▏ 1 ")


async def test_a_digit_is_a_digit_where_nothing_was_ordered_before(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"1xbet")
        assert "1xbet" in operator.line("Service")


async def test_typing_replaces_what_was_kept(bench: Bench) -> None:
    async with operator_at(bench) as operator:
        await operator.press("n", *"ig", "escape", "n", *"tg")
        assert " tg " in operator.line("Service")
        assert "igtg" not in operator.screen


@pytest.fixture
async def guarded(open_bench: OpenBench) -> Bench:
    """A desk with a limit of 10 cents an order and 1 dollar a day."""
    limits = SpendLimits(per_order=Decimal("0.10"), per_day=Decimal("1.00"))
    opened = await open_bench(desk_settings=DeskSettings(spend=limits))
    await opened.poll()
    return opened


async def test_beyond_a_limit_the_amount_has_to_be_typed(guarded: Bench) -> None:
    await guarded.desk.learn_names()
    async with operator_at(guarded) as operator:
        await operator.press(*PLAIN_ORDER)
        price = operator.line("Price $").split("$")[1].split()[0]
        assert f"${price} is more than the limit of $0.10 an order" in said(operator)
        await operator.press("enter")
        await operator.press(*"0.01", "enter")
        assert "Nothing was ordered" in said(operator)
        assert posts(guarded) == 0
        await operator.press("escape")
        assert "tg" in operator.line("Service")
        await operator.press("enter", *price, "enter")
        assert posts(guarded) == 1


async def test_a_price_that_nobody_tells_is_beyond_any_limit(guarded: Bench) -> None:
    async with operator_at(guarded) as operator:
        await operator.press("n", *"tg", "enter", *"667", "ctrl+o")
        assert "The price is not known" in said(operator)
        await operator.press("enter", "enter")
        assert posts(guarded) == 0
        await operator.press(*"0.10", "enter")
        assert posts(guarded) == 1


async def test_the_amount_is_for_the_form_as_it_stood(guarded: Bench) -> None:
    await guarded.desk.learn_names()
    async with operator_at(guarded) as operator:
        await operator.press(*PLAIN_ORDER)
        price = operator.line("Price $").split("$")[1].split()[0]
        assert operator.app.screen.query_one(AmountField).is_asking
        operator.app.screen.query_one("#country_code").focus()  # as a click does
        await operator.wait_idle()
        assert not operator.app.screen.query_one(AmountField).is_asking
        await operator.press("2", "enter", *price, "enter")
        assert posts(guarded) == 0


async def test_the_amount_may_be_looked_up_in_another_window(guarded: Bench) -> None:
    await guarded.desk.learn_names()
    async with operator_at(guarded) as operator:
        await operator.press(*PLAIN_ORDER)
        price = operator.line("Price $").split("$")[1].split()[0]
        operator.app.post_message(AppBlur())
        await operator.wait_idle()
        operator.app.post_message(AppFocus())
        await operator.wait_idle()
        await operator.press(*price, "enter")
        assert posts(guarded) == 1


@pytest.mark.parametrize(
    ("price", "spent", "sentence"),
    [
        (None, None, "The price is not known, and there is a limit of $2.00"),
        ("2.01", None, "$2.01 is more than the limit of $2.00 an order"),
        ("1.01", "1.50", "$1.50 was spent today, and $1.01 more is beyond the limit of $2.00 a day"),
    ],
)
def test_the_limit_that_is_exceeded_in_a_sentence(price: str | None, spent: str | None, sentence: str) -> None:
    amounts = [None if text is None else Decimal(text) for text in (price, spent)]
    assert limit_sentence(LimitExceeded(Decimal(2), Decimal(2), *amounts)) == sentence


@pytest.mark.parametrize("price", ["0.185175", "0.30000000000000004", "0.3"])
async def test_the_amount_is_typed_as_it_is_shown(guarded: Bench, price: str) -> None:
    typed: list[str] = []
    async with operator_at(guarded) as operator:
        await operator.press("n")
        amount = operator.app.screen.query_one(AmountField)
        amount.ask(LimitExceeded(Decimal(price), Decimal(0)), lambda: typed.append(price), amount.close)
        amount.value = show_money(Decimal(price))
        assert amount.submit()
        assert typed == [price]


async def test_the_day_counts_an_order_before_the_next_is_weighed(open_bench: OpenBench) -> None:
    bench = await open_bench(desk_settings=DeskSettings(spend=SpendLimits(per_day=Decimal("0.40"))))
    await bench.poll()
    await bench.desk.learn_names()
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        assert posts(bench) == 1
        await operator.press(*PLAIN_ORDER)
        assert "beyond the limit of $0.40 a day" in said(operator)
        await operator.press("enter")
        assert posts(bench) == 1


async def test_a_fault_of_ours_is_said_and_logged(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: OrderRequest) -> Attempt:
        raise RuntimeError("ours")

    monkeypatch.setattr(bench.desk, "order", fail)
    async with operator_at(bench) as operator:
        await operator.press(*PLAIN_ORDER, "enter")
        assert "An internal error was written to the log (ordering)" in said(operator)
        assert caplog.records[-1].exc_info is not None


def test_why_the_price_is_missing_fits_a_form_of_60_columns() -> None:
    request = OrderRequest(service_code="zz", country_code="667")
    words = PriceTag(PriceState.UNNAMED_SERVICE).words(request, None, 0.0)
    assert words == "No price: this code is not in the catalogue."
    assert len(words) <= 60 - len("│  │")
