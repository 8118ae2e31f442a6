"""What stored rows say is wrong: pure findings, each with its fingerprint."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from noc_tui.contract import location
from noc_tui.contract.availability import Commitment
from noc_tui.contract.life import Ending
from noc_tui.oncall.rules import RULES
from noc_tui.summary.age import is_stale
from storage.inventory import Cluster, Node, Source, Storage
from storage.months import CreditRow, MonthFigure
from storage.outages import Outage
from storage.outbox import Message
from storage.register import Tenant, TenantQuota
from storage.summaries import TenantBackups, TenantUse
from storage.suspension import Suspension

FAST = "fast"
FULL_PERCENT = 90
BRIM_PERCENT = 97
TIPPING_PERCENT = 75
STUCK_DUES = 3
EXAMINED = "doctor"
"""Begins the scope of what the examination alone sees."""
WARN_DAY, LAST_DAY = 12, 15


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, as one look sees it. `seen` tells looks of the same observation apart."""

    rule: str
    subject: str
    scope: str
    words: tuple[str, ...]
    seen: int = 0
    tenant: str = ""
    severity: str = ""
    deadline: datetime | None = None
    since: datetime | None = None
    incident: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same trouble of the same thing."""
        return f"{self.rule}:{self.subject}"

    @property
    def level(self) -> str:
        """Its own severity, else its rule's."""
        return self.severity or RULES[self.rule].severity


@dataclass(frozen=True, slots=True)
class View:
    """The rows that the rules look at.

    `services` are (cluster, service, state) of HA; `replication` (cluster/job, guest, target,
    error) of jobs that fail, `unreplicated` the jobs or clusters whose replication is unknown;
    `unwatched` the clusters whose HA is unknown; `examined` (topic, key, level, text) of the last
    examination, `unexamined` the topics that it could not look at; `expiring` (topic, rule, name,
    end, days left) of certificates and tokens; `expiry_days` how few days warn, and how few alarm;
    `unmeasured` the tenants of whom nobody knows whether they are out; `incidents` the open ones
    by what they are about.
    """

    now: datetime
    sources: Sequence[Source] = ()
    clusters: Sequence[Cluster] = ()
    nodes: Sequence[Node] = ()
    storages: Sequence[Storage] = ()
    tenants: Mapping[str, Tenant] = field(default_factory=dict)
    outages: Sequence[Outage] = ()
    silenced: frozenset[str] = frozenset()
    unmeasured: frozenset[str] = frozenset()
    incidents: Mapping[str, int] = field(default_factory=dict)
    figures: Sequence[MonthFigure] = ()
    commitment: Commitment | None = None
    backups: Sequence[TenantBackups] = ()
    uses: Sequence[TenantUse] = ()
    quotas: Mapping[str, TenantQuota] = field(default_factory=dict)
    warn_percent: int = 90
    suspensions: Sequence[Suspension] = ()
    drifting: Sequence[tuple[str, str, str, int]] = ()
    claims: Sequence[CreditRow] = ()
    notices: Mapping[str, datetime] = field(default_factory=dict)
    endings: Mapping[str, Ending] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    mails: Sequence[Message] = ()
    services: Sequence[tuple[str, str, str]] = ()
    replication: Sequence[tuple[str, str, str, str]] = ()
    unreplicated: Sequence[str] = ()
    unwatched: Sequence[str] = ()
    examined: Sequence[tuple[str, str, str, str]] = ()
    unexamined: Sequence[str] = ()
    expiring: Sequence[tuple[str, str, str, datetime, int]] = ()
    expiry_days: tuple[int, int] = (30, 7)
    disk_percent: int | None = None
    verdict: str = "intact"


def findings(view: View) -> list[Finding]:
    """Everything that is wrong, but outages of tenants whose maintenance was planned for now."""
    return [
        replace(finding, incident=finding.incident or _incident(view, finding))
        for finding in _all(view)
        if finding.rule != "outage" or finding.tenant not in view.silenced
    ]


def _incident(view: View, finding: Finding) -> int | None:
    """The incident that is open about the same thing."""
    about = finding.subject
    if finding.rule == "quorum":
        about = about.replace("cluster:", "quorum:", 1)
    return view.incidents.get(about)


def _all(view: View) -> list[Finding]:
    return [
        *_sources(view),
        *_clusters(view),
        *_storages(view.storages, _seen(view)),
        *_availability(view),
        *_backups(view),
        *_quotas(view),
        *_suspensions(view),
        *_papers(view),
        *_machine(view),
    ]


def blind(view: View) -> frozenset[str]:
    """Scopes, subjects and fingerprints of which nothing is known now.

    What was wrong there still is, as far as anybody can tell.
    """
    return frozenset(
        [
            *(
                f"cluster:{source.cluster}"
                for source in view.sources
                if source.name == FAST and (source.error is not None or is_stale(source, view.now))
            ),
            *(f"cluster:{one.name}" for one in view.clusters if one.quorate is None),
            *(f"node:{one.cluster}/{one.name}" for one in view.nodes if one.status == "unknown"),
            *(f"storage:{_place(one)}" for one in view.storages if one.status != "available"),
            *(f"backup:tenant:{one.tenant}" for one in view.backups if one.state == "unknown"),
            *(f"quota:tenant:{one.tenant}" for one in view.uses if _unmeasured(one)),
            *(f"outage:tenant:{name}" for name in view.silenced | view.unmeasured),
            *(["disk:machine:disk"] if view.disk_percent is None else []),
            *(f"replication:{name}" for name in view.unreplicated),
            *(f"ha:{name}" for name in view.unwatched),
            *(f"{EXAMINED}:{name}" for name in view.unexamined),
        ]
    )


def observed(view: View) -> dict[str, int]:
    """When each scope was last seen, so that one observation counts once."""
    return {f"cluster:{name}": at for name, at in _seen(view).items()}


def _place(storage: Storage) -> str:
    return "/".join(part for part in (storage.cluster, storage.node, storage.name) if part)


def _unmeasured(use: TenantUse) -> bool:
    return None in (use.vcpus, use.memory, use.disk)


def _seen(view: View) -> dict[str, int]:
    """When each cluster was last seen: one observation is counted once."""
    return {
        source.cluster: int(source.seen_at.timestamp() * 1_000_000)
        for source in view.sources
        if source.name == FAST and source.seen_at is not None
    }


def _sources(view: View) -> Iterator[Finding]:
    for source in view.sources:
        subject, name = f"source:{source.cluster}/{source.name}", source.cluster or source.name
        severity = "" if source.name == FAST else "warning"
        if source.error is not None:
            tried = int(source.tried_at.timestamp() * 1_000_000) if source.tried_at else 0
            words = (f"name={name}", f"error={source.error}")
            since = source.failing_since
            yield Finding("source", subject, "nocd", words, tried, severity=severity, since=since)
        elif _stuck(view.now, source):
            # Each minute in which nobody tries is an observation.
            minute, told = int(view.now.timestamp()) // 60, (f"name={name}",)
            since = source.seen_at
            yield Finding("stuck", subject, "nocd", told, minute, severity=severity, since=since)


def _stuck(now: datetime, source: Source) -> bool:
    """Not seen for several times as long as its data may be old."""
    if source.seen_at is None:
        return False
    return now - source.seen_at > STUCK_DUES * timedelta(seconds=source.due_seconds)


def _clusters(view: View) -> Iterator[Finding]:
    seen = _seen(view)
    for cluster in view.clusters:
        if cluster.quorate is False:
            scope, at = f"cluster:{cluster.name}", seen.get(cluster.name, 0)
            yield Finding("quorum", scope, scope, (f"name={cluster.name}",), at)
    for node in view.nodes:
        if node.status == "offline":
            name = f"{node.cluster}/{node.name}"
            scope, at = f"cluster:{node.cluster}", seen.get(node.cluster, 0)
            yield Finding("node", f"node:{name}", scope, (f"name={name}",), at)


def _storages(storages: Iterable[Storage], seen: Mapping[str, int]) -> Iterator[Finding]:
    for storage in storages:
        name = _place(storage)
        subject, scope = f"storage:{name}", f"cluster:{storage.cluster}"
        at = seen.get(storage.cluster, 0)
        if storage.missing_on:
            nodes = ", ".join(storage.missing_on)
            yield Finding("storage-missing", subject, scope, (f"name={name}", f"nodes={nodes}"), at)
        if storage.used is None or not storage.total:
            continue
        percent = storage.used * 100 // storage.total
        if percent >= FULL_PERCENT:
            severity = "critical" if percent >= BRIM_PERCENT else ""
            words = (f"name={name}", f"percent={percent}")
            yield Finding("storage-full", subject, scope, words, at, severity=severity)


def _availability(view: View) -> Iterator[Finding]:
    for outage in view.outages:
        if outage.end is not None:
            continue
        yield Finding(
            "outage",
            f"tenant:{outage.tenant}",
            "nocd",
            (f"name={_name(view, outage.tenant)}", f"cause={outage.cause}"),
            tenant=outage.tenant,
            incident=outage.incident,
        )
    for figure in view.figures:
        allowed = view.commitment.thresholds[0].tolerated(figure.base) if view.commitment else 0
        if allowed and figure.counted * 100 >= allowed * TIPPING_PERCENT:
            percent = figure.counted * 100 // allowed
            words = (f"name={_name(view, figure.tenant)}", f"percent={percent}")
            subject = f"tenant:{figure.tenant}/{figure.month}"
            yield Finding("tipping", subject, "nocd", words, tenant=figure.tenant)


def _backups(view: View) -> Iterator[Finding]:
    bad: dict[str, int] = {}
    for count in view.backups:
        if count.state in ("missing", "failed", "stale"):
            bad[count.tenant] = bad.get(count.tenant, 0) + count.number
    for tenant, number in bad.items():
        words = (f"name={_name(view, tenant)}", f"number={number}")
        yield Finding("backup", f"tenant:{tenant}", "backups", words, tenant=tenant)


def _quotas(view: View) -> Iterator[Finding]:
    for used in view.uses:
        quota = view.quotas.get(used.tenant)
        if quota is None:
            continue
        pairs = {
            "guests": (used.guests, quota.guests),
            "vcpus": (used.vcpus, quota.vcpus),
            "memory": (used.memory, quota.memory),
            "disk": (used.disk, quota.disk),
        }
        near = [
            f"{what} {value * 100 // allowed:.0f} %"
            for what, (value, allowed) in pairs.items()
            if value is not None and allowed and value * 100 >= allowed * view.warn_percent
        ]
        if near:
            words = (f"name={_name(view, used.tenant)}", f"what={', '.join(near)}")
            yield Finding("quota", f"tenant:{used.tenant}", "nocd", words, tenant=used.tenant)


def _suspensions(view: View) -> Iterator[Finding]:
    for case in view.suspensions:
        if case.rehearsal:
            continue
        subject, name = f"suspension:{case.id}", f"name={case.id}"
        if case.notice_owed:
            yield Finding("notice-owed", subject, "nocd", (name,), tenant=case.tenant)
        if case.review_due is not None:
            yield Finding(
                "review-owed",
                subject,
                "nocd",
                (name,),
                tenant=case.tenant,
                deadline=case.review_due,
            )
        yield from _days(view.now, case)
    for name, tenant, cluster, vmid in view.drifting:
        where = f"{cluster}/{vmid}"
        yield Finding(
            "suspension-drift",
            f"suspension:{name}/{where}",
            f"cluster:{cluster}",
            (f"name={name}", f"guest={where}"),
            tenant=tenant,
        )


def _days(now: datetime, case: Suspension) -> Iterator[Finding]:
    if case.started_at is None:
        return
    day = (now - case.started_at) // timedelta(days=1)
    if day >= WARN_DAY:
        yield Finding(
            "suspension-day",
            f"suspension:{case.id}",
            "nocd",
            (f"name={case.id}", f"day={day}"),
            tenant=case.tenant,
            severity="critical" if day >= LAST_DAY else "",
            deadline=case.deadline,
        )


def _papers(view: View) -> Iterator[Finding]:
    for claim in view.claims:
        words = (f"name={_name(view, claim.tenant)}", f"month={claim.month}")
        subject = f"tenant:{claim.tenant}/{claim.month}"
        yield Finding("credit-claim", subject, "nocd", words, tenant=claim.tenant)
    for tenant, day in view.notices.items():
        words = (f"name={_name(view, tenant)}", f"day={day.date().isoformat()}")
        yield Finding(
            "contract-notice", f"tenant:{tenant}", "nocd", words, tenant=tenant, deadline=day
        )
    for tenant, ending in view.endings.items():
        yield _closing(tenant, _name(view, tenant), ending)
    for name in location.abroad(view.countries, view.sites):
        yield Finding("abroad", f"site-of:{name}", "nocd", (f"name={name}",))
    for mail in view.mails:
        words = (f"name={mail.recipient}", f"error={mail.answer}")
        yield Finding("mail", f"mail:{mail.id}", "nocd", words)


def _closing(tenant: str, name: str, ending: Ending) -> Finding:
    """What a contract that is over still owes before anything may be deleted (R28)."""
    about, named = f"tenant:{tenant}", f"name={name}"
    if ending.copy_owed_until is None:
        return Finding("data-unconfirmed", about, "nocd", (named,), tenant=tenant)
    words = (named, f"day={ending.copy_owed_until.isoformat()}")
    return Finding("copy-owed", about, "nocd", words, tenant=tenant)


def _machine(view: View) -> Iterator[Finding]:
    for cluster, service, state in view.services:
        if state in ("error", "fence"):
            name = f"{cluster}/{service}"
            lost = (f"name={name}", f"state={state}")
            yield Finding("ha", f"ha:{name}", f"ha:{cluster}", lost)
    for job, guest, target, error in view.replication:
        told = (f"guest={guest}", f"target={target}", f"error={error}")
        scope = f"replication:{job.partition('/')[0]}"
        yield Finding("replication", f"replication:{job}", scope, told)
    for topic, key, level, text in view.examined:
        # A warning is how this installation is, and no news: doctor says it when asked.
        if level == "bad":
            said = (f"name={topic}", f"said={text}")
            # Figures in the text change from hour to hour, the trouble does not.
            subject = f"{topic}/{key}/{re.sub(r'[0-9]+', '#', text)}"
            yield Finding("doctor", subject, f"{EXAMINED}:{topic}", said)
    yield from _expiring(view)
    if view.disk_percent is not None and view.disk_percent >= FULL_PERCENT:
        severity = "critical" if view.disk_percent >= BRIM_PERCENT else ""
        full = (f"percent={view.disk_percent}",)
        yield Finding("disk", "machine:disk", "nocd", full, severity=severity)
    if view.verdict != "intact":
        yield Finding("chain", "evidence:chain", "nocd", (f"verdict={view.verdict}",))


def _expiring(view: View) -> Iterator[Finding]:
    warn, last = view.expiry_days
    for topic, rule, name, end, days in view.expiring:
        if days <= warn:
            severity = "critical" if days <= last else ""
            words = (f"name={name}", f"day={end.date().isoformat()}")
            subject = f"{rule}:{name}"
            scope = f"{EXAMINED}:{topic}"
            yield Finding(rule, subject, scope, words, severity=severity, deadline=end)


def _name(view: View, tenant: str) -> str:
    known = view.tenants.get(tenant)
    return known.name if known is not None else tenant
