"""Reading what the alert rules look at, in one snapshot; the heavy counts once a minute."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from noc_tui.cluster.slow import SlowSnapshot
from noc_tui.config import Configuration
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import PARIS, Month, micros, paris_day
from noc_tui.contract.life import Ending
from noc_tui.contract.location import second_site
from noc_tui.daemon.availability.rounds import observer_of
from noc_tui.daemon.context import Context
from noc_tui.daemon.doctor.examining import examine
from noc_tui.daemon.doctor.finding import Expiry, Finding
from noc_tui.daemon.retiring import REGISTER
from noc_tui.daemon.suspension import store
from noc_tui.i18n import _
from noc_tui.oncall.view import View
from noc_tui.summary.contracts import ContractState, contract_state
from noc_tui.threads import in_thread
from storage import (
    incidents,
    inventory,
    ledger,
    months,
    outages,
    outbox,
    register,
    summaries,
    suspension,
)
from storage.connection import Readable
from storage.verdict import Verdict
from storage.verify import verify

SLOW_SECONDS = 60.0
VERIFY_SECONDS = 6 * 3600.0
EXAMINE_SECONDS = 3600.0
PERCENT = 100


@dataclass(slots=True)
class Survey:
    """Makes views; keeps what is costly to find for a while."""

    context: Context
    _counted_at: float | None = None
    _backups: list[summaries.TenantBackups] = field(default_factory=list)
    _uses: list[summaries.TenantUse] = field(default_factory=list)
    _tenants: dict[str, register.Tenant] = field(default_factory=dict)
    _dues: dict[str, datetime] = field(default_factory=dict)
    _endings: dict[str, Ending] = field(default_factory=dict)
    _unkept: set[str] = field(default_factory=set)
    _unwatchable: set[str] = field(default_factory=set)
    _verdict: Verdict = Verdict.INTACT
    _examined: list[Finding] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _expiries: dict[tuple[str, str], tuple[str, Expiry]] = field(default_factory=dict)

    async def view(self) -> View:
        """Everything as it is now."""
        now = self.context.clock.now()
        async with self.context.writer.snapshot() as db:
            await self._count(db, now)
            return await self._view(db, now)

    async def verify(self) -> None:
        """Walk the chain now and then, by itself and on a thread: it takes long."""
        path = self.context.config.database.path
        while True:
            self._verdict = (await in_thread(verify, path)).verdict
            await self.context.clock.sleep(VERIFY_SECONDS)

    async def examine(self) -> None:
        """Each hour, by itself: it waits for clusters and backup servers."""
        context = self.context
        while True:
            await context.clock.sleep(EXAMINE_SECONDS)
            found = await examine(context.config, context.secrets, context.clock)
            # A date that was not seen this time is as it was; one that was seen has its own rules.
            for one in found:
                if one.expiry is not None:
                    self._expiries[one.expiry.rule, one.expiry.name] = (one.topic, one.expiry)
            self._take([one for one in found if one.expiry is None])

    def _take(self, found: list[Finding]) -> None:
        """What was found wrong stands, where nothing could be seen this time."""
        unreached = {one.topic for one in found if _seen_otherwise(one, self.context)}
        self._seen = {one.topic for one in found} - unreached
        self._examined = [one for one in found if one.topic in self._seen]

    async def _count(self, db: Readable, now: datetime) -> None:
        ran = self.context.clock.monotonic()
        if self._counted_at is not None and ran - self._counted_at < SLOW_SECONDS:
            return
        self._counted_at = ran
        self._backups = await summaries.tenant_backups(db)
        self._uses = await summaries.tenant_uses(db)
        self._tenants = {tenant.id: tenant for tenant in await register.TENANTS.read(db)}
        today, life = paris_day(micros(now)), self.context.terms.life
        contracts = {
            name: contract_state(tenant, today, life) for name, tenant in self._tenants.items()
        }
        self._dues = _notices(contracts)
        self._endings = _endings(contracts, today)
        self._unkept = set(_unkept(self.context.config, self._tenants.values()))
        self._unwatchable = await _unwatchable(db, self.context.config)

    async def _view(self, db: Readable, now: datetime) -> View:
        context = self.context
        month = str(Month.of(micros(now)))
        cases = await suspension.open_cases(db)
        config = context.config
        return View(
            now=now,
            sources=await inventory.SOURCES.read(db),
            clusters=await inventory.CLUSTERS.read(db),
            nodes=await inventory.NODES.read(db),
            storages=await inventory.STORAGES.read(db),
            tenants=self._tenants,
            outages=await outages.outages(db, micros(now) - 1, micros(now)),
            silenced=frozenset(
                tenant
                for window in await outages.windows_at(db, micros(now))
                for tenant in window.tenants
            ),
            unmeasured=frozenset(await outages.unmeasured_now(db)),
            incidents={one.subject: one.id for one in await incidents.live(db) if one.subject},
            figures=await months.figures(db, month),
            commitment=Commitment.of(context.terms.availability),
            backups=self._backups,
            uses=self._uses,
            quotas={quota.tenant: quota for quota in await register.QUOTAS.read(db)},
            warn_percent=context.terms.quotas.warn_percent,
            suspensions=cases,
            drifting=await _drifting(db),
            claims=await months.claims(db),
            notices=self._dues,
            endings=self._endings,
            countries={site.name: site.country for site in config.sites},
            sites={
                **{cluster.name: cluster.site for cluster in config.clusters},
                **{server.name: server.site for server in config.backup_servers},
            },
            mails=await outbox.refused(db),
            services=[
                (name, row.sid or row.id, row.crm_state or row.state or "")
                for name, slow in context.estate.slow.items()
                for row in slow.ha_status or ()
                if row.type == "service"
            ],
            replication=list(_failing(context)),
            unreplicated=list(_unreplicated(context)),
            unwatched=[
                name for name in context.gateways if not _watched(context.estate.slow.get(name))
            ],
            examined=[(one.topic, one.key, one.level, one.text) for one in self._examined],
            unexamined=[name for name in _topics(context) if name not in self._seen],
            expiring=[
                (topic, one.rule, one.name, one.at, one.days)
                for topic, one in self._expiries.values()
                if one.at is not None and one.days is not None
            ],
            expiry_days=(config.oncall.expiry_warning_days, config.oncall.expiry_critical_days),
            disk_percent=_disk(context),
            verdict=self._verdict,
            configured=frozenset(_configured(context)),
            unkept=frozenset(self._unkept),
            unwatchable=frozenset(self._unwatchable),
        )


def _failing(context: Context) -> Iterator[tuple[str, str, str, str]]:
    """The replication jobs whose last run failed."""
    for name, slow in context.estate.slow.items():
        for run in slow.runs:
            if run.fail_count > 0:
                said = run.error or _("{count} runs failed").format(count=run.fail_count)
                yield f"{name}/{run.id}", str(run.guest or run.id), run.target or "", said


def _unreplicated(context: Context) -> Iterator[str]:
    """The jobs, or whole clusters, of which nothing is known now."""
    for name in context.gateways:
        slow = context.estate.slow.get(name)
        if slow is None or slow.replication is None:
            yield name
            continue
        told = {run.id for run in slow.runs}
        for job in slow.replication:
            if job.id not in told and not job.disable:
                yield f"{name}/{job.id}"


def _watched(slow: SlowSnapshot | None) -> bool:
    """Whether it is known how a cluster's HA is."""
    return slow is not None and slow.ha_status is not None


def _topics(context: Context) -> Iterator[str]:
    """What an examination looks at."""
    yield from (cluster.name for cluster in context.config.clusters)
    yield from (server.name for server in context.config.backup_servers)
    yield _("probes")


def _configured(context: Context) -> Iterator[str]:
    """The names that an alert may be about."""
    yield from _topics(context)
    if context.config.register is not None:
        yield REGISTER


def _unkept(config: Configuration, tenants: Iterable[register.Tenant]) -> Iterator[str]:
    """The tenants whose guests no configured backup server keeps."""
    sites = {cluster.name: cluster.site for cluster in config.clusters}
    for tenant in tenants:
        clusters = {pool.partition("/")[0] for pool in tenant.pools} & sites.keys()
        if not any(
            second_site(sites[name], server.site)
            and (not server.clusters or name in server.clusters)
            for name in clusters
            for server in config.backup_servers
        ):
            yield tenant.id


async def _unwatchable(db: Readable, config: Configuration) -> set[str]:
    """The tenants all of whose instances stand on clusters that are no longer configured."""
    watched = {observer_of(cluster.name) for cluster in config.clusters}
    observers = {one.name for one in await ledger.OBSERVERS.read(db)}
    lost = {name for name in observers - watched if name.startswith(observer_of(""))}
    if not lost:
        return set()
    placed = await ledger.current_placements(db)
    left = {one.tenant for one in placed if one.observer in lost}
    return left - {one.tenant for one in placed if one.observer not in lost}


def _seen_otherwise(finding: Finding, context: Context) -> bool:
    """What cannot be reached is an alert of its source already."""
    return (
        finding.level == "bad"
        and finding.topic
        in {
            *context.gateways,
            *(server.name for server in context.config.backup_servers),
        }
        and finding.key.endswith((".endpoints", ".url"))
    )


async def _drifting(db: Readable) -> list[tuple[str, str, str, int]]:
    """Case, tenant, cluster and number of each guest that is not as ordered, or cannot be."""
    cases = await store.running(db)
    tenants = {case.id: case.tenant for case in cases}
    found = {(case.id, row.guest.cluster, row.guest.vmid) for case in cases for row in case.drift}
    found |= {(row.suspension, row.cluster, row.vmid) for row in await suspension.failed(db)}
    return [(case, tenants[case], cluster, vmid) for case, cluster, vmid in sorted(found)]


def _notices(contracts: Mapping[str, ContractState]) -> dict[str, datetime]:
    """The tenants whose contract is in its warning months, and by when notice must leave."""
    return {
        tenant: datetime.combine(state.life.deadlines.notice_by, time(23, 59), PARIS)
        for tenant, state in contracts.items()
        if state.life is not None and state.warned
    }


def _endings(contracts: Mapping[str, ContractState], today: date) -> dict[str, Ending]:
    """The tenants whose contract is over and whose guests may not be deleted yet (R28)."""
    return {
        tenant: state.ending
        for tenant, state in contracts.items()
        if state.ends is not None
        and state.ends < today
        and state.ending is not None
        and not state.ending.may_delete
    }


def _disk(context: Context) -> int | None:
    try:
        usage = shutil.disk_usage(context.config.database.path.parent)
    except OSError:
        return None
    return usage.used * PERCENT // usage.total if usage.total else None
