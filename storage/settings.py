"""What the product says of itself: `nocd`'s clock and heartbeat, and other named JSON values."""

from datetime import datetime
from typing import TypeVar

import msgspec

from storage.connection import Readable
from storage.database import Transaction

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


async def put(tx: Transaction, name: str, value: object) -> None:
    """Keep a value that msgspec can encode; the revision moves only when it differs."""
    await tx.execute(
        "INSERT INTO setting(name, value, revision) VALUES (?, ?, ?) ON CONFLICT(name)"
        " DO UPDATE SET value = excluded.value, revision = excluded.revision"
        " WHERE value IS NOT excluded.value",
        (name, msgspec.json.encode(value, order="sorted").decode(), tx.revision),
    )


async def get(db: Readable, name: str, kind: type[S]) -> S | None:
    """A value by name, decoded as `kind`; None when it was never put."""
    found = await db.rows("SELECT value FROM setting WHERE name = ?", (name,))
    return msgspec.json.decode(found[0][0], type=kind) if found else None


async def put_clock(tx: Transaction, numbers: ClockNumbers) -> None:
    """Publish the clock, so that consoles show `nocd`'s time."""
    await put(tx, "clock", numbers)


async def read_clock(db: Readable) -> ClockNumbers:
    """`nocd`'s clock; the system's when none was published."""
    return await get(db, "clock", ClockNumbers) or ClockNumbers()


async def put_heartbeat(tx: Transaction, beat: Heartbeat) -> None:
    """Say that `nocd` lives, or that it stopped cleanly."""
    await put(tx, "heartbeat", beat)


async def read_heartbeat(db: Readable) -> Heartbeat | None:
    """The last sign of life; None before the first."""
    return await get(db, "heartbeat", Heartbeat)
