"""A tenant as scripts read it: the register's fields, and what the rules say of them today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from noc_tui.contract import backups as backup_rule
from noc_tui.contract.backups import Freshness
from noc_tui.contract.quotas import Use, use, worst
from noc_tui.contract.terms import Terms
from noc_tui.contract.terms_book import TermsBook
from noc_tui.views.contract import contract_state
from storage import guest_counts
from storage.connection import Readable
from storage.data_copies import DATA_COPIES, DataCopy
from storage.guest_counts import TenantBackups, TenantUse
from storage.oncall import Alert, open_alerts
from storage.register import AMOUNTS, QUOTAS, TENANTS, Tenant, TenantAmount, TenantQuota


class QuotaEntry(msgspec.Struct, frozen=True):
    """One quota; memory and disk in bytes, null where it is not known or has no limit."""

    used: int | None
    allowed: int | None
    state: str


class TenantEntry(msgspec.Struct, frozen=True):
    """One tenant. Dates are days in Paris, money a decimal string excluding tax."""

    id: str
    name: str
    email: str
    postal_address: str | None
    pools: tuple[str, ...]
    guests: int
    running: int
    unknown: int
    quota_state: str
    quotas: dict[str, QuotaEntry]
    backup_state: str
    backups: dict[str, int]
    contract_start: date | None
    contract_end: date | None
    stage: str | None
    term: date | None
    notice_by: date | None
    notice_by_ouverts: date | None
    notice_by_ouvres: date | None
    notice_given: date | None
    ends: date | None
    data_confirmed: date | None
    copy_owed_until: date | None
    may_delete: bool
    deletion_bars: tuple[str, ...]
    under_contract_until: date | None
    monthly_amount: Decimal | None
    support: str
    support_billing: str
    support_perimeter: tuple[str, ...]
    proxmox_users: tuple[str, ...]
    proxmox_groups: tuple[str, ...]
    guest_users: tuple[str, ...]
    endpoints: tuple[str, ...]


_MEMBERSHIP = ("pool-contested", "pool-unknown", "pool-nested", "tenant-empty")


@dataclass(frozen=True, slots=True)
class TenantRows:
    """What is read from the database for it; `findings` are the open alerts about whose a pool
    is.
    """

    tenants: list[Tenant]
    quotas: dict[str, TenantQuota]
    amounts: list[TenantAmount]
    uses: dict[str, TenantUse]
    backups: list[TenantBackups]
    orphans: list[tuple[str, str]]
    copies: list[DataCopy]
    findings: list[Alert]

    @classmethod
    async def of(cls, db: Readable) -> "TenantRows":
        """All of it; give a snapshot."""
        return cls(
            await TENANTS.read(db),
            {quota.tenant: quota for quota in await QUOTAS.read(db)},
            await AMOUNTS.read(db),
            {one.tenant: one for one in await guest_counts.tenant_uses(db)},
            await guest_counts.tenant_backups(db),
            await guest_counts.pools_without_tenant(db),
            await DATA_COPIES.read(db),
            [one for one in await open_alerts(db) if one.rule in _MEMBERSHIP],
        )


def entries(read: TenantRows, terms: TermsBook, today: date) -> list[TenantEntry]:
    """Return every tenant, in the order of their ids."""
    return [
        _entry(tenant, read, terms.for_tenant(tenant.id, today), today) for tenant in read.tenants
    ]


def _entry(tenant: Tenant, read: TenantRows, terms: Terms, today: date) -> TenantEntry:
    uses = read.uses.get(tenant.id) or TenantUse(
        tenant=tenant.id, guests=0, running=0, unknown=0, vcpus=0, memory=0, disk=0
    )
    quotas = _quotas(uses, read.quotas.get(tenant.id), terms.quotas.warn_percent)
    states = {row.state: row.number for row in read.backups if row.tenant == tenant.id}
    state = contract_state(tenant, today, terms.life, read.copies)
    life, ending = state.life, state.ending
    dates = None if life is None else life.deadlines
    return TenantEntry(
        id=tenant.id,
        name=tenant.name,
        email=tenant.email,
        postal_address=tenant.postal_address,
        pools=tenant.pools,
        guests=uses.guests,
        running=uses.running,
        unknown=uses.unknown,
        quota_state=worst([one.fill for one in quotas.values()]),
        quotas={key: QuotaEntry(one.used, one.allowed, one.fill) for key, one in quotas.items()},
        backup_state=backup_rule.worst([Freshness(state) for state in states]),
        backups=states,
        contract_start=tenant.contract_start,
        contract_end=tenant.contract_end,
        stage=None if life is None else life.stage,
        term=None if dates is None else dates.term,
        notice_by=None if dates is None else dates.notice_by,
        notice_by_ouverts=None if dates is None else dates.notice_by_ouverts,
        notice_by_ouvres=None if dates is None else dates.notice_by_ouvres,
        notice_given=tenant.notice_given,
        ends=state.ends,
        data_confirmed=tenant.data_confirmed,
        copy_owed_until=None if ending is None else ending.copy_owed_until,
        may_delete=not state.deletion_bars,
        deletion_bars=tuple(state.deletion_bars),
        under_contract_until=state.last_day,
        monthly_amount=_amount(tenant.id, read.amounts, today),
        support=tenant.support,
        support_billing=tenant.support_billing,
        support_perimeter=tenant.support_perimeter,
        proxmox_users=tenant.users,
        proxmox_groups=tenant.groups,
        guest_users=tenant.guest_users,
        endpoints=tenant.endpoints,
    )


def _quotas(uses: TenantUse, quota: TenantQuota | None, warn: int) -> dict[str, Use]:
    vcpus = None if uses.vcpus is None else round(uses.vcpus)
    used = {"vcpus": vcpus, "memory": uses.memory, "disk": uses.disk, "guests": uses.guests}
    return {key: use(value, getattr(quota, key, None), warn) for key, value in used.items()}


def _amount(tenant: str, amounts: list[TenantAmount], today: date) -> Decimal | None:
    started = [row for row in amounts if row.tenant == tenant and row.valid_from <= today]
    return max(started, key=lambda row: row.valid_from).amount if started else None
