"""Error answers over real HTTP: each documented body, and what a faulty service may say instead."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numdeck.api.client import NumbersClient
from numdeck.api.errors import (
    ApiError,
    CancelRefusal,
    CancelRefused,
    InsufficientBalance,
    NotFound,
    OutOfStock,
    ReadOnly,
    Rejected,
    ServerFault,
    Throttled,
    Unauthorised,
    Unreadable,
    read_cancel_refusal,
    read_fields,
)
from numdeck.api.gate import RequestKind
from numdeck.model.request import OrderRequest
from numdeck.model.text import clean

if TYPE_CHECKING:
    from tests.api.conftest import FakeClock, OpenClient, Server

NUMBERS = "/api/v1/numbers/"
ORDER_ID = "bb157566-8003-49f3-9e74-c1488acb9625"
CANCEL = f"{NUMBERS}{ORDER_ID}/cancel/"
REQUEST = OrderRequest(service_code="tg", country_code="2")
THROTTLED = {"detail": "Request was throttled. Expected available in 50 seconds."}
HTML = b"<!DOCTYPE html><html><body><h1>Bad \x1b[2J gateway</h1></body></html>"


@pytest.mark.parametrize(
    ("status", "content", "kind", "words"),
    [
        (402, {"detail": "You can top up your account balance."}, InsufficientBalance, "top up your account balance"),
        (
            400,
            {"count": ["There are no available phone numbers, try again later!"]},
            OutOfStock,
            "no available phone numbers",
        ),
        (400, {"provider": ["This field is required."]}, Rejected, "provider: This field is required."),
        (400, {"non_field_errors": ["Bad service_code"]}, Rejected, "Bad service_code"),
        (401, {"detail": "API key header is required."}, Unauthorised, "API key header is required."),
        (403, {"detail": "Invalid API key provided."}, Unauthorised, "Invalid API key provided."),
        (403, HTML, Unauthorised, "refused: 403 (forbidden)"),
        (402, HTML, InsufficientBalance, "Top up"),
        (404, {"detail": "Not found."}, NotFound, "Not found."),
        (405, {"detail": 'Method "POST" not allowed.'}, Rejected, "not allowed"),
        (409, HTML, Rejected, "409 (conflict)"),
        (429, THROTTLED, Throttled, "wait 50 s"),
    ],
)
async def test_refused_purchase_was_not_placed(
    client: NumbersClient, server: Server, status: int, content: object, kind: type[ApiError], words: str
) -> None:
    server.on("POST", NUMBERS, server.reply(status, content))
    with pytest.raises(ApiError) as caught:
        await client.purchase(REQUEST)
    assert type(caught.value) is kind
    assert words in caught.value.sentence
    assert not caught.value.maybe_applied
    assert server.count("POST") == 1


async def test_messages_stand_at_their_fields(client: NumbersClient, server: Server) -> None:
    content = {
        "provider": ["This field is required."],
        "non_field_errors": ["Bad service_code"],
        "detail": "No.",
        "promo_code": {"nested": ["Expired.", "Unknown."]},
        "markup_percent": "Not a valid choice.",
        "period": [],
        "\x1b]52;c;x\x07": ["\u202ereversed"],
    }
    server.on("POST", NUMBERS, server.reply(400, content))
    with pytest.raises(Rejected) as caught:
        await client.purchase(REQUEST)
    assert caught.value.fields == {
        "": ("Bad service_code", "No."),
        "provider": ("This field is required.",),
        "promo_code": ("Expired.", "Unknown."),
        "markup_percent": ("Not a valid choice.",),
        "^[]52;c;x^G": ("<U+202E>reversed",),
    }
    assert caught.value.sentence.startswith("Bad service_code No. provider: This field is required.")


async def test_flood_of_messages_is_bounded(client: NumbersClient, server: Server) -> None:
    flood = {f"field{number}": ["x" * 100] * 10 for number in range(40)}
    server.on("POST", NUMBERS, server.reply(400, flood), server.reply(400, {"detail": "x" * 100_000}))
    with pytest.raises(Rejected) as caught:
        await client.purchase(REQUEST)
    assert len(caught.value.fields) <= 20
    assert max(len(messages) for messages in caught.value.fields.values()) <= 5
    assert len(caught.value.sentence) <= 400
    with pytest.raises(Rejected):  # more than is read of an error: its status says enough
        await client.purchase(REQUEST)


async def test_no_advice_to_repeat_a_purchase(client: NumbersClient, server: Server) -> None:
    server.on("POST", NUMBERS, server.reply(502, {"detail": "Please try again later."}))
    with pytest.raises(ServerFault) as caught:
        await client.purchase(REQUEST)
    assert caught.value.maybe_applied
    assert "again" not in caught.value.sentence


@pytest.mark.parametrize("status", [408, 500, 501, 502, 503, 520])
async def test_failed_purchase_may_be_placed(client: NumbersClient, server: Server, status: int) -> None:
    server.on("POST", NUMBERS, server.reply(status, HTML))
    with pytest.raises(ServerFault) as caught:
        await client.purchase(REQUEST)
    assert caught.value.maybe_applied
    assert caught.value.status == status
    assert f"answered {status}" in caught.value.sentence
    assert "html" not in caught.value.sentence
    assert server.count("POST") == 1


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"{}", HTML, b'{"detail": "OK"}'])
async def test_unreadable_purchase_may_be_placed(client: NumbersClient, server: Server, content: bytes) -> None:
    server.on("POST", NUMBERS, server.reply(201, content))
    with pytest.raises(Unreadable) as caught:
        await client.purchase(REQUEST)
    assert caught.value.maybe_applied
    assert server.count("POST") == 1


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("You can't cancel if you've already received a text message.", CancelRefusal.ALREADY_RECEIVED),
        ("You can cancel the phone number 2 minutes after you bought it.", CancelRefusal.TOO_SOON),
        ("You can cancel the phone number 20 minutes after you bought it.", CancelRefusal.TOO_LATE),
        ("This order is being processed.", CancelRefusal.OTHER),
    ],
)
async def test_cancel_refused(client: NumbersClient, server: Server, detail: str, kind: CancelRefusal) -> None:
    server.on("PUT", CANCEL, server.reply(400, {"detail": detail}))
    with pytest.raises(CancelRefused) as caught:
        await client.cancel(ORDER_ID)
    assert caught.value.kind is kind
    assert caught.value.sentence == detail
    assert not caught.value.maybe_applied
    assert server.count("PUT") == 1


async def test_cancel_of_unknown_order(client: NumbersClient, server: Server) -> None:
    with pytest.raises(NotFound) as caught:
        await client.cancel(ORDER_ID)
    assert not caught.value.maybe_applied


async def test_cancel_refused_after_a_lost_answer(client: NumbersClient, server: Server) -> None:
    server.on("PUT", CANCEL, server.reply(502), server.reply(400, {"detail": "The order is canceled."}))
    with pytest.raises(CancelRefused) as caught:
        await client.cancel(ORDER_ID)
    assert caught.value.maybe_applied
    assert server.count("PUT") == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_reads_are_retried(client: NumbersClient, server: Server, clock: FakeClock, status: int) -> None:
    server.on("GET", NUMBERS, server.reply(status, HTML), server.reply(status), server.reply(200, []))
    before = clock.now()
    listing = await client.active()
    assert listing.orders == ()
    assert len(clock.slept) == 2
    assert all(pause <= 1.0 for pause in clock.slept)
    assert listing.sent_at == pytest.approx(before + sum(clock.slept), abs=1e-6)


async def test_retries_are_bounded(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(502, {"detail": "Upstream\x07 is gone."}))
    with pytest.raises(ServerFault) as caught:
        await client.active()
    assert caught.value.sentence == "The service answered 502 (bad gateway). Upstream^G is gone."
    assert not caught.value.maybe_applied
    assert server.count("GET") == 3


async def test_cancel_is_retried(client: NumbersClient, server: Server, clock: FakeClock) -> None:
    server.on("PUT", CANCEL, server.reply(503), server.raw(b"", then="reset"), server.reply(200))
    assert await client.cancel(ORDER_ID) == ""
    assert server.count("PUT") == 3
    assert len(clock.slept) == 2


@pytest.mark.parametrize("status", [400, 404, 409, 501, 301])
async def test_permanent_errors_are_not_retried(client: NumbersClient, server: Server, status: int) -> None:
    server.on("GET", NUMBERS, server.reply(status))
    with pytest.raises(ApiError):
        await client.active()
    assert server.count("GET") == 1


@pytest.mark.parametrize(
    ("content", "headers", "seconds"),
    [
        (THROTTLED, {"Retry_After": "7"}, 7),
        (THROTTLED, {}, 50),
        (HTML, {}, 30),
        (THROTTLED, {"Date": "Tue, 14 Nov 2023 22:00:00 GMT", "Retry_After": "Tue, 14 Nov 2023 22:00:09 GMT"}, 9),
    ],
)
async def test_429_holds_its_kind(
    client: NumbersClient,
    server: Server,
    clock: FakeClock,
    content: object,
    headers: dict[str, str],
    seconds: float,
) -> None:
    server.on("GET", NUMBERS, server.reply(429, content, **headers), server.reply(200, []))
    with pytest.raises(Throttled) as caught:
        await client.active()
    assert caught.value.retry_after == seconds
    assert client.gate.blocked_for(RequestKind.WATCH) == seconds
    clock.time += seconds - 1
    for request in (client.active(), client.history(), client.detail(ORDER_ID)):
        with pytest.raises(Throttled) as held:
            await request
        assert held.value.retry_after == 1
        assert not held.value.maybe_applied
    assert len(server.seen) == 1
    server.on("PUT", CANCEL, server.reply(200))
    await client.cancel(ORDER_ID)
    assert clock.slept == []
    clock.time += 1
    await client.active()


async def test_503_pauses(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(503, HTML, Retry_After="20"))
    with pytest.raises(ServerFault) as caught:
        await client.active()
    assert caught.value.retry_after == client.gate.blocked_for(RequestKind.WATCH) == 20
    assert server.count("GET") == 1


async def test_gate_ends_retries(client: NumbersClient, server: Server) -> None:
    server.on("GET", NUMBERS, server.reply(500), server.reply(429))
    with pytest.raises(Throttled):
        await client.active()
    assert server.count("GET") == 2


async def test_read_only(open_client: OpenClient, server: Server) -> None:
    client = open_client(read_only=True)
    server.on("GET", NUMBERS, server.reply(200, []))
    await client.active()
    for request in (client.purchase(REQUEST), client.cancel(ORDER_ID)):
        with pytest.raises(ReadOnly) as caught:
            await request
        assert not caught.value.maybe_applied
    assert [seen.method for seen in server.seen] == ["GET"]


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("You can't cancel if you've already received a text message.", CancelRefusal.ALREADY_RECEIVED),
        ("You cannot cancel: an SMS was received.", CancelRefusal.ALREADY_RECEIVED),
        ("Already received an SMS 5 minutes ago", CancelRefusal.ALREADY_RECEIVED),
        ("You can cancel the phone number 2 minutes after you bought it.", CancelRefusal.TOO_SOON),
        ("you can cancel a number only 3 min. after purchase", CancelRefusal.TOO_SOON),
        ("No SMS received yet: you can cancel 2 minutes after purchase", CancelRefusal.TOO_SOON),
        ("You can cancel the phone number 20 minutes after you bought it.", CancelRefusal.TOO_LATE),
        ("You can cancel the phone number 15 minutes after you bought it.", CancelRefusal.TOO_LATE),
        ("You can cancel between 2 minutes and 15 minutes after you bought it.", CancelRefusal.OTHER),
        ("Rentals cannot be cancelled.", CancelRefusal.OTHER),
        ("", CancelRefusal.OTHER),
    ],
)
def test_cancel_refusal(detail: str, kind: CancelRefusal) -> None:
    assert read_cancel_refusal(detail) is kind


def test_sentence_is_clean_and_bounded() -> None:
    error = ApiError("\x1b]0;title\x07" + "x" * 1000)
    assert error.sentence == str(error)
    assert error.sentence.startswith("^[]0;title^G")
    assert len(error.sentence) == 400


def test_import_without_httpx() -> None:
    check = "import sys, numdeck.api.errors; sys.exit('httpx' in sys.modules or 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_error_is_survived(data: object) -> None:
    assert all(name == clean(name) for name in read_fields(data))
