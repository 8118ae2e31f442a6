"""Licences that the hoster supplies to tenants, and the audits of art. 13.2."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table
from storage.times import instant


class Licence(msgspec.Struct, frozen=True):
    """Licences noted by hand: so many of a `product`, for one `guest` (`rennes/101`) or, where that
    is empty, for any of the tenant's.

    `kind`: os, hypervisor, microsoft-service, rds-cal. `ended_on` is the first day without it.
    """

    id: int
    tenant: str
    guest: str
    kind: str
    product: str
    quantity: int
    supplied_from: date
    ended_on: date | None
    note: str
    account: str

    def is_supplied_on(self, day: date) -> bool:
        """Whether it is supplied on a day."""
        return self.supplied_from <= day and (self.ended_on is None or day < self.ended_on)


class LicenceAudit(msgspec.Struct, frozen=True):
    """An audit of a tenant; `outcome`: compliant, breach. `cost_borne_by`: hoster, client.

    `needing`, `supplied` and `unread` are what the inventory counted then: guests that need a
    licence of an operating system, those that have one, those whose system is not known.
    """

    id: int
    tenant: str
    held_at: datetime
    outcome: str
    cost_borne_by: str
    needing: int
    supplied: int
    unread: int
    findings: str
    account: str


class GuestSystem(msgspec.Struct, frozen=True):
    """A tenant's guest and the `ostype` of its configuration; None where it was not read yet."""

    tenant: str
    cluster: str
    vmid: int
    name: str | None
    ostype: str | None
    asked_at: datetime | None

    @property
    def place(self) -> str:
        """The guest as `cluster/vmid`."""
        return f"{self.cluster}/{self.vmid}"


LICENCES = Table("licence", Licence, ["id"], binding=Binding.RECORDED, erasable=["note"])
LICENCE_AUDITS = Table(
    "licence_audit", LicenceAudit, ["id"], binding=Binding.RECORDED, erasable=["findings"]
)


async def guest_systems(db: Readable, tenant: str | None = None) -> list[GuestSystem]:
    """The systems of a tenant's guests, or of all tenants', by the pools of today."""
    found = await db.rows(
        "SELECT owned.tenant, guest.cluster, guest.vmid, guest.name, nullif(ostype, ''), asked_at"
        " FROM guest JOIN tenant_pool AS owned ON owned.cluster = guest.cluster"
        " AND owned.pool = guest.pool AND valid_until IS NULL"
        " LEFT JOIN guest_inside AS inside"
        " ON inside.cluster = guest.cluster AND inside.vmid = guest.vmid"
        " WHERE template IS NOT 1 AND (? IS NULL OR owned.tenant = ?) ORDER BY 1, 2, 3",
        (tenant, tenant),
    )
    return [
        GuestSystem(
            tenant=owner,
            cluster=cluster,
            vmid=vmid,
            name=name,
            ostype=ostype,
            asked_at=None if at is None else instant(at),
        )
        for owner, cluster, vmid, name, ostype, at in found
    ]


async def audits_of(db: Readable, tenant: str | None = None) -> Sequence[LicenceAudit]:
    """The audits of one tenant or of all, the newest last."""
    return await LICENCE_AUDITS.where(
        db, "? IS NULL OR tenant = ? ORDER BY held_at, id", tenant, tenant
    )


async def next_licence_id(db: Readable) -> int:
    """The number of the next licence."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM licence")
    return int(number)


async def next_audit_id(db: Readable) -> int:
    """The number of the next audit."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM licence_audit")
    return int(number)
