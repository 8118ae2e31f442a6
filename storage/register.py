"""The tenant register as stored: tenants (R4, R5), amounts, pools by date, quotas, sites (R34)."""

from collections.abc import Sequence, Set
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from storage.connection import Readable
from storage.statements import ONE_OF_TENANTS, json_list
from storage.tables import Binding, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change


class Site(msgspec.Struct, frozen=True):
    """A datacentre. `country` is an ISO 3166 code of two letters."""

    name: str
    title: str
    country: str


class Tenant(msgspec.Struct, frozen=True):
    """One client. `pools` are `cluster/pool` as they are today; history is in `TenantPool`.

    `users` and `groups` are the tenant's own in Proxmox, `guest_users` its *Invités*. `support`
    is none, infogerance or assistance; `support_billing` flat, hourly or empty;
    `support_perimeter` the layers it covers. The contract's last day is `contract_end`, if known;
    `notice_given` the day of the letter that ends it, `data_confirmed` the day on which the client
    confirmed that it has its data (R28). `negotiated` is true for a contract that was, None for
    one of adhesion (R11). `postal_address` is where letters on paper go, in one line, None where it
    is not known.
    """

    id: str
    name: str
    email: str
    contract_start: date | None
    contract_end: date | None
    pools: tuple[str, ...]
    users: tuple[str, ...]
    groups: tuple[str, ...]
    guest_users: tuple[str, ...]
    endpoints: tuple[str, ...]
    support: str
    support_billing: str
    support_perimeter: tuple[str, ...]
    notice_given: date | None = None
    data_confirmed: date | None = None
    negotiated: bool | None = None
    postal_address: str | None = None


class TenantAmount(msgspec.Struct, frozen=True):
    """The tenant's monthly amount excluding tax, in euros, from that day on."""

    tenant: str
    valid_from: date
    amount: Decimal


class TenantQuota(msgspec.Struct, frozen=True):
    """What the tenant may use; None is no limit. Memory and disk in bytes."""

    tenant: str
    vcpus: int | None
    memory: int | None
    disk: int | None
    guests: int | None


class TenantPool(msgspec.Struct, frozen=True):
    """A pool belonged to a tenant from `valid_from` to the day before `valid_until`."""

    cluster: str
    pool: str
    valid_from: date
    valid_until: date | None
    tenant: str


SITES = Table("site", Site, ["name"], binding=Binding.RECORDED)
TENANTS = Table(
    "tenant",
    Tenant,
    ["id"],
    binding=Binding.RECORDED,
    erasable=["name", "email", "users", "groups", "guest_users", "endpoints", "postal_address"],
)
AMOUNTS = Table("tenant_amount", TenantAmount, ["tenant", "valid_from"], binding=Binding.RECORDED)
QUOTAS = Table("tenant_quota", TenantQuota, ["tenant"], binding=Binding.RECORDED)
TENANT_POOLS = Table(
    "tenant_pool", TenantPool, ["cluster", "pool", "valid_from"], binding=Binding.RECORDED
)


class Register(msgspec.Struct, frozen=True):
    """The whole register."""

    sites: Sequence[Site] = ()
    tenants: Sequence[Tenant] = ()
    amounts: Sequence[TenantAmount] = ()
    quotas: Sequence[TenantQuota] = ()
    pools: Sequence[TenantPool] = ()


async def replace_register(change: "Change", register: Register) -> int:
    """Make the stored register this one; returns how many rows changed."""
    return sum(
        [
            await change.replace(SITES, register.sites),
            await change.replace(TENANTS, register.tenants),
            await change.replace(AMOUNTS, register.amounts),
            await change.replace(QUOTAS, register.quotas),
            await change.replace(TENANT_POOLS, register.pools),
        ]
    )


async def rows_by_tenant(db: Readable) -> dict[str, list[msgspec.Struct]]:
    """Return every row about each tenant, by its id; two readings show which tenants a change
    concerns.
    """
    found: dict[str, list[msgspec.Struct]] = {row.id: [row] for row in await TENANTS.read(db)}
    others: list[TenantAmount | TenantQuota | TenantPool] = [
        *await AMOUNTS.read(db),
        *await QUOTAS.read(db),
        *await TENANT_POOLS.read(db),
    ]
    for row in others:
        found.setdefault(row.tenant, []).append(row)
    return found


async def guest_tenants(db: Readable, day: date) -> dict[tuple[str, int], str]:
    """Whose each guest is on a day, by cluster and vmid: its pool's tenant. Others are left out."""
    rows = await db.rows(
        "SELECT cluster, vmid, tenant FROM guest JOIN tenant_pool USING (cluster, pool)"
        " WHERE valid_from <= ? AND (valid_until IS NULL OR ? < valid_until)",
        (day.isoformat(), day.isoformat()),
    )
    return {(cluster, vmid): tenant for cluster, vmid, tenant in rows}


async def amounts(db: Readable, tenants: Set[str] | None = None) -> list[TenantAmount]:
    """The monthly amounts of these tenants, or of all."""
    if tenants is None:
        return await AMOUNTS.read(db)
    only = f"{ONE_OF_TENANTS} ORDER BY tenant, valid_from"
    return await AMOUNTS.where(db, only, json_list(tenants))


async def tenants(db: Readable, ids: Set[str] | None = None) -> list[Tenant]:
    """The tenants of these ids, or all, in the order of their ids; who is not there is left out."""
    if ids is None:
        return await TENANTS.read(db)
    only = "id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return await TENANTS.where(db, only, json_list(ids))


class NamedTenant(msgspec.Struct, frozen=True):
    """A tenant's id and name, and its monthly amount in force on a day, if there is one."""

    id: str
    name: str
    amount: Decimal | None


async def tenants_with_amount(db: Readable, day: date) -> list[NamedTenant]:
    """Every tenant with its amount on that day, or on its contract's first if that is later."""
    rows = await db.rows(
        "SELECT id, name, (SELECT amount FROM tenant_amount"
        " WHERE tenant_amount.tenant = tenant.id"
        " AND valid_from <= max(?, coalesce(contract_start, ''))"
        " ORDER BY valid_from DESC LIMIT 1) FROM tenant ORDER BY id",
        (day.isoformat(),),
    )
    return [
        NamedTenant(key, name, None if amount is None else Decimal(amount))
        for key, name, amount in rows
    ]
