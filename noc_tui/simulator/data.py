"""What a call may be answered with, before it is bytes."""

from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = object
"""What msgspec can write as JSON."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Listing:
    """Data with a `total` beside it."""

    data: Json
    total: int


@dataclass(frozen=True, slots=True)
class Late:
    """Data that comes only after some seconds."""

    data: Json
    seconds: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """Data that has been written as JSON before, and its gzip form."""

    body: bytes
    packed: bytes
