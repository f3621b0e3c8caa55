"""Orders and attempts to write: one of each by hand, and all there may be by hypothesis."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from numdeck.model.codes import Code, Sight
from numdeck.model.interval import Interval
from numdeck.model.order import FIRST_INSTANT, LAST_INSTANT, Order, Status, canonical_id
from numdeck.model.record import OrderRecord, Origin, make_news
from numdeck.model.request import Attempt, AttemptState, OrderRequest, Period, Provider
from numdeck.model.text import clean

NOON = 1_750_000_000.0
"""When the samples happen, epoch seconds."""

patient = settings(max_examples=40, deadline=None)
"""For properties whose examples are slow to draw."""

TELEGRAM = OrderRequest(service_code="tg", country_code="667")


def record(number: int = 1, *codes: str, status: Status = Status.SUCCESS, **order_fields: object) -> OrderRecord:
    """An order that was bought here `number` minutes after noon and ended five minutes later, with these codes."""
    bought_at = NOON + number * 60
    order = Order(
        id=f"{number:032x}",
        status=status,
        provider="virtual",
        price=Decimal("0.15"),
        phone_number=f"+1555{number:07d}",
        can_replay=False,
        can_extend=False,
        can_cancel=False,
        codes=codes,
    )
    return OrderRecord(
        order=replace(order, **order_fields),  # type: ignore[arg-type]
        bought=Interval(bought_at, bought_at + 1),
        first_seen=bought_at + 1,
        origin=Origin.HERE,
        request=TELEGRAM,
        codes=tuple(Code(text, bought_at + 200, absent_at=bought_at + 200) for text in codes),
        ended_at=bought_at + 300 if status.is_final else None,
        last_seen_active_at=bought_at + 300 if status.is_final else -math.inf,
    )


def unseen(number: int = 1, *codes: str, **fields: object) -> OrderRecord:
    """The order of `record`, with codes that the operator has not seen."""
    return make_news(record(number, *codes, **fields))  # type: ignore[arg-type]


def found_in_history(number: int = 1, *codes: str, seen_at: float = NOON, **order_fields: object) -> OrderRecord:
    """An order that had ended before it was first seen, at `seen_at`."""
    known = record(number, *codes, **order_fields)  # type: ignore[arg-type]
    return OrderRecord(
        order=known.order,
        bought=Interval.up_to(seen_at),
        first_seen=seen_at,
        codes=tuple(Code(text, seen_at) for text in codes),
    )


def attempt(number: int = 1, state: AttemptState = AttemptState.SENDING, **fields: object) -> Attempt:
    """A purchase that was sent `number` minutes after noon."""
    sent = Attempt(id=f"attempt-{number}", request=TELEGRAM, sent_at=NOON + number * 60, state=state)
    return replace(sent, **fields)  # type: ignore[arg-type]


def execute(path: Path, *statements: str) -> None:
    """Change a journal's file behind its back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


_texts = st.text(max_size=20).map(clean)
_instants = st.floats(FIRST_INSTANT, LAST_INSTANT)
_parts = st.lists(st.tuples(_texts, _texts), max_size=3).map(tuple)
_amounts = st.decimals(allow_nan=False, allow_infinity=False)


@st.composite
def _spans(draw: st.DrawFn) -> Interval:
    latest = draw(_instants)
    return Interval(draw(st.just(-math.inf) | st.floats(FIRST_INSTANT, latest)), latest)


_beginnings = st.just(-math.inf) | _instants

requests = st.builds(
    OrderRequest,
    provider=st.sampled_from(Provider),
    period=st.sampled_from(Period),
    service_code=_texts,
    country_code=_texts,
    need_fraud_score=st.booleans(),
    markup_percent=st.integers(),
    promo_code=_texts,
)


@st.composite
def records(draw: st.DrawFn, order_id: str | None = None) -> OrderRecord:
    """Any record, of the order `order_id` or of any."""
    codes = tuple(draw(st.lists(st.builds(Code, _texts, _instants, st.sampled_from(Sight), _beginnings), max_size=4)))
    order = st.builds(
        Order,
        id=_texts.map(canonical_id) if order_id is None else st.just(order_id),
        status=st.sampled_from(Status),
        status_text=_texts,
        provider=_texts,
        price=st.none() | _amounts,
        phone_number=st.none() | _texts,
        expires_at=st.none() | _instants,
        codes=st.just(tuple(code.text for code in codes)),
        can_replay=st.none() | st.booleans(),
        can_extend=st.none() | st.booleans(),
        can_cancel=st.none() | st.booleans(),
        fraud_score=st.none() | _texts,
        expenses=st.none() | _amounts,
        report=_parts,
        period=st.none() | _texts,
        service_code=st.none() | _texts,
        country_code=st.none() | _texts,
        pk=st.none() | _texts.map(canonical_id),
        extras=st.dictionaries(_texts, _parts, max_size=2).map(lambda extras: tuple(extras.items())),
    )
    return OrderRecord(
        order=draw(order),
        bought=draw(_spans()),
        first_seen=draw(_instants),
        origin=draw(st.sampled_from(Origin)),
        request=draw(st.none() | requests),
        codes=codes,
        ended_at=draw(st.none() | _instants),
        last_seen_active_at=draw(_beginnings),
        in_history=draw(st.booleans()),
        is_inferred=draw(st.booleans()),
    )


attempts = st.builds(
    Attempt,
    id=_texts,
    request=requests,
    sent_at=_instants,
    state=st.sampled_from([AttemptState.SENDING, AttemptState.UNKNOWN]),
    order_id=st.none() | _texts,
    settled_at=st.none() | _instants,
    searched_at=st.none() | _instants,
    asked_price=st.none() | _amounts,
    sender=_texts,
    reason=_texts,
)
"""Any attempt that is open."""
