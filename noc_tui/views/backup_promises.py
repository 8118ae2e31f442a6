"""What is wrong with the backups that annexe 2 promises: nights, verification, restore tests. Pure.

Freshness is apart (`noc_tui.contract.backups`): a guest may have a fresh backup and a hole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from noc_tui.contract.backup_nights import (
    is_verification_old,
    missing_nights,
    restore_test_due,
)
from storage.backup_nights import GuestCopies, RestoreTest


class GuestHoles(msgspec.Struct, frozen=True):
    """A guest and the nights of which its stores keep no copy."""

    tenant: str
    place: str
    name: str | None
    nights: tuple[date, ...]


class BackupPromises(msgspec.Struct, frozen=True):
    """What is broken now: holes; guests whose newest intact copy is too old; and, unknown, those
    of which no store says anything.
    """

    holes: tuple[GuestHoles, ...] = ()
    unverified: tuple[GuestCopies, ...] = ()
    unread: tuple[GuestCopies, ...] = ()


def judge_backups(
    guests: Iterable[GuestCopies], kept_nights: Callable[[str], int], verified_days: int
) -> BackupPromises:
    """Judge each guest as of when its stores were read; `kept_nights` is by tenant."""
    holes: list[GuestHoles] = []
    unverified: list[GuestCopies] = []
    unread: list[GuestCopies] = []
    for guest in guests:
        if guest.seen_at is None:
            unread.append(guest)
            continue
        missing = missing_nights(
            guest.nights, kept_nights(guest.tenant), guest.seen_at, guest.since
        )
        if missing:
            holes.append(GuestHoles(guest.tenant, guest.place, guest.name, missing))
        if is_verification_old(guest.intact_at, guest.since, guest.seen_at, verified_days):
            unverified.append(guest)
    return BackupPromises(tuple(holes), tuple(unverified), tuple(unread))


def restore_tests_due(
    since: Mapping[str, datetime], tests: Sequence[RestoreTest], days: int
) -> dict[str, datetime]:
    """When each tenant's next restore test is due; `since` is when each was first seen."""
    last: dict[str, RestoreTest] = {}
    for test in sorted(tests, key=lambda one: (one.tested_at, one.id)):
        last[test.tenant] = test
    return {
        tenant: restore_test_due(
            None if tenant not in last else (last[tenant].tested_at, last[tenant].outcome == "ok"),
            first,
            days,
        )
        for tenant, first in since.items()
    }
