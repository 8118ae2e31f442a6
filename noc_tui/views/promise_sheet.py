"""The month of a tenant against the promises of annexe 2: what was watched, kept and broken. Pure.

What was not looked at is counted apart: it is neither kept nor broken.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from noc_tui.contract.backup_nights import DAY, night_begin, night_end
from noc_tui.contract.calendar import SECOND, Month, micros
from noc_tui.contract.resources import LOOKED, MEASURES
from noc_tui.views.licences import LicenceInventory
from storage.backup_nights import BackupNight, RestoreTest
from storage.cloud_edges import EdgeState
from storage.licences import LicenceAudit
from storage.resources import GuestInside, GuestStrain, WatchMonth

EDGE = "edge:"
"""Begins the subject of what was watched of an endpoint."""


class PresentPromises(msgspec.Struct, frozen=True):
    """What was last seen of a tenant: figures at their limits, endpoints, and what its guests told
    of their insides.
    """

    tenant: str
    strains: tuple[GuestStrain, ...] = ()
    edges: tuple[EdgeState, ...] = ()
    insides: tuple[GuestInside, ...] = ()


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


class GuestMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A guest's measure that was at its limit in the month: for how long of the known seconds."""

    guest: str
    measure: str
    threshold: int | None
    bad: int
    known: int
    peak: int | None
    peak_at: datetime | None


class ResourceSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Guests' CPU, memory and disk in a month, in seconds.

    `elapsed` of the month since a guest of the tenant was first seen, of that `looked` at. By
    measure, `unknown` is the share of the guests' watched time in which it was not known, in
    percent rounded up; None where no guest ran. `strained` are the guests that were at a limit, the
    longest first.
    """

    elapsed: int
    looked: int
    unknown: dict[str, int | None]
    strained: tuple[GuestMonth, ...]


class EdgeMonth(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint of a VPN or firewall in a month: seconds `known`, of them `silent`, `unknown`."""

    kind: str
    target: str
    known: int
    silent: int
    unknown: int


class LicenceSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The inventory as of now, and the audits that were held in the month."""

    inventory: LicenceInventory
    audits: tuple[LicenceAudit, ...]


class PromiseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's month."""

    tenant: str
    name: str
    month: str
    until: datetime
    backups: BackupSheet
    resources: ResourceSheet
    licences: LicenceSheet
    edges: tuple[EdgeMonth, ...]


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


def write_resource_sheet(
    month: Month, now: datetime, since: datetime | None, rows: Sequence[WatchMonth]
) -> ResourceSheet:
    """Sum up what was watched of a tenant's guests; `since` is when one was first seen."""
    guests = [row for row in rows if row.measure in MEASURES]
    strained = sorted(
        (row for row in guests if row.bad), key=lambda row: (-row.bad, row.subject, row.measure)
    )
    return ResourceSheet(
        elapsed=elapsed_seconds(month, now, since),
        looked=sum(row.known for row in rows if row.measure == LOOKED),
        unknown={
            one: _unknown_share([row for row in guests if row.measure == one]) for one in MEASURES
        },
        strained=tuple(
            GuestMonth(
                guest=row.subject.removeprefix("guest:"),
                measure=row.measure,
                threshold=row.threshold,
                bad=row.bad,
                known=row.known,
                peak=row.peak,
                peak_at=row.peak_at,
            )
            for row in strained
        ),
    )


def list_edges(rows: Sequence[WatchMonth]) -> tuple[EdgeMonth, ...]:
    """What was probed of a tenant in a month."""
    return tuple(
        EdgeMonth(
            kind=row.measure,
            target=row.subject.removeprefix(EDGE),
            known=row.known,
            silent=row.bad,
            unknown=row.unknown,
        )
        for row in rows
        if row.subject.startswith(EDGE)
    )


def write_licence_sheet(
    month: Month, inventory: LicenceInventory, audits: Sequence[LicenceAudit]
) -> LicenceSheet:
    """The inventory, with those of the audits that were held in the month."""
    held = tuple(one for one in audits if month == Month.of(micros(one.held_at)))
    return LicenceSheet(inventory=inventory, audits=held)


def elapsed_seconds(month: Month, now: datetime, since: datetime | None) -> int:
    """How much of the month is over, counted from when a guest was first seen."""
    if since is None:
        return 0
    start, end = max(month.span.start, micros(since)), min(month.span.end, micros(now))
    return max(0, end - start) // SECOND


def _unknown_share(rows: Sequence[WatchMonth]) -> int | None:
    """The unknown part in percent, rounded up; None of nothing."""
    unknown, whole = sum(row.unknown for row in rows), sum(row.known + row.unknown for row in rows)
    return None if not whole else -(-unknown * 100 // whole)
