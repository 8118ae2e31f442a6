"""What the product says of itself: `nocd`'s clock and heartbeat, and other named JSON values."""

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change

S = TypeVar("S")


class ClockNumbers(msgspec.Struct, frozen=True):
    """The three numbers of `nocd`'s clock; the system's own clock has speed 1 and origin None.

    `real_origin` is seconds since the epoch on the machine.
    """

    origin: datetime | None = None
    real_origin: float = 0.0
    speed: float = 1.0


class Heartbeat(msgspec.Struct, frozen=True):
    """`nocd` was alive `at` (its own clock), as process `pid`, started at `started_at`.

    `stopped` is set by a clean stop.
    """

    at: datetime
    started_at: datetime
    pid: int
    version: str
    stopped: bool = False


STEADY_TIME = "steady_time"
"""The setting that keeps what `nocd`'s clock showed last (`noc_tui.steady_clock.KnownTime`)."""


class Setting(msgspec.Struct, frozen=True):
    """A value as JSON text, by its name."""

    name: str
    value: str


SETTINGS = Table("setting", Setting, ["name"], binding=Binding.SIGNED, scope=["name"])
"""Signed: documents are of the instant that the published clock shows."""


async def put(change: "Change", name: str, value: object) -> None:
    """Keep a value that msgspec can encode; the revision moves only when it differs."""
    text = msgspec.json.encode(value, order="sorted").decode()
    await change.put(SETTINGS, [Setting(name, text)])


async def get(db: Readable, name: str, kind: type[S]) -> S | None:
    """A value by name, decoded as `kind`; None when it was never put."""
    found = await SETTINGS.get(db, name)
    return None if found is None else msgspec.json.decode(found.value, type=kind)


async def put_clock(change: "Change", numbers: ClockNumbers) -> None:
    """Publish the clock, so that consoles show `nocd`'s time."""
    await put(change, "clock", numbers)


async def read_clock(db: Readable) -> ClockNumbers:
    """`nocd`'s clock; the system's when none was published."""
    return await get(db, "clock", ClockNumbers) or ClockNumbers()


async def put_heartbeat(change: "Change", beat: Heartbeat) -> None:
    """Say that `nocd` lives, or that it stopped cleanly."""
    await put(change, "heartbeat", beat)


async def read_heartbeat(db: Readable) -> Heartbeat | None:
    """The last sign of life; None before the first."""
    return await get(db, "heartbeat", Heartbeat)
