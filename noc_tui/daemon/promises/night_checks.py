"""Checks the backups of each night once it is over, and puts what it found on record (R29)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.backup_nights import (
    DAY,
    MOST_NIGHTS,
    is_copy_owed,
    is_verification_old,
    last_closed_night,
    night_end,
)
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from storage.backup_nights import (
    BACKUP_NIGHTS,
    BackupNight,
    GuestCopies,
    guest_copies,
    nights_between,
)
from storage.connection import Readable
from storage.register import TENANTS

CHECKED = "backup.nights_checked"
LOOK_SECONDS = 600.0


@dataclass(slots=True)
class NightChecks:
    """Looks every ten minutes whether a night is over that was not checked yet."""

    context: Context

    async def run(self) -> None:
        """Check until cancelled. A clock in doubt closes no night."""
        while True:
            if not self.context.trust.unsettled:
                await self.check()
            await self.context.clock.sleep(LOOK_SECONDS)

    async def check(self) -> Sequence[BackupNight]:
        """Record the nights that can be judged now, all in one entry; returns their rows."""
        async with self.context.writer.snapshot() as db:
            rows = await self._judge_nights(db, self.context.clock.now())
        if not rows:
            return rows
        tenants = sorted({row.tenant for row in rows})
        nights = sorted({row.night.isoformat() for row in rows})
        async with self.context.writer.change(itself()) as change:
            await change.record(CHECKED, [f"tenant:{one}" for one in tenants], {"nights": nights})
            await change.put(BACKUP_NIGHTS, rows)
        return rows

    async def _judge_nights(self, db: Readable, now: datetime) -> list[BackupNight]:
        known = {tenant.id for tenant in await TENANTS.read(db)}
        guests: dict[str, list[GuestCopies]] = defaultdict(list)
        for guest in await guest_copies(db):
            if guest.tenant in known:
                guests[guest.tenant].append(guest)
        last = last_closed_night(now)
        done = {
            (row.tenant, row.night)
            for row in await nights_between(db, last - DAY * MOST_NIGHTS, last)
        }
        return [
            row
            for tenant, owned in guests.items()
            for night in self._open_nights(tenant, now)
            if (tenant, night) not in done
            and (row := self._judge_night(tenant, night, owned, now)) is not None
        ]

    def _open_nights(self, tenant: str, now: datetime) -> Iterator[date]:
        """The nights that the stores still tell something of, the oldest first."""
        terms = self.context.terms.for_tenant(tenant, paris_day(micros(now)))
        last = last_closed_night(now)
        for back in range(min(terms.backups.kept_days, MOST_NIGHTS) - 1, -1, -1):
            yield last - DAY * back

    def _judge_night(
        self, tenant: str, night: date, owned: Sequence[GuestCopies], now: datetime
    ) -> BackupNight | None:
        """What is found of a night; None while it cannot be told, or where no guest owed a copy.

        A store that was not read since the night's end is waited for, as long as it may still tell.
        """
        owing = [one for one in owned if is_copy_owed(night, one.nights, one.since)]
        unseen = [
            guest
            for guest in owing
            if night not in guest.nights
            and (guest.seen_at is None or guest.seen_at < night_end(night))
        ]
        last_chance = night == next(self._open_nights(tenant, now))
        if not owing or (unseen and not last_chance):
            return None
        kept = [guest for guest in owing if night in guest.nights]
        days = self.context.config.promises.verified_days
        return BackupNight(
            tenant=tenant,
            night=night,
            checked_at=now,
            guests=len(owing),
            kept=len(kept),
            holes=tuple(one.place for one in owing if one not in kept and one not in unseen),
            unseen=tuple(one.place for one in unseen),
            unverified=tuple(
                one.place
                for one in owing
                if one.seen_at is not None
                and is_verification_old(one.intact_at, one.since, one.seen_at, days)
            ),
        )
