"""Groups problems by cause: a lost node explains its guests, its HA actions and its tenants. Pure.

The overview and triage list causes; what follows from one stands under it, with the tenants hit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from noc_tui.problems import UNSEEN_GUESTS, Problem
from noc_tui.views.tenant_now import NOTHING_KNOWN, TenantNow
from storage.guests import Guest
from storage.oncall import Alert

RUNNING = "running"
SOONER = timedelta(minutes=2)
"""What a loss leads to may be seen so much sooner: polls and probes do not look at one instant."""
_OF_THE_NODE = frozenset({"zfs", "disk", "zone", "storage"})
"""Kinds of subject that stand on one node: `zone:rennes/pve3/public`."""
_OF_THE_QUORUM = frozenset({"ha", "ha-recovery", "ha-manager", "ceph", "sdn-zone", "replication"})
"""Rules that a cluster without quorum breaks, whatever they are about in it."""


class PlacedGuest(msgspec.Struct, frozen=True):
    """A guest that was where something was lost, whose it was, and what it is now (None: gone)."""

    tenant: str
    cluster: str
    vmid: int
    guest: Guest | None

    @property
    def runs(self) -> bool:
        """Whether it is known to run again, wherever."""
        return self.guest is not None and self.guest.status == RUNNING


class Loss(msgspec.Struct, frozen=True):
    """A node, or a cluster's quorum, that is lost since then, and the guests that were there.

    `subject` is as of the problem: `node:rennes/pve3`, `cluster:rennes`.
    """

    subject: str
    since: datetime
    placed: tuple[PlacedGuest, ...]

    @property
    def cluster(self) -> str:
        """The cluster that it is, or belongs to."""
        return self.subject.partition(":")[2].partition("/")[0]


class GuestsHit(msgspec.Struct, frozen=True):
    """What became of the guests that were there: running again, being restarted by HA, neither."""

    there: int
    running: int
    restarting: int
    without_ha: int


class TenantHit(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant that a cause hits: of `there` guests `down` still do not run."""

    tenant: str
    name: str
    there: int
    down: int
    now: TenantNow = NOTHING_KNOWN

    @property
    def is_out(self) -> bool:
        """Whether it is out by this cause: one that has all of its guests back is so by another."""
        return self.now.is_out and self.down > 0

    @property
    def rank(self) -> tuple[bool, bool, str]:
        """Who is out first, then who has guests down."""
        return not self.is_out, not self.down, self.tenant


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A problem that no other explains, with what it explains and whom it hits."""

    problem: Problem
    since: datetime | None = None
    guests: GuestsHit | None = None
    tenants: tuple[TenantHit, ...] = ()
    explained: tuple[Problem, ...] = ()
    alert: Alert | None = None


def group_causes(
    problems: Iterable[Problem],
    losses: Iterable[Loss],
    alerts: Iterable[Alert],
    names: Mapping[str, str],
    tenants: Mapping[str, TenantNow],
) -> list[Cause]:
    """Return the causes, the worst first; each problem stands once, in its cause or as one.

    `names` and `tenants` are by tenant. A loss explains what is said of its guests, of their
    tenants' outages, and, without quorum, of the cluster's nodes.
    """
    ordered = sorted(problems, key=lambda one: one.rank)
    lost = {one.subject: one for one in losses}
    by_key = {one.fingerprint: one for one in alerts}
    left = list(ordered)
    found: list[Cause] = []
    for problem in sorted(ordered, key=_breadth):
        if problem not in left:
            continue
        loss = lost.get(str(problem.subject)) if problem.rule in {"node", "quorum"} else None
        explained: tuple[Problem, ...] = ()
        left.remove(problem)
        if loss is not None:
            explained = tuple(one for one in left if _explains(loss, one))
            left = [one for one in left if one not in explained]
        alert = by_key.get(problem.key)
        found.append(_cause(problem, loss, explained, alert, names, tenants))
    place = {one.key: number for number, one in enumerate(ordered)}
    return sorted(found, key=lambda cause: _order(cause, place))


def _breadth(problem: Problem) -> int:
    """Quorum explains nodes, a node explains the rest."""
    return {"quorum": 0, "node": 1}.get(problem.rule, 2)


def _order(cause: Cause, place: Mapping[str, int]) -> tuple[bool, int]:
    """A cause with a tenant out before all others, then as the problems are ordered."""
    out = cause.problem.rule == "outage" or any(hit.is_out for hit in cause.tenants)
    return not out, place[cause.problem.key]


def _explains(loss: Loss, problem: Problem) -> bool:
    """By time and by place: what was so before does not follow, nor what is elsewhere."""
    if problem.since is not None and problem.since < loss.since - SOONER:
        return False
    subject, cluster = problem.subject, loss.cluster
    if subject.kind == UNSEEN_GUESTS:
        return subject.first == cluster
    if loss.subject.startswith("cluster:") and subject.first == cluster:
        if problem.rule == "node" or problem.rule in _OF_THE_QUORUM:
            return True
    elif (
        subject.kind in _OF_THE_NODE
        and len(subject.parts) > 2
        and loss.subject == f"node:{'/'.join(subject.parts[:2])}"
    ):
        return True
    if subject.kind == "tenant" and problem.rule in {"outage", "tipping"}:
        return any(one.tenant == subject.first and not one.runs for one in loss.placed)
    if subject.guest is not None:
        return any((one.cluster, one.vmid) == subject.guest for one in loss.placed)
    return False


def _cause(
    problem: Problem,
    loss: Loss | None,
    explained: tuple[Problem, ...],
    alert: Alert | None,
    names: Mapping[str, str],
    tenants: Mapping[str, TenantNow],
) -> Cause:
    placed = () if loss is None else loss.placed
    return Cause(
        problem=problem,
        since=_since(problem, loss, alert, tenants),
        guests=_guests_hit(placed) if placed else None,
        tenants=_tenants_hit(placed, names, tenants),
        explained=explained,
        alert=alert,
    )


def _since(
    problem: Problem, loss: Loss | None, alert: Alert | None, tenants: Mapping[str, TenantNow]
) -> datetime | None:
    """Since when the thing is so; when its alert was raised, only where nothing else is known."""
    if loss is not None:
        return loss.since
    if problem.rule == "outage":
        outage = tenants.get(problem.subject.first, NOTHING_KNOWN)
        if outage.out_since is not None:
            return outage.out_since
    return problem.since or (None if alert is None else alert.since)


def _guests_hit(placed: Sequence[PlacedGuest]) -> GuestsHit:
    down = [one for one in placed if not one.runs]
    restarting = sum(one.guest is not None and one.guest.ha_state is not None for one in down)
    return GuestsHit(
        there=len(placed),
        running=len(placed) - len(down),
        restarting=restarting,
        without_ha=len(down) - restarting,
    )


def _tenants_hit(
    placed: Sequence[PlacedGuest], names: Mapping[str, str], tenants: Mapping[str, TenantNow]
) -> tuple[TenantHit, ...]:
    hits = [
        TenantHit(
            tenant=tenant,
            name=names.get(tenant, tenant),
            there=sum(one.tenant == tenant for one in placed),
            down=sum(one.tenant == tenant and not one.runs for one in placed),
            now=tenants.get(tenant, NOTHING_KNOWN),
        )
        for tenant in {one.tenant for one in placed}
    ]
    return tuple(sorted(hits, key=lambda hit: hit.rank))
