"""The rows that the alert rules look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from noc_tui.alerts.guest_names import name_guest
from noc_tui.ref import Ref

if TYPE_CHECKING:  # a console that evaluates a few rules loads nothing of the others
    from noc_tui.contract.breaches import NoticeDuty
    from noc_tui.contract.life import Ending
    from noc_tui.contract.terms_book import TermsBook
    from noc_tui.views.backup_promises import GuestHoles
    from noc_tui.views.debts import LaterDebt
    from noc_tui.views.licences import LicenceInventory
    from storage.authority import OrderRow
    from storage.backup_nights import GuestCopies
    from storage.cloud_edges import EdgeState
    from storage.data_copies import DataCopy
    from storage.datastores import Datastore
    from storage.decisions import ProposedDecision
    from storage.estate_facts import EstateFact
    from storage.guest_counts import (
        DoubtfulBackup,
        GuestCount,
        TenantBackups,
        TenantUse,
        TroubledGuest,
    )
    from storage.intents import LeftTest
    from storage.inventory import Cluster, Node, Source, Storage, Zone
    from storage.legal_registers import Subprocessor
    from storage.months import CreditRow, MonthFigure
    from storage.outages import Exclusion, Outage
    from storage.outbox import Message
    from storage.register import Tenant, TenantQuota
    from storage.resources import GuestStrain
    from storage.suspension import Suspension

FAST = "fast"
"""The source that says how a cluster is now."""
ENDPOINTS = "endpoints"
"""The source that says which endpoints of a cluster answer; its error names those that do not."""


class ReplicationRun(msgspec.Struct, frozen=True, kw_only=True):
    """How a replication job (`cluster/id`) goes: runs that failed in a row, the last by `error`.

    `last_sync` is when a run last went well; None where no run has. `late`: it was due long ago.
    """

    job: str
    guest: str
    target: str
    failures: int = 0
    error: str = ""
    last_sync: datetime | None = None
    late: bool = False


class KeptDown(msgspec.Struct, frozen=True, kw_only=True):
    """A service of HA (`vm:101`) that is down, and the rule that leaves it none of `nodes`."""

    cluster: str
    service: str
    rule: str
    nodes: tuple[str, ...]


class AlertInputs(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that the rules look at.

    `facts` are what slow looks found, `kept_down` the services that a rule of HA leaves
    no node; `services` are (cluster, service, state) of HA, `guest_names` what the guests of
    these and of replication are called, by cluster and number; `replication` says how each job
    goes, `unreplicated` names the jobs or clusters whose replication is unknown,
    `unwatched` the clusters whose HA is unknown; `examined` (topic, key, level, text) of the last
    examination, `unexamined` the topics that it could not look at; `expiring` (topic, rule, name,
    end, days left) of certificates and tokens; `expiry_days` how few days warn, and how few alarm;
    `unmeasured` the tenants of whom nobody knows whether they are out; `incidents` the open ones
    by what they are about.

    `fallen` are the suspensions whose planned order cancelled itself within the day, `later_debts`
    what tenants let go unpaid after the debt of a case.

    `left_tests` are guests that were restored for a test and are still there.

    `guests` are those in trouble, and those in trouble when last seen; `guest_counts` and
    `backup_counts` (cluster, state, guests) are for a screen that reads no row per guest.

    `interrupted_briefly` says that the interruption took some seconds at most;
    `interrupted` is why and since when the database cannot be written, or lately could not;
    `failing` are the services of the daemon that failed lately, and why.

    `terms` are those of all tenants, None for a screen that judges nothing by them. `held` are the
    items that wait for a lead since a restore, None without one; `backup_overdue` when the database
    was last backed up if that is too long ago, `backup_unsent` why the last backup did not reach
    the other site, `unstamped` why heads of the evidence are not time-stamped; `clock_jump` is in
    seconds, 0 while the clock is believed.

    `configured` are the clusters, backup servers, the register and what else is looked at, by name;
    None where that is not known. Of backups, `doubtful` may be another guest's, `holes` are the
    guests that lack a night, `unverified` those without an intact copy of the last
    `verified_days`, `unread` those of which no store says anything; `restore_tests` are by when
    each tenant's next one is due. `strains` are figures of
    guests at their limits, told after `sustained_minutes`; `licences` the inventories, by tenant;
    `edges` what probes of VPNs and firewalls found. `unkept` are the tenants whose guests no
    configured backup server keeps, `unwatchable` those who stand on clusters alone that are no
    longer configured.

    `lasting` are the exclusions without an end, `proposed` the decisions that wait for a second
    person, `reopened` (tenant, outage) what is to be attributed again, `closed_differing` (tenant,
    month) whose figures are others than the month was closed with.

    `copies` are those of art. 16.2 that clients wait for, and by when they are to be handed over;
    `caps` the part of the cap of art. 12 that each client used, in percent, where it is known.
    `breach_duties` are who must be told of an open breach of personal data, by its number;
    `unannounced` the sub-processors of which clients were not told.

    `emptied` are the clients that had guests and have none, unwanted; of pools, `pools_unknown`
    (tenant, pool as written) are in no cluster, `pools_nested` (pool, tenant) lie below a tenant's
    and count as its own, `pools_contested` (pool, tenants) are named by several.
    """

    now: datetime
    sources: Sequence[Source] = ()
    clusters: Sequence[Cluster] = ()
    nodes: Sequence[Node] = ()
    storages: Sequence[Storage] = ()
    zones: Sequence[Zone] = ()
    facts: Sequence[EstateFact] = ()
    kept_down: Sequence[KeptDown] = ()
    tenants: Mapping[str, Tenant] = msgspec.field(default_factory=dict)
    outages: Sequence[Outage] = ()
    silenced: frozenset[str] = frozenset()
    unmeasured: frozenset[str] = frozenset()
    incidents: Mapping[str, int] = msgspec.field(default_factory=dict)
    figures: Sequence[MonthFigure] = ()
    terms: TermsBook | None = None
    guests: Sequence[TroubledGuest] = ()
    left_tests: Sequence[LeftTest] = ()
    guest_counts: Sequence[GuestCount] = ()
    backups: Sequence[TenantBackups] = ()
    backup_counts: Sequence[tuple[str, str, int]] = ()
    datastores: Sequence[Datastore] = ()
    doubtful: Sequence[DoubtfulBackup] = ()
    holes: Sequence[GuestHoles] = ()
    unverified: Sequence[GuestCopies] = ()
    unread: Sequence[GuestCopies] = ()
    verified_days: int = 7
    restore_tests: Mapping[str, datetime] = msgspec.field(default_factory=dict)
    strains: Sequence[GuestStrain] = ()
    sustained_minutes: float = 15.0
    licences: Sequence[LicenceInventory] = ()
    edges: Sequence[EdgeState] = ()
    uses: Sequence[TenantUse] = ()
    quotas: Mapping[str, TenantQuota] = msgspec.field(default_factory=dict)
    suspensions: Sequence[Suspension] = ()
    fallen: Sequence[Suspension] = ()
    later_debts: Sequence[LaterDebt] = ()
    orders: Sequence[OrderRow] = ()
    drifting: Sequence[tuple[str, str, str, int]] = ()
    claims: Sequence[CreditRow] = ()
    lasting: Sequence[Exclusion] = ()
    proposed: Sequence[ProposedDecision] = ()
    reopened: Sequence[tuple[str, int]] = ()
    closed_differing: Sequence[tuple[str, str]] = ()
    emptied: frozenset[str] = frozenset()
    pools_unknown: Sequence[tuple[str, str]] = ()
    pools_nested: Sequence[tuple[tuple[str, str], str]] = ()
    pools_contested: Sequence[tuple[tuple[str, str], tuple[str, ...]]] = ()
    notices: Mapping[str, datetime] = msgspec.field(default_factory=dict)
    endings: Mapping[str, Ending] = msgspec.field(default_factory=dict)
    copies: Sequence[tuple[DataCopy, date | None]] = ()
    caps: Mapping[str, int] = msgspec.field(default_factory=dict)
    breach_duties: Sequence[tuple[int, NoticeDuty]] = ()
    unannounced: Sequence[Subprocessor] = ()
    countries: Mapping[str, str] = msgspec.field(default_factory=dict)
    sites: Mapping[str, str] = msgspec.field(default_factory=dict)
    mails: Sequence[Message] = ()
    services: Sequence[tuple[str, str, str]] = ()
    guest_names: Mapping[tuple[str, int], str] = msgspec.field(default_factory=dict)
    replication: Sequence[ReplicationRun] = ()
    unreplicated: Sequence[str] = ()
    unwatched: Sequence[str] = ()
    examined: Sequence[tuple[str, str, str, str]] = ()
    unexamined: Sequence[str] = ()
    expiring: Sequence[tuple[str, str, str, datetime, int]] = ()
    expiry_days: tuple[int, int] = (30, 7)
    disk_percent: int | None = None
    verdict: str = "intact"
    sealed_verdict: str = "intact"
    interrupted: tuple[str, datetime] | None = None
    interrupted_briefly: bool = False
    failing: Mapping[str, str] = msgspec.field(default_factory=dict)
    held: int | None = None
    clock_jump: int = 0
    backup_overdue: str = ""
    backup_unsent: str = ""
    unstamped: str = ""
    configured: frozenset[str] | None = None
    unkept: frozenset[str] = frozenset()
    unwatchable: frozenset[str] = frozenset()

    @property
    def seen(self) -> dict[str, int]:
        """When each cluster was last seen, in microseconds: one observation is counted once."""
        return {
            source.cluster: int(source.seen_at.timestamp() * 1_000_000)
            for source in self.sources
            if source.name == FAST and source.seen_at is not None
        }

    def terms_book(self) -> TermsBook:
        """Return the terms of all tenants; `LookupError` where these inputs were read without."""
        if self.terms is None:
            raise LookupError("these inputs hold no terms of the contract")
        return self.terms

    def name(self, tenant: str) -> str:
        """Return what a tenant is called; its id where the register does not know it."""
        known = self.tenants.get(tenant)
        return known.name if known is not None else tenant

    def guest_name(self, cluster: str, guest: str) -> str:
        """Return what a guest (`101`), or a service of HA (`vm:101`), is called, and its place
        (`web-01 (rennes/101)`); its place alone where no look has told its name.
        """
        ref = Ref.of("ha", cluster, guest).guest
        if ref is None:
            return f"{cluster}/{guest}"
        return name_guest(self.guest_names.get(ref), "/".join(map(str, ref)))
