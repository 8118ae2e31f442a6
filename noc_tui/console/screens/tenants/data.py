"""Reads the rows that the screens of tenants show."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from noc_tui.contract.liability import CapStanding
from noc_tui.contract.terms_book import TermsBook
from noc_tui.labels.formats import PARIS
from noc_tui.queries.liability import read_caps
from noc_tui.queries.tenants_now import read_tenants_now
from noc_tui.views.tenant_hour import PoolHours
from noc_tui.views.tenant_now import TenantNow
from storage import guest_counts
from storage.connection import Readable
from storage.data_copies import DATA_COPIES, DataCopy
from storage.guest_counts import TenantUse
from storage.load_history import read_hour_of_pools
from storage.register import QUOTAS, TENANTS, Tenant, TenantQuota


@dataclass(frozen=True, slots=True)
class TenantFigures:
    """Every tenant with its quota, what its guests use, the states of their backups, and its copies
    of art. 16.2.

    `orphans` are the pools, by cluster and name, that no tenant has.
    """

    tenants: list[Tenant]
    quotas: dict[str, TenantQuota]
    uses: dict[str, TenantUse]
    backups: dict[str, dict[str, int]]
    orphans: list[tuple[str, str]]
    copies: list[DataCopy]
    caps: dict[str, CapStanding]
    now: dict[str, TenantNow]
    hours: PoolHours


async def read_tenants(
    db: Readable, now: datetime, terms: TermsBook, *, capped: bool = False
) -> TenantFigures:
    """Everything the tenants' lines are made of; where `capped`, also how they stand against the
    cap of art. 12.
    """
    backups: dict[str, dict[str, int]] = defaultdict(dict)
    for count in await guest_counts.tenant_backups(db):
        backups[count.tenant][count.state] = count.number
    return TenantFigures(
        tenants=await TENANTS.read(db),
        quotas={quota.tenant: quota for quota in await QUOTAS.read(db)},
        uses={one.tenant: one for one in await guest_counts.tenant_uses(db)},
        backups=backups,
        orphans=await guest_counts.pools_without_tenant(db),
        copies=await DATA_COPIES.read(db),
        caps=await read_caps(db, now.astimezone(PARIS).date()) if capped else {},
        now=await read_tenants_now(db, now, terms),
        hours=await read_hour_of_pools(db, now),
    )
