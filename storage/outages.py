"""Tenants' outages, unmeasured time, and what does not count. Instants in microseconds.

An `end` of None lasts. `evidence` numbers the entry that was appended with the row.
"""

from collections.abc import Set

import msgspec

from storage.connection import Readable
from storage.statements import ONE_OF_TENANTS, json_list
from storage.tables import Binding, R, Table


class Outage(msgspec.Struct, frozen=True):
    """A tenant's outage. It began after `not_before` and ended after `not_over_before` (R8).

    `cause` is connectivity, instances, or claimed (the client's own evidence, R9). `origin` is
    `observed` or the account that entered it.
    """

    id: int
    tenant: str
    start: int
    end: int | None
    not_before: int
    not_over_before: int | None
    cause: str
    sources: tuple[str, ...]
    origin: str
    incident: int | None
    evidence: int
    ended_by: int | None


class Unmeasured(msgspec.Struct, frozen=True):
    """Nobody could tell whether the tenant was available (R9)."""

    tenant: str
    start: int
    end: int | None
    reason: str
    evidence: int
    ended_by: int | None


class Attribution(msgspec.Struct, frozen=True):
    """Whose an outage is, as `account` decided; the last one of an outage holds (R14).

    `exclusion` is the one that followed from it, `link` how its basis led to the outage, `approved`
    the second person. Reopened, it holds no longer: what it rested on fell away.
    """

    id: int
    outage: int
    party: str
    reason: str
    grounds: tuple[str, ...]
    account: str
    at: int
    exclusion: int | None
    evidence: int
    link: str | None = None
    approved: str | None = None
    reopened_at: int | None = None
    reopened_by: int | None = None


class Exclusion(msgspec.Struct, frozen=True):
    """Time of one tenant that does not count, on a legal basis (R10).

    `contestable`: work that was not announced. `maintenance` is the window that it belongs to,
    `suspension` the case. `grounds` are ids of tasks, numbers of entries, evidence; `link` is how
    the basis led to the outage; `approved` the second person (R38). One without an end is
    `reviewed` each day.
    """

    id: int
    tenant: str
    start: int
    end: int | None
    basis: str
    reason: str
    account: str
    at: int
    maintenance: int | None
    contestable: bool
    evidence: int
    ended_by: int | None = None
    withdrawn_at: int | None = None
    withdrawn_account: str | None = None
    withdrawn_reason: str | None = None
    withdrawn_by: int | None = None
    grounds: tuple[str, ...] | None = None
    link: str | None = None
    suspension: str | None = None
    approved: str | None = None
    reviewed_at: int | None = None
    reviewed_account: str | None = None
    reviewed_by: int | None = None

    @property
    def in_force(self) -> bool:
        """Whether nobody withdrew it."""
        return self.withdrawn_at is None


class Maintenance(msgspec.Struct, frozen=True):
    """A maintenance window: it silences alerts, excludes time, and mails each tenant (R35)."""

    id: int
    title: str
    start: int
    end: int
    tenants: tuple[str, ...]
    reason: str
    account: str
    planned_at: int
    announced_at: int | None
    cancelled_at: int | None
    evidence: int


OUTAGES = Table("outage", Outage, ["id"], ["tenant", "cause", "origin"], binding=Binding.RECORDED)
UNMEASURED = Table(
    "unmeasured", Unmeasured, ["tenant", "start"], ["tenant", "reason"], binding=Binding.RECORDED
)
ATTRIBUTIONS = Table(
    "attribution",
    Attribution,
    ["id"],
    binding=Binding.RECORDED,
    erasable=["reason", "grounds", "link"],
)
EXCLUSIONS = Table(
    "exclusion",
    Exclusion,
    ["id"],
    ["tenant", "basis"],
    binding=Binding.RECORDED,
    erasable=["reason", "withdrawn_reason", "grounds", "link"],
)
MAINTENANCE = Table(
    "maintenance",
    Maintenance,
    ["id"],
    binding=Binding.RECORDED,
    erasable=["title", "reason"],
)


async def outages(
    db: Readable, start: int, end: int, tenants: Set[str] | None = None
) -> list[Outage]:
    """The outages that meet an interval, of these tenants or of all."""
    return await _meeting(db, OUTAGES, start, end, tenants)


async def read_unmeasured(
    db: Readable, start: int, end: int, tenants: Set[str] | None = None
) -> list[Unmeasured]:
    """The unmeasured time that meets an interval."""
    return await _meeting(db, UNMEASURED, start, end, tenants)


async def exclusions(
    db: Readable, start: int, end: int, tenants: Set[str] | None = None
) -> list[Exclusion]:
    """The exclusions that meet an interval, those that were withdrawn included."""
    return await _meeting(db, EXCLUSIONS, start, end, tenants)


async def _meeting(
    db: Readable, table: Table[R], start: int, end: int, tenants: Set[str] | None
) -> list[R]:
    meets = 'start < ? AND ("end" IS NULL OR "end" > ?) ORDER BY tenant, start'
    if tenants is None:
        return await table.where(db, meets, end, start)
    return await table.where(db, f"{ONE_OF_TENANTS} AND {meets}", json_list(tenants), end, start)


async def open_outages(db: Readable, tenant: str, origin: str) -> list[Outage]:
    """The outages of a tenant that last."""
    return await OUTAGES.where(
        db, 'tenant = ? AND origin = ? AND "end" IS NULL ORDER BY start', tenant, origin
    )


async def list_unmeasured_tenants(db: Readable) -> list[str]:
    """The tenants of whom nobody knows now whether they are available."""
    rows = await db.rows('SELECT DISTINCT tenant FROM unmeasured WHERE "end" IS NULL')
    return [tenant for (tenant,) in rows]


async def open_unmeasured(db: Readable, tenant: str) -> list[Unmeasured]:
    """The unmeasured time of a tenant that lasts."""
    return await UNMEASURED.where(db, 'tenant = ? AND "end" IS NULL ORDER BY start', tenant)


async def of_incident(db: Readable, incident: int) -> list[Outage]:
    """The outages that an incident has gathered."""
    return await OUTAGES.where(db, "incident = ? ORDER BY start, tenant", incident)


async def last_attributions(db: Readable, outage_ids: list[int]) -> dict[int, Attribution]:
    """The last attribution of each outage that has one, also one that was reopened."""
    wanted = msgspec.json.encode(outage_ids).decode()
    rows = await ATTRIBUTIONS.where(
        db, "outage IN (SELECT value FROM json_each(?)) ORDER BY id", wanted
    )
    return {row.outage: row for row in rows}


async def attributions(db: Readable, outage_ids: list[int]) -> dict[int, Attribution]:
    """The attribution in force of each outage that has one: the last, unless it was reopened."""
    last = await last_attributions(db, outage_ids)
    return {number: row for number, row in last.items() if row.reopened_by is None}


async def attributions_on(db: Readable, exclusion: int) -> list[Attribution]:
    """The attributions in force that led to an exclusion."""
    rows = await ATTRIBUTIONS.where(db, "exclusion = ?", exclusion)
    held = await attributions(db, [row.outage for row in rows])
    return [row for row in rows if held.get(row.outage) == row]


async def reopened_outages(db: Readable) -> list[tuple[str, int]]:
    """Tenant and number of each outage whose last attribution was reopened."""
    rows = await db.rows(
        "SELECT outage.tenant, outage.id FROM attribution"
        " JOIN outage ON outage.id = attribution.outage"
        " WHERE reopened_by IS NOT NULL AND attribution.id = (SELECT max(later.id)"
        " FROM attribution AS later WHERE later.outage = attribution.outage) ORDER BY outage.id"
    )
    return [(str(tenant), int(number)) for tenant, number in rows]


async def lasting_exclusions(db: Readable) -> list[Exclusion]:
    """The exclusions in force without an end."""
    return await EXCLUSIONS.where(db, '"end" IS NULL AND withdrawn_at IS NULL ORDER BY start, id')


async def windows_at(db: Readable, at: int) -> list[Maintenance]:
    """The maintenance windows in force at an instant."""
    return await MAINTENANCE.where(
        db, 'cancelled_at IS NULL AND start <= ? AND "end" > ? ORDER BY id', at, at
    )


async def windows_between(db: Readable, start: int, end: int) -> list[Maintenance]:
    """The maintenance windows that meet an interval."""
    return await MAINTENANCE.where(
        db, 'cancelled_at IS NULL AND start < ? AND "end" > ? ORDER BY start, id', end, start
    )


async def of_maintenance(db: Readable, number: int) -> list[Exclusion]:
    """The exclusions that a maintenance window brought."""
    return await EXCLUSIONS.where(db, "maintenance = ? ORDER BY id", number)
