"""Counts per tenant that are too expensive for each evaluation; renewed once a minute."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from noc_tui.config import Configuration
from noc_tui.contract.calendar import PARIS, micros, paris_day
from noc_tui.contract.life import Ending
from noc_tui.contract.location import second_site
from noc_tui.contract.reversibility import DeletionBar
from noc_tui.daemon.availability.observation_batch import observer_of
from noc_tui.daemon.core.context import Context
from noc_tui.queries.liability import read_caps
from noc_tui.views.backup_promises import BackupPromises, judge_backups, restore_tests_due
from noc_tui.views.contract import ContractState, contract_state
from noc_tui.views.licences import LicenceInventory, judge_licences
from storage import backup_nights, data_copies, guest_counts, ledger, licences, membership, register
from storage.connection import Readable

SLOW_SECONDS = 60.0


@dataclass(slots=True)
class TenantCounts:
    """Empty before the first count. `dues` are by when notice must leave, `endings` the contracts
    that are over, `copies` those that tenants wait for and by when, `caps` the part
    of the cap of art. 12 that each used, `emptied` the tenants that lost
    all their guests, `unkept` the tenants without a backup server, `unwatchable` those without a
    configured cluster, `tests` by when each tenant's next restore test is due.
    """

    context: Context
    backups: list[guest_counts.TenantBackups] = field(default_factory=list)
    doubtful: list[guest_counts.DoubtfulBackup] = field(default_factory=list)
    uses: list[guest_counts.TenantUse] = field(default_factory=list)
    tenants: dict[str, register.Tenant] = field(default_factory=dict)
    dues: dict[str, datetime] = field(default_factory=dict)
    endings: dict[str, Ending] = field(default_factory=dict)
    caps: dict[str, int] = field(default_factory=dict)
    copies: list[tuple[data_copies.DataCopy, date | None]] = field(default_factory=list)
    emptied: frozenset[str] = frozenset()
    unkept: set[str] = field(default_factory=set)
    unwatchable: set[str] = field(default_factory=set)
    promises: BackupPromises = field(default_factory=BackupPromises)
    tests: dict[str, datetime] = field(default_factory=dict)
    licences: list[LicenceInventory] = field(default_factory=list)
    _at: float | None = None

    async def renew(self, db: Readable, now: datetime) -> None:
        """Count again, unless it was done within the last minute."""
        ran = self.context.clock.monotonic()
        if self._at is not None and ran - self._at < SLOW_SECONDS:
            return
        self._at = ran
        self.backups = await guest_counts.tenant_backups(db)
        self.doubtful = await guest_counts.doubtful_backups(db)
        self.uses = await guest_counts.tenant_uses(db)
        self.tenants = {tenant.id: tenant for tenant in await register.TENANTS.read(db)}
        today, terms = paris_day(micros(now)), self.context.terms
        copies = await data_copies.DATA_COPIES.read(db)
        contracts = {
            name: contract_state(tenant, today, terms.for_tenant(name, today).life, copies)
            for name, tenant in self.tenants.items()
        }
        self.dues = _notices(contracts)
        self.endings = _endings(contracts, today)
        self.caps = {
            tenant: standing.percent
            for tenant, standing in (await read_caps(db, today)).items()
            if standing.percent is not None
        }
        self.copies = [
            (copy, contract.copy_due(copy).until)
            for contract in contracts.values()
            for copy in contract.copies
            if copy.is_open
        ]
        self.emptied = frozenset(
            name
            for name in await membership.tenants_lost(db)
            if (contract := contracts.get(name)) is not None
            and (contract.last_day is None or contract.last_day >= today)
        )
        self.unkept = set(_unkept(self.context.config, self.tenants.values()))
        self.unwatchable = await _unwatchable(db, self.context.config)
        await self._judge_backups(db, today)
        self.licences = judge_licences(
            sorted(self.tenants),
            await licences.guest_systems(db),
            await licences.LICENCES.read(db),
            now,
        )

    async def _judge_backups(self, db: Readable, today: date) -> None:
        """Nights, verification and restore tests, of the tenants that the register knows."""
        config, terms = self.context.config.promises, self.context.terms
        guests = await backup_nights.guest_copies(db)
        self.promises = judge_backups(
            guests,
            lambda tenant: terms.for_tenant(tenant, today).backups.kept_days,
            config.verified_days,
        )
        since = await backup_nights.first_seen(db)
        tested = self.tenants.keys() & {guest.tenant for guest in guests}
        self.tests = restore_tests_due(
            {tenant: at for tenant, at in since.items() if tenant in tested},
            await backup_nights.RESTORE_TESTS.read(db),
            config.restore_test_days,
        )


def _notices(contracts: Mapping[str, ContractState]) -> dict[str, datetime]:
    """The tenants whose contract is in its warning months, and by when notice must leave."""
    return {
        tenant: datetime.combine(state.life.deadlines.notice_by, time(23, 59), PARIS)
        for tenant, state in contracts.items()
        if state.life is not None and state.warned
    }


def _endings(contracts: Mapping[str, ContractState], today: date) -> dict[str, Ending]:
    """The tenants whose contract is over, until their time to ask for a copy is, too (R28)."""
    return {
        tenant: state.ending
        for tenant, state in contracts.items()
        if state.ends is not None
        and state.ends < today
        and state.ending is not None
        and any(bar is not DeletionBar.COPY_OPEN for bar in state.deletion_bars)
    }


def _unkept(config: Configuration, tenants: Iterable[register.Tenant]) -> Iterator[str]:
    """Yield the tenants whose guests no configured backup server keeps."""
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
