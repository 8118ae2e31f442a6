"""The facts of a slow look at a cluster: HA, its rules, Ceph, replication. Pure.

A topic that could not be read leaves what was found before, and its look says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from noc_tui.cluster.ha_rules import HaRule
from noc_tui.cluster.ha_state import HaManager, HaState, read_ha_state, service_state
from noc_tui.cluster.node_questions import NodeFact
from noc_tui.cluster.slow import ReplicationState, SlowSnapshot
from storage.estate_facts import EstateFact, EstateLook

HA, RULES, CEPH, REPLICATION = "ha", "ha-rules", "ceph", "replication"
TOPICS: Mapping[str, tuple[str, ...]] = {
    HA: ("crm", "lrm", "fencing", "ha-service"),
    RULES: ("ha-rule",),
    CEPH: ("ceph",),
    REPLICATION: ("replication",),
}
"""The looks of a cluster, and the topics of the facts that each renews."""
_CALLS = {
    HA: "cluster/ha/status/current",
    CEPH: "cluster/ceph/status",
    REPLICATION: "cluster/replication",
}
OVERDUE: Final = timedelta(minutes=30)
"""How long after its due time a replication that did not run is late."""


def facts_of_slow(slow: SlowSnapshot) -> dict[str, list[EstateFact] | None]:
    """Return the facts by look; None of a look that brought nothing."""
    state = None if slow.ha_status is None else read_ha_state(slow.ha_status, slow.observed_at)
    return {
        HA: None if state is None else list(_ha(slow.cluster, state)),
        RULES: None if slow.ha_rules is None else list(_rules(slow.cluster, slow.ha_rules)),
        CEPH: None if slow.ceph is None and not slow.without_ceph else list(_ceph(slow)),
        REPLICATION: None if slow.replication is None else list(_replications(slow)),
    }


def looks_of_slow(slow: SlowSnapshot, before: Mapping[str, EstateLook]) -> list[EstateLook]:
    """Return when each look was made, and why one brought nothing."""
    why = {gap.call: gap.reason for gap in slow.gaps}
    return [
        look(
            before.get(name),
            EstateLook(slow.cluster, "", name, slow.observed_at, None),
            None if facts is not None else _reason(name, why),
        )
        for name, facts in facts_of_slow(slow).items()
    ]


def look(before: EstateLook | None, tried: EstateLook, error: str | None) -> EstateLook:
    """Return a look after a try; one that failed keeps when it last succeeded."""
    if error is None:
        return replace(tried, seen_at=tried.tried_at)
    return replace(tried, seen_at=None if before is None else before.seen_at, error=error)


def facts_of_node(
    cluster: str, node: str, topic: str, found: Sequence[NodeFact]
) -> list[EstateFact]:
    """Return a node's answer as facts."""
    return [
        EstateFact(
            cluster=cluster,
            node=node,
            topic=topic,
            name=one.name,
            state=one.state,
            said=one.said,
            number=one.number,
            at=one.at,
        )
        for one in found
    ]


def _reason(name: str, why: Mapping[str, str]) -> str:
    if name == RULES:
        found = (reason for call, reason in why.items() if call.startswith("cluster/ha/"))
        return next(found, "")
    return why.get(_CALLS[name], "")


def _ha(cluster: str, state: HaState) -> Iterator[EstateFact]:
    if state.master is not None:
        yield _manager(cluster, "crm", state.master)
    for manager in state.lrms.values():
        yield _manager(cluster, "lrm", manager)
    if state.armed:
        yield _fact(cluster, "fencing", "fencing", state.armed, said=state.resource_mode)
    for row in state.services:
        yield replace(
            _fact(cluster, "ha-service", row.sid or row.id, service_state(row)),
            node=row.node or "",
            said=row.request_state or "",
        )


def _manager(cluster: str, topic: str, manager: HaManager) -> EstateFact:
    """A heartbeat that is fresh is not kept: it would change with each look."""
    beat = None if manager.alive else manager.beat_at
    dead = "dead" if manager.alive is False and manager.mode else ""
    found = _fact(cluster, topic, manager.node, manager.state, said=dead)
    return replace(found, node=manager.node, at=beat)


def _fact(cluster: str, topic: str, name: str, state: str, *, said: str = "") -> EstateFact:
    """One of the whole cluster's."""
    return EstateFact(cluster=cluster, node="", topic=topic, name=name, state=state, said=said)


def _rules(cluster: str, rules: Sequence[HaRule]) -> Iterator[EstateFact]:
    for rule in rules:
        state = "invalid" if rule.wrong else "enabled" if rule.enabled else "disabled"
        yield _fact(cluster, "ha-rule", rule.name, state, said=rule.wrong or describe(rule))


def describe(rule: HaRule) -> str:
    """Return a rule in Proxmox's own words: kind, services, nodes by priority."""
    nodes = ",".join(
        f"{node}:{priority}" if priority else node for node, priority in sorted(rule.nodes.items())
    )
    kind = f"{rule.kind} strict" if rule.strict else f"{rule.kind} {rule.affinity}".strip()
    return " ".join(part for part in (kind, ",".join(rule.services), nodes) if part)


def _ceph(slow: SlowSnapshot) -> Iterator[EstateFact]:
    if slow.ceph is not None:
        checks = [f"{name}: {check.message}" for name, check in sorted(slow.ceph.checks.items())]
        yield _fact(slow.cluster, "ceph", "health", slow.ceph.status, said="; ".join(checks))


def _replications(slow: SlowSnapshot) -> Iterator[EstateFact]:
    runs = {run.id: run for run in slow.runs}
    for job in slow.replication or ():
        run = runs.get(job.id)
        last = run.last_sync if run is not None else None
        state = "disabled" if job.disable else _replication_state(run, slow.observed_at)
        said = run.error or "" if run is not None else ""
        yield replace(
            _fact(slow.cluster, "replication", job.id, state, said=said),
            number=None if run is None else run.fail_count,
            at=datetime.fromtimestamp(last, UTC) if last else None,
        )


def _replication_state(run: ReplicationState | None, now: datetime) -> str:
    if run is None:
        return "unknown"
    if run.fail_count:
        return "failing"
    return "late" if is_late(run, now) else "ok"


def is_late(run: ReplicationState, now: datetime) -> bool:
    """Return whether a run was due long ago and has not come, though none failed."""
    if not run.next_sync:
        return False
    return now - datetime.fromtimestamp(run.next_sync, UTC) > OVERDUE
