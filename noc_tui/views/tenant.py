"""A tenant's state and use, from the guests of its pools."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from noc_tui.contract.quotas import Use, total, use
from noc_tui.contract.terms_book import TermsBook
from storage.guests import Guest
from storage.register import Tenant, TenantQuota

UP = frozenset({"running"})
UNKNOWN = "unknown"


class TenantState(StrEnum):
    """The state of a tenant at this instant by R6, as far as the clusters alone show it."""

    AVAILABLE = "available"
    OUT = "out"
    UNKNOWN = "unknown"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class QuotaUses:
    """The four quotas of R30; memory and disk in bytes."""

    guests: Use
    vcpus: Use
    memory: Use
    disk: Use


@dataclass(frozen=True, slots=True)
class Summary:
    """A tenant's instances (templates are none, R4): how many there are, are up, are unknown.

    `is_out` is what availability concluded: a tenant whose instances run is out all the same while
    nobody reaches them, and so is one whose instances nobody sees, on a node that is surely off.
    """

    tenant: Tenant
    instances: int
    up: int
    unknown: int
    clusters: frozenset[str]
    quotas: QuotaUses
    is_out: bool = False

    @property
    def state(self) -> TenantState:
        """Out while an outage lasts. Else one instance up is enough; with none up, an unknown one
        leaves the question open.
        """
        if self.is_out:
            return TenantState.OUT
        if self.instances == 0:
            return TenantState.EMPTY
        if self.up:
            return TenantState.AVAILABLE
        return TenantState.UNKNOWN if self.unknown else TenantState.OUT


def by_tenant(
    tenants: Iterable[Tenant],
    quotas: Mapping[str, TenantQuota],
    guests: Iterable[Guest],
    terms: TermsBook,
    today: date,
    out: Collection[str] = (),
) -> list[Summary]:
    """Return every tenant's summary, in the given order; quotas by the tenant's terms on that day
    in Paris. `out` are the tenants of whom an outage lasts.
    """
    by_pool: dict[str, list[Guest]] = {}
    for guest in guests:
        if guest.pool is not None and not guest.template:
            by_pool.setdefault(f"{guest.cluster}/{guest.pool}", []).append(guest)
    return [
        summary(
            tenant,
            quotas.get(tenant.id),
            [guest for pool in tenant.pools for guest in by_pool.get(pool, ())],
            terms.for_tenant(tenant.id, today).quotas.warn_percent,
            is_out=tenant.id in out,
        )
        for tenant in tenants
    ]


def summary(
    tenant: Tenant,
    quota: TenantQuota | None,
    instances: list[Guest],
    warn_percent: int,
    *,
    is_out: bool = False,
) -> Summary:
    """Return one tenant's summary, computed from its instances."""
    return Summary(
        tenant=tenant,
        instances=len(instances),
        up=sum(guest.status in UP for guest in instances),
        unknown=sum(guest.status == UNKNOWN for guest in instances),
        clusters=frozenset(pool.partition("/")[0] for pool in tenant.pools),
        quotas=_quotas(quota, instances, warn_percent),
        is_out=is_out,
    )


def _quotas(quota: TenantQuota | None, instances: list[Guest], warn_percent: int) -> QuotaUses:
    allowed = quota or TenantQuota("", None, None, None, None)
    vcpus = total([None if g.cpus is None else int(g.cpus) for g in instances])
    return QuotaUses(
        guests=use(len(instances), allowed.guests, warn_percent),
        vcpus=use(vcpus, allowed.vcpus, warn_percent),
        memory=use(total([g.memory for g in instances]), allowed.memory, warn_percent),
        disk=use(total([g.disk for g in instances]), allowed.disk, warn_percent),
    )
