"""Reads the overview's rows and computes its figures."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from noc_tui.alerts.checks import guest
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.causes import Cause, Loss, group_causes
from noc_tui.console.data_freshness import FAST, Sight
from noc_tui.console.references import (
    NODE_KINDS,
    GuestList,
    GuestRef,
    ModeRef,
    NodeRef,
    Reference,
    TenantRef,
)
from noc_tui.console.screens.overview.tables import ClusterLine
from noc_tui.console.session import Session
from noc_tui.labels import formats
from noc_tui.problems import GUESTS, UNSEEN_GUESTS, Problem, find_problems
from noc_tui.views.shift import DueLine, LastEvent
from noc_tui.views.tenant_now import TenantNow
from storage import guest_counts
from storage.connection import Readable
from storage.estate_facts import ESTATE_FACTS, EstateFact
from storage.guest_counts import GuestCount, NodeGuests
from storage.inventory import (
    CLUSTERS,
    NODES,
    STORAGES,
    ZONES,
    Cluster,
    Node,
    Source,
    Storage,
    Task,
    Zone,
)
from storage.load_history import HourOfNodes, StorageDay, read_hour_of_nodes, storage_days
from storage.oncall import Alert, open_alerts
from storage.register import SITES, TENANTS, Site
from storage.times import micros

_OF_CREDITS = ("outage", "tipping")
"""The rules of alerts that are about a tenant's credit."""
StorageKey = tuple[str, str, str]
"""Cluster, name, and the node, empty for a shared one."""
GUEST_STATES = {GUESTS: tuple(guest.TROUBLE), UNSEEN_GUESTS: ("unknown",)}
"""The kinds of problem that guests share, and the states that they are in then."""


class OverviewMore(msgspec.Struct, frozen=True, kw_only=True):
    """What the overview shows after its first frame: who is hurt by what, the last hour, what is
    due, what happened. `names` and `tenants` are by tenant.
    """

    losses: list[Loss]
    tenants: dict[str, TenantNow]
    names: dict[str, str]
    hour: HourOfNodes
    days: dict[StorageKey, list[StorageDay]]
    due: list[DueLine]
    events: list[LastEvent]


class OverviewFigures(msgspec.Struct, frozen=True):
    """The rows, and the sums that SQLite makes of guests and backups."""

    sites: list[Site]
    clusters: list[Cluster]
    nodes: list[Node]
    storages: list[Storage]
    zones: list[Zone]
    facts: list[EstateFact]
    tasks: list[Task]
    guests: list[GuestCount]
    bearing: list[NodeGuests]
    backups: list[tuple[str, str, int]]
    alerts: list[Alert]
    places: dict[str, int]
    """Of tenants in the order of who is nearest to a credit, where several are in trouble."""
    more: OverviewMore | None = None


async def read_figures(db: Readable, session: Session, *, whole: bool) -> OverviewFigures:
    """Read the rows of the overview; what takes longer than its first frame may wait only where
    the `whole` is asked for.
    """
    alerts = await open_alerts(db)
    several = len({alert.tenant for alert in alerts if alert.rule in _OF_CREDITS}) > 1
    figures = OverviewFigures(
        sites=await SITES.read(db),
        clusters=await CLUSTERS.read(db),
        nodes=await NODES.read(db),
        storages=await STORAGES.read(db),
        zones=await ZONES.read(db),
        facts=await ESTATE_FACTS.read(db),
        tasks=await guest_counts.running_tasks(db),
        guests=await guest_counts.guest_counts(db),
        bearing=await guest_counts.node_guests(db),
        backups=await guest_counts.backup_counts(db) if whole else [],
        alerts=alerts,
        places=await _read_places(db, session) if several else {},
    )
    return replace(figures, more=await _read_more(db, session, figures)) if whole else figures


async def _read_more(db: Readable, session: Session, figures: OverviewFigures) -> OverviewMore:
    # After the first frame, which does not wait for what this imports and reads.
    from noc_tui.console.terms import terms_book
    from noc_tui.queries.last_events import read_last_events
    from noc_tui.queries.losses import read_losses
    from noc_tui.queries.shift_due import read_due
    from noc_tui.queries.tenants_now import read_tenants_now

    now = session.clock.now()
    problems = read_problems(figures, session.sight.sources, now)
    losses = await read_losses(db, problems, now)
    return OverviewMore(
        losses=losses,
        tenants=await read_tenants_now(db, now, terms_book(session)),
        names={tenant.id: tenant.name for tenant in await TENANTS.read(db)},
        hour=await read_hour_of_nodes(db, now),
        days=_by_storage(await storage_days(db)),
        due=await read_due(db, now, session.duty),
        events=await read_last_events(db, now),
    )


def _by_storage(rows: Iterable[StorageDay]) -> dict[StorageKey, list[StorageDay]]:
    found: dict[StorageKey, list[StorageDay]] = {}
    for row in rows:
        found.setdefault((row.cluster, row.name, row.node), []).append(row)
    return found


async def _read_places(db: Readable, session: Session) -> dict[str, int]:
    # The terms take a while to read: only where an order is needed.
    from noc_tui.console.terms import terms_book
    from noc_tui.queries.month_table import read_credit_order

    return await read_credit_order(db, micros(session.clock.now()), terms_book(session))


def read_problems(
    figures: OverviewFigures, sources: Sequence[Source], now: datetime
) -> list[Problem]:
    """Return what is wrong now, from everything that was read."""
    inputs = AlertInputs(
        now=now,
        sources=sources,
        clusters=figures.clusters,
        nodes=figures.nodes,
        storages=figures.storages,
        zones=figures.zones,
        facts=figures.facts,
        countries={site.name: site.country for site in figures.sites},
        sites={cluster.name: cluster.site for cluster in figures.clusters},
        guest_counts=figures.guests,
        backup_counts=figures.backups,
    )
    return find_problems(inputs, figures.alerts, figures.places)


def read_causes(figures: OverviewFigures, sources: Sequence[Source], now: datetime) -> list[Cause]:
    """Return what is wrong now by cause; before all was read each problem is its own."""
    problems, more = read_problems(figures, sources, now), figures.more
    if more is None:
        return group_causes(problems, (), figures.alerts, {}, {})
    return group_causes(problems, more.losses, figures.alerts, more.names, more.tenants)


def cluster_lines(
    figures: OverviewFigures, sight: Sight, stale: Collection[str], now: datetime
) -> Iterator[ClusterLine]:
    """Yield each cluster with its counts; `stale` are the clusters not seen for too long."""
    countries = {site.name: site.country for site in figures.sites}
    for cluster in figures.clusters:
        name = cluster.name
        nodes = [node for node in figures.nodes if node.cluster == name]
        guests = [count for count in figures.guests if count.cluster == name]
        yield ClusterLine(
            cluster=cluster,
            country=countries.get(cluster.site, formats.UNKNOWN),
            nodes=len(nodes),
            online=sum(node.status == "online" for node in nodes),
            guests=sum(count.number for count in guests),
            running=sum(count.number for count in guests if count.status == "running"),
            tasks=sum(task.cluster == name for task in figures.tasks),
            age=_age(sight, name, now),
            stale=name in stale,
        )


def _age(sight: Sight, cluster: str, now: datetime) -> timedelta | None:
    seen = [source.seen_at for source in sight.of(cluster) if source.name == FAST]
    return now - seen[0] if seen and seen[0] is not None else None


def reference_of(problem: Problem) -> Reference | None:
    """Return what to open for a problem: its tenant, its guest, the guests concerned, else the
    alerts.

    None for a storage: the overview itself lists storages.
    """
    kind, parts = problem.subject.kind, problem.subject.parts
    if kind == "tenant":
        return TenantRef(parts[0])
    if kind == "node":
        return GuestList(cluster=parts[0], node=parts[1])
    if kind in NODE_KINDS and len(parts) > 1:
        return NodeRef(parts[0], parts[1])
    if problem.subject.guest is not None:
        return GuestRef(*problem.subject.guest)
    if kind in GUEST_STATES:
        return GuestList(cluster=parts[0], states=GUEST_STATES[kind], words=problem.text)
    if kind == "backup":
        return GuestList(cluster=parts[0], backup=parts[1], words=problem.text)
    return None if kind == "storage" else ModeRef("triage")
