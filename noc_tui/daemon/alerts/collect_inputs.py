"""Reads the inputs of the alert rules in one snapshot."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from noc_tui.alerts.checks import guest, order_fell, restore_left
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.contract.calendar import Month, micros, paris_day
from noc_tui.daemon.alerts import slow_tier
from noc_tui.daemon.alerts.examination_results import ExaminationResults, topics
from noc_tui.daemon.alerts.tenant_counts import TenantCounts
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.evidence.record_watch import RecordWatch
from noc_tui.daemon.polling.decommission import REGISTER
from noc_tui.daemon.suspension import store
from noc_tui.queries.closed_months import ClosedMonths
from noc_tui.queries.debts import read_later_debts
from noc_tui.queries.legal import read_breach_duties, read_unannounced
from storage import (
    authority,
    cloud_edges,
    decisions,
    guest_counts,
    incidents,
    intents,
    inventory,
    months,
    outages,
    outbox,
    register,
    resources,
    suspension,
)
from storage.connection import Readable
from storage.database_backup import last_backup
from storage.datastores import DATASTORES
from storage.estate_facts import ESTATE_FACTS

PERCENT = 100


@dataclass(slots=True)
class InputCollector:
    """Reads the inputs of the alert rules, and caches the expensive ones for a while."""

    context: Context
    _counted: TenantCounts = field(init=False)
    _examined: ExaminationResults = field(init=False)
    _closed_months: ClosedMonths = field(default_factory=ClosedMonths)
    record: RecordWatch = field(init=False)

    def __post_init__(self) -> None:
        self.record = RecordWatch(self.context)
        self._counted = TenantCounts(self.context)
        self._examined = ExaminationResults(self.context)

    async def collect(self) -> AlertInputs:
        """Return all inputs as they are now."""
        now = self.context.clock.now()
        async with self.context.writer.snapshot() as db:
            await self._counted.renew(db, now)
            return await self._read(db, now)

    async def examine(self) -> None:
        """Run the examination once an hour."""
        await self._examined.run()

    async def _read(self, db: Readable, now: datetime) -> AlertInputs:
        context, counted = self.context, self._counted
        month = str(Month.of(micros(now)))
        cases = await suspension.open_cases(db)
        config = context.config
        return AlertInputs(
            now=now,
            sources=await inventory.SOURCES.read(db),
            clusters=await inventory.CLUSTERS.read(db),
            nodes=await inventory.NODES.read(db),
            storages=await inventory.STORAGES.read(db),
            zones=await inventory.ZONES.read(db),
            facts=await ESTATE_FACTS.read(db),
            kept_down=list(slow_tier.kept_down(context)),
            tenants=counted.tenants,
            outages=await outages.outages(db, micros(now) - 1, micros(now)),
            silenced=frozenset(
                tenant
                for window in await outages.windows_at(db, micros(now))
                for tenant in window.tenants
            ),
            unmeasured=frozenset(await outages.list_unmeasured_tenants(db)),
            incidents={one.subject: one.id for one in await incidents.live(db) if one.subject},
            figures=await months.figures(db, month),
            terms=context.terms,
            guests=await guest_counts.troubled_guests(db, tuple(guest.TROUBLE)),
            left_tests=await intents.left_tests(db, now - restore_left.LEFT_AFTER),
            backups=counted.backups,
            datastores=await DATASTORES.read(db),
            doubtful=counted.doubtful,
            holes=counted.promises.holes,
            unverified=counted.promises.unverified,
            unread=counted.promises.unread,
            verified_days=config.promises.verified_days,
            restore_tests=counted.tests,
            strains=await resources.GUEST_STRAINS.read(db),
            sustained_minutes=config.promises.sustained_minutes,
            licences=counted.licences,
            edges=await cloud_edges.EDGE_STATES.read(db),
            uses=counted.uses,
            quotas={quota.tenant: quota for quota in await register.QUOTAS.read(db)},
            suspensions=cases,
            fallen=await suspension.read_fallen(db, now - order_fell.TOLD),
            later_debts=await read_later_debts(db, now),
            orders=await authority.unfinished_orders(db),
            drifting=await _drifting_guests(db),
            claims=await months.claims(db),
            lasting=await outages.lasting_exclusions(db),
            proposed=await decisions.open_proposals(db),
            reopened=await outages.reopened_outages(db),
            closed_differing=await self._closed_months.read(db),
            emptied=counted.emptied,
            pools_unknown=context.membership.unknown,
            pools_nested=context.membership.nested,
            pools_contested=context.membership.contested,
            notices=counted.dues,
            endings=counted.endings,
            copies=counted.copies,
            caps=counted.caps,
            breach_duties=await read_breach_duties(db),
            unannounced=await read_unannounced(db, paris_day(micros(now))),
            countries={site.name: site.country for site in config.sites},
            sites={
                **{cluster.name: cluster.site for cluster in config.clusters},
                **{server.name: server.site for server in config.backup_servers},
            },
            mails=await outbox.refused_messages(db),
            services=list(slow_tier.services(context)),
            guest_names=slow_tier.guest_names(context),
            replication=list(slow_tier.replication_runs(context)),
            unreplicated=list(slow_tier.unknown_jobs(context)),
            unwatched=list(slow_tier.unknown_clusters(context)),
            examined=self._examined.found,
            unexamined=self._examined.unseen,
            expiring=self._examined.expiring,
            expiry_days=(config.oncall.expiry_warning_days, config.oncall.expiry_critical_days),
            disk_percent=_disk(context),
            verdict=await self.record.read_verdict(db),
            sealed_verdict=await self.record.read_sealed_verdict(),
            interrupted=_interrupted(context),
            interrupted_briefly=_interrupted_briefly(context),
            failing=context.failures.services,
            held=_held(context),
            clock_jump=round(context.trust.jump.total_seconds()),
            backup_overdue=_overdue(context, now),
            backup_unsent=_unsent(context),
            unstamped=context.failures.unstamped,
            configured=frozenset(_configured_names(context)),
            unkept=frozenset(counted.unkept),
            unwatchable=frozenset(counted.unwatchable),
        )


def _configured_names(context: Context) -> Iterator[str]:
    """Yield the names that an alert may be about."""
    yield from topics(context)
    if context.config.register is not None:
        yield REGISTER


async def _drifting_guests(db: Readable) -> list[tuple[str, str, str, int]]:
    """Case, tenant, cluster and number of each guest that is not as ordered, or cannot be."""
    cases = await store.read_open_cases(db)
    tenants = {case.id: case.tenant for case in cases}
    found = {(case.id, row.guest.cluster, row.guest.vmid) for case in cases for row in case.drift}
    found |= {(row.suspension, row.cluster, row.vmid) for row in await suspension.failed_guests(db)}
    return [(case, tenants[case], cluster, vmid) for case, cluster, vmid in sorted(found)]


def _interrupted(context: Context) -> tuple[str, datetime] | None:
    found = context.failures.interrupted
    return None if found is None else (found.kind, found.since)


def _interrupted_briefly(context: Context) -> bool:
    found = context.failures.interrupted
    return found is not None and found.brief


def _held(context: Context) -> int | None:
    hold = context.held.hold
    return None if hold is None else len(hold.items.names)


def _overdue(context: Context, now: datetime) -> str:
    """Return when the database was last backed up, if that is longer ago than is configured."""
    wanted = context.config.backup
    if wanted is None:
        return ""
    last = last_backup(context.config.database.path)
    if last is None:
        return "-"
    old = now - last.at > timedelta(hours=wanted.max_age_hours)
    return last.at.date().isoformat() if old else ""


def _unsent(context: Context) -> str:
    last = last_backup(context.config.database.path)
    return last.said if context.config.backup and last and last.sent is False else ""


def _disk(context: Context) -> int | None:
    try:
        usage = shutil.disk_usage(context.config.database.path.parent)
    except OSError:
        return None
    return usage.used * PERCENT // usage.total if usage.total else None
