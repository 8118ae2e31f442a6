"""The month of a tenant against the promises of annexe 2: what was watched, kept and broken. Pure.

What was not looked at is counted apart: it is neither kept nor broken.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from noc_tui.contract.backup_nights import DAY, night_begin, night_end
from noc_tui.contract.calendar import Month, micros
from storage.backup_nights import BackupNight, RestoreTest


class NightFinding(msgspec.Struct, frozen=True):
    """The guests (`cluster/vmid`) of which something is said in one night."""

    night: date
    guests: tuple[str, ...]


class BackupSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The backups of a month. `nights` are over, of them `checked` were looked at.

    `owed` and `kept` count copies over all checked nights; `holes` are copies that were missing,
    `unseen` copies of which no backup server told in time. `unverified` is what the last checked
    night found: guests without a recent intact copy. `tests` are the month's restore tests,
    `next_test` when the next one is due, None where no guest was seen yet.
    """

    nights: int
    checked: int
    owed: int
    kept: int
    holes: tuple[NightFinding, ...]
    unseen: tuple[NightFinding, ...]
    unverified: tuple[str, ...]
    tests: tuple[RestoreTest, ...]
    next_test: datetime | None


class PromiseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's month."""

    tenant: str
    name: str
    month: str
    until: datetime
    backups: BackupSheet


def write_backup_sheet(
    month: Month,
    now: datetime,
    since: datetime | None,
    nights: Sequence[BackupNight],
    tests: Sequence[RestoreTest],
    next_test: datetime | None,
) -> BackupSheet:
    """Sum up the nights whose evening lies in the month and that are over.

    `since` is when a guest of the tenant was first seen, None where none was. `tests` may be of
    other months too.
    """
    over = _count_nights(month, now, since)
    return BackupSheet(
        nights=max(over, len(nights)),
        checked=len(nights),
        owed=sum(row.guests for row in nights),
        kept=sum(row.kept for row in nights),
        holes=tuple(NightFinding(row.night, row.holes) for row in nights if row.holes),
        unseen=tuple(NightFinding(row.night, row.unseen) for row in nights if row.unseen),
        unverified=nights[-1].unverified if nights else (),
        tests=tuple(one for one in tests if month == Month.of(micros(one.tested_at))),
        next_test=next_test,
    )


def _count_nights(month: Month, now: datetime, since: datetime | None) -> int:
    """The nights of the month that are over, from the first that began with a guest to back up."""
    if since is None:
        return 0
    days = ((month.last_day - month.first_day).days) + 1
    nights = (month.first_day + DAY * number for number in range(days))
    return sum(night_begin(night) >= since and night_end(night) <= now for night in nights)
