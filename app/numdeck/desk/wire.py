"""The desk's data as JSON, and back: driven by the type hints of the dataclasses, so that no field can be forgotten.

A dataclass is an object with its fields, an enumeration its value, money a string, an infinite instant "inf" or "-inf".
Unknown fields are ignored, and missing ones take their defaults, so that desk and screen may be of different versions.
msgspec would be faster, but writes infinite floats as null and knows no union of dataclasses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from numdeck.desk.events import (
    Appeared,
    Archived,
    AttemptChanged,
    BalanceLow,
    CancelDropped,
    CancelDue,
    CaughtUp,
    Changed,
    ClockWrong,
    CodesArrived,
    Ended,
    EntryEvent,
    Event,
    LeftList,
    Notice,
    TopicChanged,
)
from numdeck.desk.port import DeskError, ErrorKind

T = TypeVar("T")

Json: TypeAlias = Any
"""What `json.dumps` takes and `json.loads` returns."""

Hint: TypeAlias = Any
"""A resolved type hint."""

EVENTS: Final[Mapping[str, type[Event]]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): kind
    for kind in (
        Appeared, Archived, AttemptChanged, BalanceLow, CancelDropped, CancelDue, CaughtUp, Changed, ClockWrong,
        CodesArrived, Ended, EntryEvent, LeftList, Notice, TopicChanged,
    )
}  # fmt: skip
"""The events by their names on the wire, such as `codes_arrived`."""

_NAMES: Final = {kind: name for name, kind in EVENTS.items()}


class WireError(ValueError):
    """What was received is not what was expected."""


class Codec(NamedTuple, Generic[T]):
    """`encode` turns a value into what `json.dumps` takes, `decode` turns that back, or raises WireError.

    `encode` is None for values that JSON has already.
    """

    encode: Callable[[T], Any] | None
    decode: Callable[[Any], T]


def encode(hint: type[T], value: T) -> Json:
    """Turn a value of this type into what `json.dumps` takes."""
    encoder = _codec(hint).encode
    return value if encoder is None else encoder(value)


def decode(hint: type[T], data: Json) -> T:
    """Turn what `json.loads` returned into a value of this type. Raises WireError."""
    decoded: T = _codec(hint).decode(data)
    return decoded


def encode_event(event: Event) -> dict[str, Json]:
    """Turn an event into what `json.dumps` takes; `event` is its name."""
    data: dict[str, Json] = encode(type(event), event)
    return {"event": _NAMES[type(event)], **data}


def decode_event(data: Json) -> Event:
    """Turn what `json.loads` returned into an event. Raises WireError."""
    name = _object(data).get("event")
    if not isinstance(name, str) or name not in EVENTS:
        raise WireError(f"not an event: {name!r}")
    return decode(EVENTS[name], data)


def encode_error(error: DeskError) -> dict[str, Json]:
    """Turn an error into problem details (RFC 9457)."""
    return {
        "title": error.kind.value,
        "detail": error.sentence,
        "fields": {name: list(messages) for name, messages in error.fields.items()},
        "maybe_applied": error.maybe_applied,
        "retry_after": error.retry_after,
    }


def decode_error(data: Json) -> DeskError:
    """Turn problem details into an error. Raises WireError."""
    known = _object(data)
    return DeskError(
        decode(str, known.get("detail")),
        kind=decode(ErrorKind, known.get("title")),
        fields=decode(dict[str, tuple[str, ...]], known.get("fields", {})),
        maybe_applied=decode(bool, known.get("maybe_applied", False)),
        retry_after=_codec(float | None).decode(known.get("retry_after")),
    )


def _build(hint: Hint) -> Codec[Any]:
    origin: Hint = get_origin(hint)
    arguments = get_args(hint)
    if origin in {Union, UnionType}:
        return _optional(arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return _fixed_tuple(arguments)
    if origin in {tuple, list, frozenset, Sequence}:
        return _many(tuple if origin is Sequence else origin, arguments[0])
    if origin in {dict, Mapping}:
        return _mapping(arguments[1])
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint)
    raise TypeError(f"cannot be sent: {hint!r}")


_codec: Callable[[Hint], Codec[Any]] = cache(_build)


def _exactly(kind: type[T]) -> Codec[T]:
    def read(data: Json) -> T:
        if type(data) is not kind:
            raise WireError(f"not {kind.__name__}: {data!r}")
        return data

    return Codec(None, read)


def _write_float(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _read_float(data: Json) -> float:
    if type(data) is float or type(data) is int or data in ("inf", "-inf"):
        return float(data)
    raise WireError(f"not a number: {data!r}")


def _read_decimal(data: Json) -> Decimal:
    try:
        return Decimal(_PLAIN[str].decode(data))
    except InvalidOperation:
        raise WireError(f"not money: {data!r}") from None


_PLAIN: Final[Mapping[Any, Codec[Any]]] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    NoneType: _exactly(NoneType),
    float: Codec(_write_float, _read_float),
    Decimal: Codec(str, _read_decimal),
}


def _optional(arguments: tuple[Hint, ...]) -> Codec[Any]:
    kinds = [each for each in arguments if each is not NoneType]
    if len(kinds) != 1:
        raise TypeError(f"cannot be told apart: {arguments}")
    write, read = _codec(kinds[0])
    return Codec(
        None if write is None else lambda value: None if value is None else write(value),
        lambda data: None if data is None else read(data),
    )


def _items(data: Json) -> list[Any]:
    if not isinstance(data, list):
        raise WireError(f"not a list: {data!r}")
    return data


def _many(kind: Callable[[Iterable[Any]], Any], item: Hint) -> Codec[Any]:
    write, read = _codec(item)

    def encode_all(values: Iterable[Any]) -> list[Json]:
        values = sorted(values) if kind is frozenset else values
        return list(values) if write is None else [write(value) for value in values]

    return Codec(encode_all, lambda data: kind(read(each) for each in _items(data)))


def _fixed_tuple(items: tuple[Hint, ...]) -> Codec[Any]:
    codecs = [_codec(item) for item in items]

    def write(values: tuple[Any, ...]) -> list[Json]:
        pairs = zip(codecs, values, strict=True)
        return [value if codec.encode is None else codec.encode(value) for codec, value in pairs]

    def read(data: Json) -> tuple[Any, ...]:
        if len(_items(data)) != len(codecs):
            raise WireError(f"not {len(codecs)} items: {data!r}")
        return tuple(codec.decode(each) for codec, each in zip(codecs, data, strict=True))

    return Codec(write, read)


def _mapping(item: Hint) -> Codec[Any]:
    write, read = _codec(item)

    def encode_all(values: Mapping[str, Any]) -> dict[str, Json]:
        return dict(values) if write is None else {key: write(value) for key, value in values.items()}

    def decode_all(data: Json) -> dict[str, Any]:
        return {key: read(value) for key, value in _object(data).items()}

    return Codec(encode_all, decode_all)


def _object(data: Json) -> dict[str, Json]:
    if not isinstance(data, dict):
        raise WireError(f"not an object: {data!r}")
    return data


def _enum(kind: type[Enum]) -> Codec[Any]:
    members = {member.value: member for member in kind}

    def read(data: Json) -> Enum:
        if not isinstance(data, str | int) or data not in members:
            raise WireError(f"not a {kind.__name__}: {data!r}")
        return members[data]

    return Codec(lambda member: member.value, read)


def _dataclass(kind: type[Any]) -> Codec[Any]:
    hints = get_type_hints(kind)
    codecs = {each.name: _codec(hints[each.name]) for each in fields(kind)}
    writers = [(name, codec.encode) for name, codec in codecs.items()]
    readers = [
        (each.name, codecs[each.name].decode, each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
    ]

    def write(value: object) -> dict[str, Json]:
        return {
            name: getattr(value, name) if encoder is None else encoder(getattr(value, name))
            for name, encoder in writers
        }

    def read(data: Json) -> object:
        values, given = {}, _object(data)
        for name, decoder, is_required in readers:
            if name in given:
                values[name] = decoder(given[name])
            elif is_required:
                raise WireError(f"{kind.__name__} without {name}")
        try:
            return kind(**values)
        except ValueError as error:
            raise WireError(f"not a {kind.__name__}: {error}") from error

    return Codec(write, read)
