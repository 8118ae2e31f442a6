"""Converts the fields of a Struct to columns and back; text and numbers are stored as they are."""

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import msgspec

from storage.connection import Value
from storage.times import instant, micros

Codec = tuple[Callable[[Any], Value], Callable[[Any], Any]]
Converters = list[tuple[int, Callable[[Any], Any]]]
"""What is done to the value at an index, unless it is None."""


@lru_cache(4096)  # as below: the same few tags are written again and again
def _tuple_out(values: tuple[str, ...]) -> str:
    import json  # a reader of other rows does without

    return json.dumps(values, ensure_ascii=False)


@lru_cache(4096)  # thousands of rows share a few: one tuple stands for all that are equal
def _tuple_in(text: str) -> tuple[str, ...]:
    if text == "[]":
        return ()
    import json

    return tuple(json.loads(text))


@lru_cache(4096)
def _one(value: int) -> int:
    """The same object for equal values."""
    return value


_CODECS: dict[type, Codec] = {
    datetime: (micros, instant),
    date: (date.isoformat, date.fromisoformat),
    Decimal: (str, Decimal),
    bool: (int, bool),
    tuple: (_tuple_out, _tuple_in),
}


def converters(row: type[msgspec.Struct], interned: Sequence[str]) -> tuple[Converters, Converters]:
    """Return how a row is written and how it is read; equal values of `interned` fields are read as
    one object.
    """
    outward: Converters = []
    inward: Converters = []
    for index, field in enumerate(msgspec.structs.fields(row)):
        codec = _CODECS.get(_bare(field.type))
        if codec is not None:
            outward.append((index, codec[0]))
            inward.append((index, codec[1]))
        elif field.name in interned:
            inward.append((index, _one if _bare(field.type) is int else sys.intern))
    return outward, inward


def _bare(annotation: Any) -> type:
    """`datetime | None` gives `datetime`, `tuple[str, ...]` gives `tuple`."""
    if isinstance(annotation, UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
    origin = get_origin(annotation)
    return origin if isinstance(origin, type) else annotation
