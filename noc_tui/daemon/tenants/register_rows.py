"""The register as rows of the database. Pure.

A pool that changes hands keeps its history: the days before stay with the tenant before (R4).
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from noc_tui.config import SiteConfig
from noc_tui.register import RegisterTenant, Resolution
from storage import register as rows
from storage.register import TenantPool

GIB = 1 << 30


def register_rows(
    tenants: Sequence[RegisterTenant],
    resolution: Resolution,
    sites: Iterable[SiteConfig],
    known: Sequence[TenantPool],
    today: date,
) -> rows.Register:
    """All rows of the register; `known` is the history of pools that is stored."""
    starts = {tenant.id: tenant.contract_start for tenant in tenants}
    return rows.Register(
        sites=[rows.Site(site.name, site.label, site.country) for site in sites],
        tenants=[_tenant(tenant, resolution) for tenant in tenants],
        amounts=[
            rows.TenantAmount(tenant.id, amount.valid_from, amount.monthly)
            for tenant in tenants
            for amount in tenant.amounts
        ],
        quotas=[_quota(tenant) for tenant in tenants],
        pools=pool_history(known, resolution.owners, starts, today),
    )


def pool_history(
    known: Sequence[TenantPool],
    owners: dict[tuple[str, str], str],
    starts: dict[str, date | None],
    today: date,
) -> list[TenantPool]:
    """The history with today's owners: what no longer holds ends today, what is new begins.

    A pool seen for the first time belongs to its tenant from the contract's start on.
    """
    history: list[TenantPool] = []
    held: set[tuple[str, str]] = set()
    seen = {(row.cluster, row.pool) for row in known}
    for row in known:
        pool = (row.cluster, row.pool)
        if row.valid_until is not None:
            history.append(row)
        elif owners.get(pool) == row.tenant:
            held.add(pool)
            history.append(row)
        elif row.valid_from < today:
            history.append(replace(row, valid_until=today))
    for pool, tenant in owners.items():
        if pool not in held:
            begins = today if pool in seen else starts.get(tenant) or today
            history.append(TenantPool(*pool, min(begins, today), None, tenant))
    return history


def _tenant(tenant: RegisterTenant, resolution: Resolution) -> rows.Tenant:
    return rows.Tenant(
        id=tenant.id,
        name=tenant.name,
        email=tenant.email,
        contract_start=tenant.contract_start,
        contract_end=tenant.contract_end,
        pools=tuple("/".join(pool) for pool in resolution.of(tenant.id)),
        users=tenant.proxmox_users,
        groups=tenant.proxmox_groups,
        guest_users=tenant.guest_users,
        endpoints=tenant.endpoints,
        support=tenant.support.kind,
        support_billing=tenant.support.billing or "",
        support_perimeter=tenant.support.perimeter,
        notice_given=tenant.notice_given,
        data_confirmed=tenant.data_confirmed,
        negotiated=True if tenant.contract == "negotiated" else None,
        postal_address=tenant.address_line or None,
    )


def _quota(tenant: RegisterTenant) -> rows.TenantQuota:
    quotas = tenant.quotas
    return rows.TenantQuota(
        tenant=tenant.id,
        vcpus=quotas.vcpus,
        memory=None if quotas.memory_gib is None else quotas.memory_gib * GIB,
        disk=None if quotas.disk_gib is None else quotas.disk_gib * GIB,
        guests=quotas.guests,
    )
