"""The document that `noc-tui status --json` prints.

Every entry has `state`, `observed_at`, `age_seconds`, `stale`, `error`: no figure comes without its
age, and what is not known says so.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from noc_tui.alerts.inputs import ENDPOINTS
from noc_tui.alerts.rule import rank
from noc_tui.alerts.violation import Violation
from noc_tui.config import Configuration
from noc_tui.contract.calendar import SECOND, instant, micros, paris_day
from noc_tui.contract.terms_book import TermsBook
from noc_tui.labels.alerts import text_of
from noc_tui.labels.tenant_now import word_reason
from noc_tui.problems import find_violations
from noc_tui.queries.alert_inputs import read_alert_inputs
from noc_tui.queries.month_table import read_credit_order
from noc_tui.queries.tenants_now import read_tenants_now
from noc_tui.ref import Ref
from noc_tui.views.ages import age_seconds, is_stale, of_cluster
from noc_tui.views.next_order import NextOrder, list_next_orders
from noc_tui.views.tenant import Summary, by_tenant
from noc_tui.views.tenant_now import NOTHING_KNOWN, TenantNow
from storage import inventory, oncall, register, settings, suspension
from storage.connection import Readable
from storage.guests import GUESTS, Guest
from storage.inventory import Source

FAST = "fast"


class StatusSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that every entry has."""

    state: str
    observed_at: datetime | None
    age_seconds: float | None
    stale: bool
    error: str | None


class StatusCluster(StatusSeen, frozen=True, kw_only=True):
    """`state`: quorate, no-quorum, unknown, and while polls fail unreachable, token-refused (also
    one that may not see any guest) or untrusted (its certificate).

    `nodes` and `guests` count what was seen; None for a cluster that never was. `endpoints` says
    which endpoints give no answer and why; None while all do, and where they were not looked at.
    """

    name: str
    site: str
    version: str | None
    nodes: int | None
    guests: int | None
    endpoints: str | None = None


class StatusNode(StatusSeen, frozen=True, kw_only=True):
    """`state`: online, offline, unknown. Loads in percent, None when not known.

    `ha_state` is HA's own word (online, maintenance, unknown, fence, gone), None without HA.
    """

    cluster: str
    name: str
    cpu_percent: int | None
    memory_percent: int | None
    ha_state: str | None = None


class StatusTenant(StatusSeen, frozen=True, kw_only=True):
    """`state`: available, out, unknown, empty (no instance).

    `out_since`, `cause` (connectivity, instances, claimed) and `incident` are of the outage that
    lasts; `cases` the suspensions that are not over; `budget_left_seconds` what the month still
    tolerates without a credit, None without figures.
    """

    id: str
    name: str
    instances: int
    up: int
    unknown: int
    out_since: datetime | None = None
    cause: str = ""
    incident: int | None = None
    cases: tuple[str, ...] = ()
    budget_left_seconds: float | None = None
    why: str = ""


class StatusAlert(StatusSeen, frozen=True, kw_only=True):
    """An open alert; `state` is its severity."""

    fingerprint: str
    text: str


class StatusOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension order that waits for its time; `seconds_left` until then, by `nocd`'s clock.

    A secret one stands here only for who may see it, and while `nocd` answers.
    """

    case: str
    tenant: str
    starts_at: datetime
    seconds_left: float
    secret: bool


class StatusDaemon(msgspec.Struct, frozen=True, kw_only=True):
    """`nocd` itself: whether it answers, and when it last said that it lives."""

    running: bool
    heartbeat_at: datetime | None


class StatusDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The whole. `now` is `nocd`'s own clock, by which ages are measured."""

    now: datetime
    nocd: StatusDaemon
    fresh: bool
    clusters: list[StatusCluster]
    nodes: list[StatusNode]
    tenants: list[StatusTenant]
    alerts: list[StatusAlert]
    orders: list[StatusOrder] = []


class StatusSight:
    """Turns sources into the common part of every entry."""

    def __init__(self, sources: Sequence[Source], now: datetime) -> None:
        self._sources = sources
        self._now = now
        # What is seen through no cluster is the file's own, which is as of now.
        self._file = replace(of_cluster((), "", ""), seen_at=now, due_seconds=1)

    def cluster(self, name: str) -> dict[str, object]:
        """Return what is said of anything seen through that cluster."""
        return self._common([of_cluster(self._sources, name, FAST)])

    def clusters(self, names: Iterable[str]) -> dict[str, object]:
        """The same for what is seen through several clusters: the oldest speaks."""
        found = [of_cluster(self._sources, name, FAST) for name in sorted(names)]
        return self._common(found or [self._file])

    def failure(self, cluster: str) -> str | None:
        """Return the state of a cluster whose last poll brought nothing; None for one whose last
        poll did.
        """
        source = of_cluster(self._sources, cluster, FAST)
        refusals = {"token": "token-refused", "certificate": "untrusted"}
        return None if source.error is None else refusals.get(source.refusal, "unreachable")

    def lost_endpoints(self, cluster: str) -> str | None:
        """Return which endpoints of a cluster give no answer, in words; None where none is known
        to.
        """
        return of_cluster(self._sources, cluster, ENDPOINTS).error

    def fresh(self, clusters: Iterable[str]) -> bool:
        """Return whether nothing that was configured is stale."""
        return not any(
            is_stale(of_cluster(self._sources, name, FAST), self._now) for name in clusters
        )

    def _common(self, sources: Sequence[Source]) -> dict[str, object]:
        oldest = min(sources, key=lambda s: (s.seen_at is not None, s.seen_at or self._now))
        age = age_seconds(oldest, self._now)
        return {
            "observed_at": oldest.seen_at,
            "age_seconds": None if age is None else round(age, 3),
            "stale": any(is_stale(source, self._now) for source in sources),
            "error": next((s.error for s in sources if s.error is not None), None),
        }


async def document(
    db: Readable,
    config: Configuration,
    terms: TermsBook,
    now: datetime,
    running: bool,
    secret: Iterable[NextOrder] = (),
) -> StatusDocument:
    """The state as the database has it; `running` says whether `nocd` answers, `secret` are the
    orders that it tells this account besides.
    """
    sight = StatusSight(await inventory.SOURCES.read(db), now)
    guests = await GUESTS.read(db)
    nodes = await inventory.NODES.read(db)
    beat = await settings.read_heartbeat(db)
    holds = await read_tenants_now(db, now, terms)
    out = {name for name, one in holds.items() if one.is_out}
    return StatusDocument(
        now=now,
        nocd=StatusDaemon(running=running, heartbeat_at=None if beat is None else beat.at),
        fresh=running and sight.fresh(cluster.name for cluster in config.clusters),
        clusters=_clusters(config, await inventory.CLUSTERS.read(db), nodes, guests, sight),
        nodes=[_node(node, sight) for node in nodes],
        tenants=[
            _tenant(one, holds.get(one.tenant.id, NOTHING_KNOWN), now, sight)
            for one in await _summaries(db, guests, terms, now, out)
        ],
        alerts=await _alerts(db, now, sight),
        orders=[
            StatusOrder(
                case=one.case,
                tenant=one.tenant,
                starts_at=one.starts_at,
                seconds_left=round((one.starts_at - now).total_seconds(), 3),
                secret=one.secret,
            )
            for one in list_next_orders(await suspension.scheduled_cases(db), secret)
        ],
    )


async def _alerts(db: Readable, now: datetime, sight: StatusSight) -> list[StatusAlert]:
    """The open alerts and what the rows alone say is wrong, the worst first, then the oldest.

    Of the latter no alert is open before it is confirmed, nor while `nocd` is down.
    """
    stored = await oncall.open_alerts(db)
    known = {alert.fingerprint for alert in stored}
    violations = find_violations(await read_alert_inputs(db, now))
    fresh = [one for one in violations if one.fingerprint not in known]
    found = [
        *(_alert(one.fingerprint, one, Ref.parse(one.scope), sight) for one in stored),
        *(_alert(one.fingerprint, one, one.scope, sight) for one in fresh),
    ]
    return sorted(found, key=lambda alert: rank(alert.state))


def _alert(
    fingerprint: str, alert: oncall.Alert | Violation, scope: Ref, sight: StatusSight
) -> StatusAlert:
    """Return what is wrong, as old as what it was seen through."""
    seen = sight.cluster(scope.name) if scope.kind == "cluster" else sight.clusters(())
    return StatusAlert(
        fingerprint=fingerprint,
        text=text_of(alert.rule, alert.words),
        state=alert.severity,
        **seen,  # type: ignore[arg-type]  # the common fields
    )


def _clusters(
    config: Configuration,
    rows: Sequence[inventory.Cluster],
    nodes: Sequence[inventory.Node],
    guests: Sequence[Guest],
    sight: StatusSight,
) -> list[StatusCluster]:
    """Return every configured cluster, one that was never seen too."""
    known = {row.name: row for row in rows}
    return [
        StatusCluster(
            name=cluster.name,
            site=cluster.site,
            state=sight.failure(cluster.name) or _quorum(known.get(cluster.name)),
            version=known[cluster.name].version if cluster.name in known else None,
            nodes=_count(nodes, cluster.name) if cluster.name in known else None,
            guests=_count(guests, cluster.name) if cluster.name in known else None,
            endpoints=sight.lost_endpoints(cluster.name),
            **sight.cluster(cluster.name),  # type: ignore[arg-type]  # the common fields
        )
        for cluster in config.clusters
    ]


def _count(rows: Sequence[inventory.Node] | Sequence[Guest], cluster: str) -> int:
    return sum(row.cluster == cluster for row in rows)


def _quorum(row: inventory.Cluster | None) -> str:
    if row is None or row.quorate is None:
        return "unknown"
    return "quorate" if row.quorate else "no-quorum"


def _node(row: inventory.Node, sight: StatusSight) -> StatusNode:
    return StatusNode(
        cluster=row.cluster,
        name=row.name,
        state=row.status,
        cpu_percent=row.cpu_percent,
        memory_percent=row.memory_percent,
        ha_state=row.ha_state,
        **sight.cluster(row.cluster),  # type: ignore[arg-type]  # the common fields
    )


def _tenant(found: Summary, seen: TenantNow, now: datetime, sight: StatusSight) -> StatusTenant:
    outage, budget = seen.outage, seen.budget
    return StatusTenant(
        id=found.tenant.id,
        name=found.tenant.name,
        state=found.state,
        instances=found.instances,
        up=found.up,
        unknown=found.unknown,
        out_since=None if outage is None else instant(outage.start),
        cause="" if outage is None else outage.cause,
        incident=None if seen.incident is None else seen.incident.id,
        cases=tuple(case.id for case in seen.cases),
        budget_left_seconds=None if budget is None else budget.left / SECOND,
        why=word_reason(seen, now),
        **sight.clusters(found.clusters),  # type: ignore[arg-type]  # the common fields
    )


async def _summaries(
    db: Readable, guests: Sequence[Guest], terms: TermsBook, now: datetime, out: Collection[str]
) -> list[Summary]:
    quotas = {quota.tenant: quota for quota in await register.QUOTAS.read(db)}
    tenants, today = await register.TENANTS.read(db), paris_day(micros(now))
    places = await read_credit_order(db, micros(now), terms)
    # Nearest to a credit first; without figures by their ids, as they are read.
    nearest = sorted(tenants, key=lambda tenant: places.get(tenant.id, len(places)))
    return by_tenant(nearest, quotas, guests, terms, today, out)
