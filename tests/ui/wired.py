"""A desk behind the wire: whatever passes between it and the screen is encoded as JSON and decoded again."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Collection
from types import GenericAlias
from typing import Any, TypeAlias, cast, get_args, get_origin, get_type_hints

from numdeck.desk.desk import Desk
from numdeck.desk.port import DeskError, DeskPort, Listener, StateView
from numdeck.desk.wire import decode, decode_error, decode_event, encode, encode_error, encode_event

Value: TypeAlias = Any
"""Anything that the wire's encoding knows, its type hint, or what becomes of it as JSON."""

AS_THEY_ARE = frozenset({"clock", "run"})
"""What a client has of its own."""


def sent(data: Value) -> Value:
    """JSON data as they are received."""
    return json.loads(json.dumps(data))


class Copies:
    """Values that passed through the wire. One that is sent again, and has not changed, is not decoded again."""

    def __init__(self) -> None:
        self._copies: dict[int, tuple[object, Any]] = {}

    def of(self, hint: Value, value: Value) -> Value:
        if cast("object", get_origin(hint)) is Collection:
            hint = GenericAlias(tuple, (*get_args(hint), ...))
        known = self._copies.get(id(value))
        if known is None or known[0] is not value:
            known = self._copies[id(value)] = (value, decode(hint, sent(encode(hint, value))))
        return known[1]


class WiredState:
    """The state of a desk, each order and purchase of it through the wire."""

    def __init__(self, state: StateView, copies: Copies) -> None:
        self._state = state
        self._copies = copies

    def __getattr__(self, name: str) -> Value:
        value, hint = getattr(self._state, name), get_type_hints(getattr(StateView, name).fget)["return"]
        if isinstance(value, dict):
            item = get_args(hint)[1]
            return {key: self._copies.of(item, each) for key, each in value.items()}
        return self._copies.of(hint, value)


class WiredDesk:
    """Gives a screen all that `DeskPort` has, and nothing else."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._copies = Copies()

    @property
    def state(self) -> WiredState:
        return WiredState(self._desk.state, self._copies)

    def listen(self, listener: Listener) -> Callable[[], None]:
        return self._desk.listen(lambda event: listener(decode_event(sent(encode_event(event)))))

    def __getattr__(self, name: str) -> Value:
        member = inspect.getattr_static(DeskPort, name)  # AttributeError for what a screen does not know
        theirs = getattr(self._desk, name)
        if name in AS_THEY_ARE:
            return theirs
        if isinstance(member, property):
            return self._copies.of(get_type_hints(member.fget)["return"], theirs)
        return self._command(member, theirs)

    def _command(self, member: Value, theirs: Callable[..., Any]) -> Callable[..., Any]:
        hints, signature = get_type_hints(member), inspect.signature(member)

        def received(*args: Value, **kwargs: Value) -> dict[str, Any]:
            given = signature.bind(None, *args, **kwargs).arguments
            return {name: self._copies.of(hints[name], value) for name, value in given.items() if name != "self"}

        if not inspect.iscoroutinefunction(member):
            return lambda *args, **kwargs: self._copies.of(hints["return"], theirs(**received(*args, **kwargs)))

        async def command(*args: Value, **kwargs: Value) -> Value:
            try:
                result = await theirs(**received(*args, **kwargs))
            except DeskError as error:
                raise decode_error(sent(encode_error(error))) from None
            return self._copies.of(hints["return"], result)

        return command


def wired(desk: Desk) -> DeskPort:
    """The desk as a screen has it that is a process of its own."""
    return cast("DeskPort", WiredDesk(desk))
