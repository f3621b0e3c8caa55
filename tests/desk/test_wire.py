"""Everything that passes between desk and screen comes back from JSON as it was."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numdeck.desk.events import CommandResult, EntryEvent, Event, Notice, TopicChanged
from numdeck.desk.port import DeskError, ErrorKind
from numdeck.desk.state import DeskState, Entry, Names
from numdeck.desk.wire import (
    EVENTS,
    WireError,
    decode,
    decode_error,
    decode_event,
    encode,
    encode_error,
    encode_event,
)
from numdeck.model.cancellation import Cancellation, PendingCancels
from numdeck.model.codes import Code
from numdeck.model.history_query import HistoryCounts, HistoryQuery
from numdeck.model.interval import Interval
from numdeck.model.link import Hold
from numdeck.model.money import SpendLimits
from numdeck.model.order import Order, Status
from numdeck.model.quote import Offers, Quote
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt, OrderRequest
from numdeck.model.resolve import Candidate

INSTANTS = st.floats(allow_nan=False)
TEXTS = st.text(max_size=8)
MONEY = st.decimals(allow_nan=False, allow_infinity=False, places=2)


def values_of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    """Values of a type, with every field of a dataclass drawn."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Interval:
        return st.tuples(INSTANTS, INSTANTS).map(lambda ends: Interval(*sorted(ends)))
    if hint is SpendLimits:
        return st.just(SpendLimits())
    if hint in {float, str, Decimal}:
        return {float: INSTANTS, str: TEXTS, Decimal: MONEY}[hint]
    if origin in {Union, UnionType}:
        return st.one_of(*map(values_of, arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*map(values_of, arguments))
    if origin in {tuple, Sequence}:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(arguments[0]), max_size=3)
    if origin in {dict, Mapping}:
        return st.dictionaries(TEXTS, values_of(arguments[1]), max_size=2)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return st.builds(hint, **{each.name: values_of(hints[each.name]) for each in fields(hint)})
    return st.from_type(hint)


SENT = [
    Attempt, Cancellation, Candidate, Code, CommandResult, DeskState, Entry, HistoryCounts, HistoryQuery, Hold, Names,
    Offers, OrderRecord, OrderRequest, PendingCancels, Quote, SpendLimits,
]  # fmt: skip


@pytest.mark.parametrize("kind", SENT, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_data_survive_the_wire(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    back = decode(kind, json.loads(json.dumps(encode(kind, value), allow_nan=False)))
    assert back == value
    assert type(back) is kind


@pytest.mark.parametrize("name", EVENTS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_events_survive_the_wire(name: str, data: st.DataObject) -> None:
    event = data.draw(values_of(EVENTS[name]))
    sent = encode_event(event)
    assert sent["event"] == name
    back = decode_event(json.loads(json.dumps(sent, allow_nan=False)))
    assert (type(back), back) == (type(event), event)


def test_every_event_has_a_name() -> None:
    def names(kind: type[Any]) -> set[str]:
        return {kind.__name__}.union(*map(names, kind.__subclasses__()))

    assert {kind.__name__ for kind in EVENTS.values()} == set().union(*map(names, get_args(Event)))
    assert {"codes_arrived", "entry_event", "notice"} <= set(EVENTS)


def test_pages_survive_the_wire() -> None:
    record = OrderRecord(order=Order(id="a", status=Status.WAITING), bought=Interval.up_to(5.0), first_seen=5.0)
    page = (record, record)
    assert decode(tuple[OrderRecord, ...], json.loads(json.dumps(encode(tuple[OrderRecord, ...], page)))) == page


def test_unknown_fields_are_ignored_and_missing_ones_take_their_defaults() -> None:
    assert decode(Notice, {"sentence": "So.", "colour": "red"}) == Notice("So.")


def test_unknown_instants_are_infinite() -> None:
    assert encode(Interval, Interval.up_to(5.0)) == {"earliest": "-inf", "latest": 5.0}
    assert math.isinf(decode(Interval, {"earliest": "-inf", "latest": 5.0}).earliest)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Notice, {}),
        (Notice, []),
        (Notice, {"sentence": 1}),
        (Notice, {"sentence": "So.", "important": 1}),
        (TopicChanged, {"topic": "weather"}),
        (TopicChanged, {"topic": ["link"]}),
        (Interval, {"earliest": 2.0, "latest": 1.0}),
        (Interval, {"earliest": "nan", "latest": 1.0}),
        (Interval, {"earliest": True, "latest": 1.0}),
        (Quote, {"service_code": "tg", "country_code": "667", "price": "much"}),
        (Quote, {"service_code": "tg", "country_code": "667", "price": 0.1}),
        (Offers, {"quotes": {}, "is_whole": True}),
        (Names, {"services": []}),
        (OrderRecord, None),
    ],
)
def test_what_does_not_fit_is_refused(kind: type[Any], data: object) -> None:
    with pytest.raises(WireError):
        decode(kind, data)


@pytest.mark.parametrize("data", [None, {}, {"event": "weather"}, {"event": 1}, {"event": "changed"}])
def test_what_is_no_event_is_refused(data: object) -> None:
    with pytest.raises(WireError):
        decode_event(data)


def test_what_cannot_be_told_apart_cannot_be_sent() -> None:
    with pytest.raises(TypeError):
        encode(EntryEvent | Notice, Notice(""))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        encode(object, object())


@pytest.mark.parametrize(
    "error",
    [
        DeskError("No.", kind=ErrorKind.REFUSED, fields={"": ("No.",), "period": ("a", "b")}, maybe_applied=True),
        DeskError("Wait.", kind=ErrorKind.THROTTLED, retry_after=5.0),
    ],
)
def test_errors_survive_the_wire(error: DeskError) -> None:
    back = decode_error(json.loads(json.dumps(encode_error(error))))
    assert vars(back) == vars(error)
