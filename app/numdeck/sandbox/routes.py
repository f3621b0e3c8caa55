"""The HTTP endpoints of the service, with its keys and its throttle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from functools import cache
from http import HTTPStatus
from typing import Final, Literal
from uuid import UUID

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from numdeck.sandbox import payloads, refusals
from numdeck.sandbox.catalogue import Catalogue, Search
from numdeck.sandbox.lifecycle import Status
from numdeck.sandbox.listener import FaultMiddleware
from numdeck.sandbox.payloads import Page
from numdeck.sandbox.purchase import read_purchase
from numdeck.sandbox.refusals import RefusedError
from numdeck.sandbox.sandbox import Sandbox

Handler = Callable[[Request], Awaitable[Response]]

_SEARCH_PAGE: Final = 20


def build_app(sandbox: Sandbox) -> ASGIApp:
    """Return the ASGI application of a sandbox."""
    return _Envelope(FaultMiddleware(_Api(sandbox).starlette(), sandbox.faults), sandbox)


class _Envelope:
    """Records and delays every request, and dates its answer."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        self._sandbox.note_request(scope["method"], scope["path"])
        if self._sandbox.settings.latency:
            await asyncio.sleep(self._sandbox.settings.latency)

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                # In the client's time: its clock does not run at the sandbox's speed.
                now = self._sandbox.clock.client_now() + self._sandbox.settings.quirks.clock_skew
                MutableHeaders(scope=message).setdefault("Date", formatdate(now, usegmt=True))
            await send(message)

        await self._app(scope, receive, send_dated)


class _Endpoint:
    """One endpoint: checks key, throttle and method in Django REST Framework's order, then calls its handler."""

    def __init__(self, sandbox: Sandbox, handlers: Mapping[str, Handler]) -> None:
        self._sandbox = sandbox
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RefusedError as refused:
            response = _refusal(refused)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        self._authenticate(request)
        self._sandbox.throttle.admit(request.method)
        handler = self._handlers.get(request.method)
        if handler is None:
            raise refusals.method_not_allowed(request.method, list(self._handlers))
        return await handler(request)

    def _authenticate(self, request: Request) -> None:
        status = self._sandbox.settings.quirks.key_refused_status
        key = request.headers.get("X-Api-Key", "")
        if not key:
            raise refusals.key_required(status)
        if key != self._sandbox.settings.key:
            raise refusals.key_invalid(status)


class _Api:
    """The handlers of all endpoints."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._quirks = sandbox.settings.quirks

    def starlette(self) -> Starlette:
        """Return the application with all endpoints."""
        numbers = "/api/v1/numbers"
        catalogue = "/api/v1" if self._quirks.catalogue_at_root else numbers
        table: dict[str, tuple[str, dict[str, Handler]]] = {
            "numbers": (f"{numbers}/", {"GET": self._active, "POST": self._buy}),
            "history": (f"{numbers}/history/", {"GET": self._history}),
            "services": (f"{catalogue}/services/", {"GET": self._list_services}),
            "countries": (f"{catalogue}/countries/", {"GET": self._list_countries}),
            "search": (f"{numbers}/search/", {"GET": self._search}),
            "cancel": (f"{numbers}/{{order_id}}/cancel/", {"PUT": self._cancel}),
            "detail": (f"{numbers}/{{order_id}}/", {"GET": self._detail}),
            "balance": ("/api/v2/users/balance/", {"GET": self._balance}),
        }
        for name in self._quirks.missing:
            path, _ = table[name]
            # Refused here rather than left out: `/numbers/services/` would be taken for an order's detail.
            table[name] = (path, _NOWHERE if self._quirks.missing_status == 404 else {})
        routes = [Route(path, _Endpoint(self._sandbox, handlers)) for path, handlers in table.values()]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_address})
        # Starlette would redirect purchases as well.
        app.router.redirect_slashes = False
        return app

    async def _buy(self, request: Request) -> Response:
        purchase = read_purchase(await _json_body(request), self._sandbox.catalogue)
        order = self._sandbox.buy(purchase)
        self._sandbox.note_purchase(purchase, order)
        write = payloads.new_json if order.status is Status.NEW else payloads.active_json
        return JSONResponse(write(order, self._quirks), HTTPStatus.CREATED)

    async def _active(self, request: Request) -> Response:
        orders = [
            payloads.active_json(order, self._quirks) for order in self._sandbox.book.active(self._quirks.list_lag)
        ]
        return JSONResponse(self._perhaps_paged(request, orders))

    async def _history(self, request: Request) -> Response:
        orders = [
            payloads.history_json(order, self._quirks) for order in self._sandbox.book.history(self._quirks.history_lag)
        ]
        return JSONResponse(self._perhaps_paged(request, orders))

    async def _detail(self, request: Request) -> Response:
        order = self._sandbox.book.find(_order_id(request), self._quirks.detail_lag)
        if order.status is Status.NEW:
            raise refusals.not_found()
        return JSONResponse(payloads.active_json(order, self._quirks))

    async def _cancel(self, request: Request) -> Response:
        self._sandbox.book.cancel(_order_id(request))
        status = self._quirks.cancel_status
        if status == HTTPStatus.NO_CONTENT:
            return Response(status_code=status)
        return JSONResponse({"detail": "Cancel processed"}, status)

    async def _list_services(self, _request: Request) -> Response:
        return Response(_catalogue_body(self._sandbox.catalogue, "services"), media_type="application/json")

    async def _list_countries(self, _request: Request) -> Response:
        return Response(_catalogue_body(self._sandbox.catalogue, "countries"), media_type="application/json")

    async def _search(self, request: Request) -> Response:
        found = Search(self._sandbox.catalogue, self._sandbox.stock, request.query_params)
        page = Page.of(request, len(found), _SEARCH_PAGE)
        with self._sandbox.book.lock:
            results = [payloads.found_json(item, self._quirks) for item in found.slice(page.start, page.stop)]
        return JSONResponse(page.wrap(results))

    async def _balance(self, _request: Request) -> Response:
        text = payloads.balance_text(self._sandbox.balance)
        return JSONResponse(text) if self._quirks.balance_as_json else PlainTextResponse(text)

    def _perhaps_paged(self, request: Request, items: list[dict[str, object]]) -> object:
        if not self._quirks.page_size:
            return items
        page = Page.of(request, len(items), self._quirks.page_size)
        return page.wrap(items[page.start : page.stop])


async def _json_body(request: Request) -> object:
    media_type = request.headers.get("Content-Type", "")
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise refusals.unsupported_media_type(media_type)
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise refusals.unparsable(str(error)) from None


def _order_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["order_id"])
    except ValueError:
        raise refusals.not_found() from None


@cache
def _catalogue_body(catalogue: Catalogue, part: Literal["services", "countries"]) -> bytes:
    """Encode the largest answers, half a megabyte of services, once: they never change."""
    items = catalogue.services.values() if part == "services" else catalogue.countries.values()
    entries = [{"code": item.code, "name": item.name} for item in items]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()


def _refusal(refused: RefusedError) -> Response:
    return JSONResponse(refused.body, refused.status, refused.headers)


async def _nowhere(_request: Request) -> Response:
    raise refusals.not_found()


_NOWHERE: Final[dict[str, Handler]] = {"GET": _nowhere}


async def _no_such_address(request: Request, _error: Exception) -> Response:
    """Answer an unknown address; a GET without its final slash is redirected, as by Django's APPEND_SLASH."""
    slashed = {**request.scope, "path": request.url.path + "/"}
    is_known = any(route.matches(slashed)[0] is Match.FULL for route in request.app.routes)
    if is_known and request.method in {"GET", "HEAD"}:
        url = request.url.replace(path=request.url.path + "/")
        return RedirectResponse(url, HTTPStatus.MOVED_PERMANENTLY)
    return _refusal(refusals.not_found())
