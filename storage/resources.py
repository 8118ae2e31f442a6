"""Guests' memory, CPU and disk as they are watched: what guests say of their insides, limits, and
what a month came to.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from storage.change import Change
from storage.connection import Readable
from storage.signed_rows import close_scopes
from storage.tables import Binding, Key, Table


class GuestInside(msgspec.Struct, frozen=True):
    """What a guest's configuration and its agent say; `asked_at` is the last try.

    `agent`: answers, off (not configured), silent (configured, not running), stopped (the guest is
    off), container (Proxmox knows its disk by itself), refused (the token may not), failed; `error`
    says why. Of its fullest file system `mount`, share, `used` and `total` bytes as of `read_at`,
    which an ask that fails keeps. `addresses`, without a prefix, are those of its configuration and
    those that it had when it last told them.
    """

    cluster: str
    vmid: int
    asked_at: datetime
    ostype: str
    agent: str
    error: str = ""
    disk_percent: int | None = None
    mount: str = ""
    used: int | None = None
    total: int | None = None
    read_at: datetime | None = None
    addresses: tuple[str, ...] = ()


class GuestStrain(msgspec.Struct, frozen=True):
    """A guest's `measure` (cpu, memory, disk) at its limit or above since then.

    `seen_at` is when it last was; what is unknown since leaves the row as it is.
    """

    cluster: str
    vmid: int
    measure: str
    tenant: str
    name: str | None
    percent: int
    threshold: int
    since: datetime
    seen_at: datetime


class WatchMonth(msgspec.Struct, frozen=True):
    """How long something of a tenant was watched in a month, in whole seconds.

    `subject` is `guest:rennes/101` or `edge:tcp://…`, empty for all of the tenant: how long `nocd`
    looked at all. While it was `known`, it was `bad` for so long; `unknown` is apart. `peak` and
    `threshold` in percent, None where there is no such figure.
    """

    month: str
    tenant: str
    subject: str
    measure: str
    known: int
    unknown: int = 0
    bad: int = 0
    peak: int | None = None
    peak_at: datetime | None = None
    threshold: int | None = None


class ResourceLimit(msgspec.Struct, frozen=True):
    """Limits of a tenant (`guest` empty) or of one guest (`rennes/101`), in percent.

    None is the limit of the tenant, or the configuration's.
    """

    tenant: str
    guest: str
    cpu: int | None
    memory: int | None
    disk: int | None
    reason: str
    account: str
    set_at: datetime


GUEST_INSIDES = Table(
    "guest_inside",
    GuestInside,
    ["cluster", "vmid"],
    ["cluster", "ostype", "agent", "error", "mount"],
    binding=Binding.OBSERVED,
)
GUEST_STRAINS = Table(
    "guest_strain", GuestStrain, ["cluster", "vmid", "measure"], binding=Binding.OBSERVED
)
WATCH_MONTHS = Table(
    "watch_month",
    WatchMonth,
    ["month", "tenant", "subject", "measure"],
    ["month", "tenant", "measure"],
    binding=Binding.SIGNED,
    scope=["month", "tenant"],
)
RESOURCE_LIMITS = Table(
    "resource_limit",
    ResourceLimit,
    ["tenant", "guest"],
    binding=Binding.RECORDED,
    erasable=["reason"],
)


async def insides_of(db: Readable, cluster: str) -> Sequence[GuestInside]:
    """What the guests of a cluster were found to be inside."""
    return await GUEST_INSIDES.where(db, "cluster = ?", cluster)


async def watched_month(
    db: Readable, month: str, tenant: str | None = None
) -> Sequence[WatchMonth]:
    """What was watched in a month, of one tenant or of all."""
    return await WATCH_MONTHS.where(
        db,
        "month = ? AND (? IS NULL OR tenant = ?) ORDER BY tenant, subject, measure",
        month,
        tenant,
        tenant,
    )


async def close_months(change: Change, before: str) -> None:
    """Put on record what was watched in the months before that one, where it is not yet."""
    scopes = await change.rows(
        "SELECT DISTINCT month, tenant FROM watch_month WHERE month < ?", (before,)
    )
    await close_scopes(change, WATCH_MONTHS, scopes)


async def months_before(db: Readable, month: str) -> list[Key]:
    """The keys of what was watched before that month."""
    rows = await WATCH_MONTHS.where(db, "month < ?", month)
    return [WATCH_MONTHS.key_of(row) for row in rows]
