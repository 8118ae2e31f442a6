"""What a tenant has, from the register and the database, and what a plan does to it.

Never from what this daemon has seen since it started: a cluster that is out of reach keeps its
guests here as they were last seen, and is named as not seen.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from noc_tui.config.values import Configuration
from noc_tui.contract.suspension.effect import (
    EndpointEffect,
    Member,
    TenantEffect,
    find_outage,
    takes_out,
)
from noc_tui.contract.suspension.values import Case, GuestId, Outage, Plan, PlannedGuest
from noc_tui.contract.terms import Terms
from noc_tui.daemon.suspension import store
from noc_tui.labels.stopped_guests import list_stopped
from noc_tui.probing.target import BadTargetError, Target
from noc_tui.queries.terms_archive import find_terms
from noc_tui.views.ages import is_stale, of_cluster
from storage.connection import Readable
from storage.guests import GUESTS, Guest
from storage.inventory import SOURCES
from storage.register import TENANTS

_FAST = "fast"
_RUNS = "running"


@dataclass(frozen=True, slots=True)
class TenantScope:
    """The tenant's guests as last seen, without templates; the clusters of its pools that are out
    of reach; its endpoints with the guest that serves each, where that is known; what others hold.
    """

    guests: tuple[Guest, ...]
    unseen: tuple[str, ...]
    endpoints: tuple[tuple[str, str], ...]
    held: frozenset[GuestId]

    def planned(self) -> tuple[PlannedGuest, ...]:
        """Every guest, as a plan names it."""
        return tuple(
            PlannedGuest(
                ref=ref_of(guest),
                kind="lxc" if guest.kind == "lxc" else "qemu",
                name=guest.name or str(guest.vmid),
            )
            for guest in self.guests
        )

    def ports(self) -> frozenset[int]:
        """The ports at which the world sees the tenant."""
        return frozenset(
            target.port
            for name, _guest in self.endpoints
            if (target := _target(name)) is not None and target.port
        )

    def effect_of(self, plan: Plan, terms: Terms) -> TenantEffect:
        """What the plan does to the tenant."""
        silent = takes_out(plan, terms, self.ports())
        planned = frozenset(guest.ref for guest in plan.guests) if silent else frozenset[GuestId]()
        published = {guest for _name, guest in self.endpoints if guest}
        members = [
            Member(
                ref=ref_of(guest),
                running=_runs(guest),
                published=str(ref_of(guest)) in published,
                held=ref_of(guest) in self.held,
            )
            for guest in self.guests
        ]
        out = planned | self.held
        outage = find_outage(planned, members)
        return TenantEffect(
            members=len(members),
            running=sum(one.running for one in members),
            left_running=sum(one.running and one.ref not in out for one in members),
            held=sum(one.held for one in members),
            outage=outage,
            endpoints=tuple(
                EndpointEffect(name, guest, _after(guest, {str(ref) for ref in out}, outage))
                for name, guest in self.endpoints
            ),
            unseen=self.unseen,
            stopped=list_stopped(plan, self.guests),
        )


def ref_of(guest: Guest) -> GuestId:
    """The guest as a plan names it."""
    return GuestId(cluster=guest.cluster, vmid=guest.vmid)


async def read_scope(
    db: Readable, config: Configuration, tenant: str, now: datetime, *, besides: str = ""
) -> TenantScope:
    """Return what a tenant has now; `besides` is the case whose own guests count as not held."""
    row = await TENANTS.get(db, tenant)
    pools = set(row.pools) if row is not None else set[str]()
    sources = await SOURCES.read(db)
    clusters = sorted({pool.partition("/")[0] for pool in pools})
    guests = [
        guest
        for pool in pools
        for guest in await GUESTS.where(db, "cluster = ? AND pool = ?", *pool.split("/", 1))
        if not guest.template
    ]
    endpoints = [(name, "") for name in (row.endpoints if row is not None else ())]
    endpoints += [
        (probe.target, probe.instance) for probe in config.probes if probe.tenant == tenant
    ]
    return TenantScope(
        guests=tuple(sorted(guests, key=lambda guest: (guest.cluster, guest.vmid))),
        unseen=tuple(name for name in clusters if is_stale(of_cluster(sources, name, _FAST), now)),
        endpoints=tuple(endpoints),
        held=await _held(db, tenant, besides),
    )


async def _held(db: Readable, tenant: str, besides: str) -> frozenset[GuestId]:
    """The guests that other cases of the tenant keep out, or are about to."""
    found: set[GuestId] = set()
    for case in await store.read_open_cases(db):
        if case.tenant != tenant or case.id == besides or not _acts(case):
            continue
        terms = await find_terms(db, case.terms_version)
        if terms is None or takes_out(case.plan, terms):
            found |= {guest.ref for guest in case.plan.guests} - set(case.restored)
    return frozenset(found)


def _acts(case: Case) -> bool:
    return case.ordered_at is not None and not case.rehearsal


def _runs(guest: Guest) -> bool:
    """Whether it runs, or ran when it was last seen."""
    known = guest.last_status if guest.status == "unknown" else guest.status
    return known != "stopped"


def _after(guest: str, out: Collection[str], outage: Outage) -> Literal["out", "stays", "unknown"]:
    if outage or guest in out:
        return "out"
    return "stays" if guest else "unknown"


def _target(text: str) -> Target | None:
    try:
        return Target.parse(text)
    except BadTargetError:
        return None
