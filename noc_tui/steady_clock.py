"""A clock that does not jump: the machine's, checked against the time that truly went by.

The machine's clock may be set wrong, by hand, by a bad time server, or in a restored VM. How much
time went by, its suspension included, is known without it (`CLOCK_BOOTTIME`). A small difference is
followed at once forwards and slowly backwards. Beyond `LIMIT` the clock is in doubt: this one goes
on by the time that went by, until the machine's agrees again, until a lead confirms it, or until it
has gone on without another jump for `AGREEMENT`.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

LIMIT = timedelta(minutes=10)
AGREEMENT = timedelta(hours=1)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class KnownTime(msgspec.Struct, frozen=True):
    """What the clock showed last: `shown`, `boot` seconds after the start of the machine, whose
    name is `boot_id`; empty where it is not known.
    """

    shown: datetime
    boot: float = 0.0
    boot_id: str = ""


class TimeStep(msgspec.Struct, frozen=True):
    """The clock was taken over although it differed: it showed `was`, and shows `at`."""

    was: datetime
    at: datetime


class SteadyTime:
    """The rule, without a clock: each reading is told what the machine's clock says (`wall`) and
    how many seconds ran since it was started (`boot`).
    """

    def __init__(self, wall: datetime, boot: float) -> None:
        self.shown = wall.astimezone(UTC)
        self.jump = timedelta(0)
        self._boot = boot
        self._doubted_at: float | None = None
        self._settled_at = boot

    def resume(self, known: KnownTime, wall: datetime, boot: float, boot_id: str) -> None:
        """Go on from what an earlier run showed.

        In the same run of the machine the time in between is known. After another start only a
        clock that went back is wrong for sure; one far ahead may be: the machine was off, and it
        is `unsettled` for a while.
        """
        same = bool(known.boot_id) and known.boot_id == boot_id and boot >= known.boot
        if same:
            self.shown = known.shown + timedelta(seconds=boot - known.boot)
        elif wall < known.shown:
            self.shown = known.shown
        else:
            self.shown = wall
            if wall - known.shown > LIMIT:
                self._settled_at = boot + AGREEMENT.total_seconds()
        self._boot = boot
        self.read(wall, boot)

    def read(self, wall: datetime, boot: float) -> datetime:
        """The present instant; never before an earlier reading."""
        passed = timedelta(seconds=max(0.0, boot - self._boot))
        expected = self.shown + passed
        wall = wall.astimezone(UTC)  # sums of local times leave out a change of summer time
        ahead = wall - expected
        self._boot = max(boot, self._boot)
        if abs(ahead) > LIMIT:
            if self._doubted_at is None or abs(ahead - self.jump) > LIMIT:
                self._doubted_at = boot
            self.jump, self.shown = ahead, expected
            return expected
        self._doubted_at, self.jump = None, timedelta(0)
        self.shown = wall if ahead >= timedelta(0) else expected - min(passed / 2, -ahead)
        return self.shown

    @property
    def in_doubt(self) -> bool:
        """Whether the machine's clock is not believed now."""
        return self._doubted_at is not None

    @property
    def unsettled(self) -> bool:
        """Whether what cannot be undone should wait: in doubt, or not long enough out of it."""
        return self.in_doubt or self._boot < self._settled_at

    @property
    def agreed(self) -> bool:
        """Whether the machine's clock went on without another jump for long enough."""
        waited = 0.0 if self._doubted_at is None else self._boot - self._doubted_at
        return waited >= AGREEMENT.total_seconds()

    @property
    def offered(self) -> TimeStep | None:
        """The step that taking the machine's clock over would be; None when it is not in doubt."""
        return TimeStep(self.shown, self.shown + self.jump) if self.in_doubt else None

    def accept(self) -> TimeStep | None:
        """Take the machine's clock over; None when it was not in doubt."""
        step = self.offered
        if step is None:
            return None
        self.shown, self.jump, self._doubted_at = step.at, timedelta(0), None
        self._settled_at = self._boot
        return step


def _wall() -> datetime:
    return datetime.now(UTC)


def _boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """The name of this run of the machine; empty where the system has none."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


class SteadyClock:
    """The daemon's clock over the machine's."""

    def __init__(
        self, wall: Callable[[], datetime] = _wall, boot: Callable[[], float] = _boot
    ) -> None:
        self._wall, self._boot = wall, boot
        self._boot_id = boot_id()
        self.time = SteadyTime(wall(), boot())

    def resume(self, known: KnownTime) -> None:
        """Go on from what an earlier run showed."""
        self.time.resume(known, self._wall(), self._boot(), self._boot_id)

    def known(self) -> KnownTime:
        """What it shows, to be kept for the next run."""
        return KnownTime(self.now(), self._boot(), self._boot_id)

    def now(self) -> datetime:
        return self.time.read(self._wall(), self._boot())

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def during(self, seconds: float) -> float:
        return seconds
