"""Collects the evidence about an outage; the contract's rules make proposals of it (R14)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from noc_tui.contract.attribution import (
    Excuse,
    OutageFacts,
    Party,
    PlatformTrouble,
    Proposal,
    TaskSeen,
    propose,
)
from noc_tui.contract.calendar import SECOND, instant
from noc_tui.contract.spans import ENDLESS, Span
from storage import inventory, ledger, outages, suspension
from storage.connection import Readable
from storage.ledger import ObservedState, Placement
from storage.outages import Exclusion, Outage
from storage.register import TENANTS, Tenant
from storage.times import micros

SETTLING = 180 * SECOND
"""How long an orderly shutdown may take from its task to the first failed observation."""

_DISKS = frozenset({"images", "rootdir"})
"""What a storage holds that has disks on it."""

_EXCUSES = {
    "maintenance": Party.MAINTENANCE,
    "suspension": Party.SUSPENSION,
    "quota": Party.QUOTA,
    "emergency": Party.EMERGENCY,
    "attack": Party.ATTACK,
    "force_majeure": Party.FORCE_MAJEURE,
}


async def proposals(db: Readable, outage: Outage) -> list[Proposal]:
    """Return the proposals for an outage, the strongest first, each with its evidence."""
    tenant = await TENANTS.get(db, outage.tenant)
    placed = await ledger.placements(db, outage.tenant, outage.start)
    # All instances, also when it was the probes of connectivity that showed the outage.
    there = [row for row in placed if row.since <= outage.start]
    guests = frozenset(_bare(row.source) for row in there if row.source.startswith("guest:"))
    slack = outage.start - outage.not_before + SETTLING
    span = Span(outage.start, ENDLESS if outage.end is None else outage.end)
    excluded = await outages.exclusions(db, span.start, min(span.end, ENDLESS), {outage.tenant})
    return propose(
        OutageFacts(
            outage=span,
            guests=guests,
            users=_users(tenant),
            tasks=await _tasks(db, guests, outage.start - slack, outage.start),
            troubles=[
                *await _troubles(db, there, outage.start - slack),
                *await _storages(db, there, outage.start - slack),
            ],
            excuses=[*_excuses(excluded), *await _suspensions(db, outage.tenant, excluded)],
            slack=slack,
        )
    )


async def read_platform_failures(db: Readable, tenant: str, span: Span) -> list[str]:
    """Return what of the hoster's equipment, under this tenant's instances, was lost in a span."""
    placed = await ledger.placements(db, tenant, span.start)
    there = [row for row in placed if row.since < span.end]
    lost = [*await _troubles(db, there, span.start), *await _storages(db, there, span.start)]
    return sorted(
        {one.what for one in lost if one.span.start < span.end and span.start < one.span.end}
    )


def _bare(source: str) -> str:
    return source.partition(":")[2]


def _users(tenant: Tenant | None) -> frozenset[str]:
    return frozenset() if tenant is None else frozenset((*tenant.users, *tenant.guest_users))


def _excuses(rows: Iterable[Exclusion]) -> Iterable[Excuse]:
    for row, span in _join_restarts(row for row in rows if row.in_force):
        party = _EXCUSES.get(row.basis)
        if party is not None:
            case = f"suspension:{row.suspension}" if row.suspension else ""
            yield Excuse(party, span, case or f"evidence:{row.evidence}", not row.contestable)


def _join_restarts(rows: Iterable[Exclusion]) -> list[tuple[Exclusion, Span]]:
    """The exclusions with their time; those of one suspension that touch are one."""
    found: list[tuple[Exclusion, Span]] = []
    for row in sorted(rows, key=lambda one: (one.suspension or "", one.start)):
        span = Span(row.start, ENDLESS if row.end is None else row.end)
        before, known = found[-1] if found else (row, Span(0, -1))
        same = bool(row.suspension) and row.suspension == before.suspension
        if same and row.start <= known.end:
            found[-1] = (before, Span(known.start, max(known.end, span.end)))
            continue
        found.append((row, span))
    return found


class _Guest(msgspec.Struct, frozen=True):
    cluster: str
    vmid: int


class _Plan(msgspec.Struct, frozen=True):
    scope: str = ""
    outage: str = ""


class _Remedy(msgspec.Struct, frozen=True):
    at: datetime


class _Case(msgspec.Struct, frozen=True):
    """What of a suspension's document says whom it kept out, and when."""

    id: str
    plan: _Plan = _Plan()
    suspended: tuple[_Guest, ...] = ()
    started_at: datetime | None = None
    remedy: _Remedy | None = None
    closed_at: datetime | None = None
    exclusion: int | None = None
    rehearsal: bool = False


async def _suspensions(
    db: Readable, tenant: str, excluded: Iterable[Exclusion]
) -> Iterable[Excuse]:
    """The tenant's suspensions that took effect, from then until the cause was remedied, but those
    that an exclusion among the excuses stands for already.
    """
    told = {row.id for row in excluded if row.basis in _EXCUSES and row.in_force}
    found = []
    for case, span in await _effective_cases(db, tenant):
        if case.exclusion in told:
            continue
        whole = case.plan.scope == "tenant" or bool(case.plan.outage)
        guests = frozenset(f"{one.cluster}/{one.vmid}" for one in case.suspended)
        if not whole and not guests:
            continue  # what it kept out was erased with its content
        ref = f"suspension:{case.id}"
        found.append(Excuse(Party.SUSPENSION, span, ref, guests=frozenset() if whole else guests))
    return found


async def _effective_cases(db: Readable, tenant: str) -> list[tuple[_Case, Span]]:
    """The tenant's suspensions that took effect, each with its time until the remedy."""
    found = []
    for row in await suspension.of_tenant(db, tenant):
        case = msgspec.json.decode(row.document, type=_Case)
        if case.started_at is None or case.rehearsal:
            continue
        ended = case.remedy.at if case.remedy else case.closed_at
        span = Span(micros(case.started_at), ENDLESS if ended is None else micros(ended))
        found.append((case, span))
    return found


async def read_suspension_times(db: Readable, tenant: str) -> list[tuple[str, Span]]:
    """Return the tenant's suspensions that took effect, and the time that each may explain: the
    outage is there a little before it was seen to work.
    """
    return [
        (case.id, Span(span.start - SETTLING, span.end))
        for case, span in await _effective_cases(db, tenant)
    ]


async def _tasks(db: Readable, guests: Iterable[str], start: int, end: int) -> Sequence[TaskSeen]:
    found = []
    for guest in sorted(guests):
        cluster, _slash, vmid = guest.partition("/")
        until = instant(end) + timedelta(seconds=1)
        for task in await inventory.tasks_of(db, cluster, vmid, instant(start), until):
            started = micros(task.started_at)
            found.append(TaskSeen(task.upid, task.user, task.kind, guest, started))
    return found


async def _troubles(
    db: Readable, there: Sequence[Placement], since: int
) -> Sequence[PlatformTrouble]:
    guests = {
        node: frozenset(
            _bare(row.source) for row in there if node in {row.node, row.node.partition("/")[0]}
        )
        for row in there
        if row.node
        for node in (row.node, row.node.partition("/")[0])
    }
    sources = [f"{'node' if '/' in place else 'quorum'}:{place}" for place in guests]
    rows = await ledger.changes(db, sources, since)
    return [
        PlatformTrouble(
            f"{row.source} down", Span(row.since, _until(rows, row)), guests[_bare(row.source)]
        )
        for row in rows
        if row.state == "down"
    ]


async def _storages(
    db: Readable, there: Sequence[Placement], since: int
) -> Sequence[PlatformTrouble]:
    """Storages for disks that nodes of these instances lost.

    Where a disk lies is in a guest's configuration alone, which no poll reads.
    """
    held = [one for one in await inventory.STORAGES.read(db) if _DISKS & set(one.content)]
    known = {
        f"storage:{one.cluster}/{'/'.join(filter(None, (one.node, one.name)))}" for one in held
    }
    rows = await ledger.changes(db, known, since)
    return [
        PlatformTrouble(
            f"{row.source} down", Span(row.since, _until(rows, row)), reached, supposed=True
        )
        for row in rows
        if row.state == "down" and (reached := _reaching(row, there))
    ]


def _reaching(lost: ObservedState, there: Sequence[Placement]) -> frozenset[str]:
    """The instances on the nodes that lost a storage; `rennes/pve1/local`, `rennes/ceph`."""
    cluster, *node, _name = _bare(lost.source).split("/")
    _missing_on, *missing = lost.reason.split() if lost.reason.startswith("missing_on") else [""]
    nodes = {f"{cluster}/{one}" for one in node or missing}
    return frozenset(
        _bare(row.source)
        for row in there
        if row.node.partition("/")[0] == cluster and (not nodes or row.node in nodes)
    )


def _until(rows: Sequence[ObservedState], down: ObservedState) -> int:
    later = (row.since for row in rows if row.source == down.source and row.seq > down.seq)
    return next(later, ENDLESS)
