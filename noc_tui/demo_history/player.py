"""Plays the history of a demo through `nocd`'s own services, on a clock that is moved by hand.

Nothing is measured between two looks, and none is missed: the looks are where something changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from msgspec.structs import replace

from noc_tui.api.promises import SuppliedLicence
from noc_tui.clock import SteppedClock
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import Month, paris_day
from noc_tui.contract.credits import CreditClaimed
from noc_tui.daemon import outbox
from noc_tui.daemon.availability import claims, decisions, incidents, maintenance
from noc_tui.daemon.availability.ingest import AvailabilityIngest, Pools
from noc_tui.daemon.availability.ledger_state import LedgerState
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.availability.observation_batch import View, cluster_round
from noc_tui.daemon.core import identity
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.daemon.outbox.queue import MAIL
from noc_tui.daemon.probing.probe_plan import PlannedProbe
from noc_tui.daemon.promises.licence_routes import supply_licence
from noc_tui.daemon.tenants import service
from noc_tui.queries.attribution_proposals import proposals
from noc_tui.roles import Caller, caller
from storage import outbox as messages
from storage.change import Change
from storage.evidence import Actor
from storage.incidents import STEPS, recent_incidents
from storage.outages import OUTAGES, Outage
from storage.register import TENANTS
from storage.times import micros

LICENCES = 25
"""How many each tenant of a demo has: more than the guests of the largest that need one."""
SEEN_ALL_THE_TIME = 2**62
"""A silence before a look that is no gap, in microseconds: only changes are played."""


@dataclass(slots=True)
class HistoryPlayer:
    """What `nocd` would have seen is set here, looked at, and worked upon by the demo's cast."""

    context: Context
    clock: SteppedClock
    watch: AvailabilityIngest
    mails: outbox.Outbox
    pools: Pools = field(default_factory=Pools)
    snapshots: list[ClusterSnapshot] = field(default_factory=list)
    probes: Sequence[PlannedProbe] = ()
    unreached: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    @classmethod
    async def set(cls, context: Context, clock: SteppedClock) -> Self:
        """Read the estate as it is now, its register, and look for the first time."""
        stage = cls(context, clock, AvailabilityIngest(context), outbox.build(context))
        for gateway in context.gateways.values():
            snapshot = await gateway.fast_poll()
            context.estate.remember(snapshot)
            stage.snapshots.append(snapshot)
        await service.build(context).look()
        await stage.pools.refresh(context.writer, paris_day(micros(clock.at)))
        stage.probes = await stage.watch.probes()
        await stage.look()
        return stage

    @property
    def tenants(self) -> Sequence[str]:
        """Those that have a public endpoint, in the order of their ids."""
        return sorted({probe.tenant for probe in self.probes})

    async def end(self) -> None:
        """Leave to `nocd` when each observer last saw something."""
        await self.watch.flush()

    # What is seen.

    async def look(self, tolerance: int = SEEN_ALL_THE_TIME) -> None:
        """One poll of each cluster and one probe of each endpoint; then due mails leave."""
        at = micros(self.clock.at)
        view = View(self.pools.owner, {})
        for snapshot in self.snapshots:
            seen = cluster_round(self._as_it_was(snapshot), None, LedgerState(), view, at)
            await self.watch.probed(seen, tolerance)
        for probe in self.probes:
            await self.watch.probed(self._probed(probe, at), tolerance)
        for message in await messages.due(self.context.writer, MAIL, self.clock.at):
            await self.mails.attempt(message)

    async def look_after_silence(self) -> None:
        """The first look of a `nocd` that did not run for a while: what was before is a gap."""
        await self.look(tolerance=0)

    async def unreach(self, tenant: str) -> None:
        """Its endpoints do not answer any more."""
        self.unreached.add(tenant)
        await self.look()

    async def reach(self, tenant: str) -> None:
        """They answer again."""
        self.unreached.discard(tenant)
        await self.look()

    async def lose_a_node(self) -> None:
        """The last node of the first cluster is gone."""
        self.lost.add(list(self.snapshots[0].nodes)[-1])
        await self.look()

    async def find_the_node(self) -> None:
        """It is back."""
        self.lost.clear()
        await self.look()

    def _as_it_was(self, snapshot: ClusterSnapshot) -> ClusterSnapshot:
        nodes = {
            name: replace(node, status="offline" if name in self.lost else "online")
            for name, node in snapshot.nodes.items()
        }
        guests = {
            vmid: replace(guest, status="unknown" if guest.node in self.lost else guest.status)
            for vmid, guest in snapshot.guests.items()
        }
        return replace(snapshot, nodes=nodes, guests=guests, observed_at=self.clock.at)

    def _probed(self, probe: PlannedProbe, at: int) -> Round:
        good = probe.tenant not in self.unreached
        placed = {probe.source: (probe.tenant, "")} if probe.source == probe.observer else {}
        observed = Observation(probe.source, good, "" if good else "timeout")
        return Round(probe.observer, at, [observed], placed, confirm=probe.confirm)

    # What people do about it.

    async def step(self, who: str, verb: str, text: str = "", *, about: str = "") -> None:
        """Bring the newest incident a step further; `about` is a tenant, else it is a node's."""
        async with self.context.writer.change(self._actor(who)) as change:
            incident = await incidents.find(change, await self._incident(change, about))
            if verb == "note":
                await incidents.note(change, change.actor, incident, text)
            else:
                await incidents.move(change, change.actor, incident, STEPS[verb], text)

    async def attribute(self, who: str, tenant: str, party: Party, reason: str) -> None:
        """Decide whose the tenant's newest outage was, on what the records propose."""
        async with self.context.writer.change(self._actor(who)) as change:
            outage = await _newest(change, tenant)
            grounds = [one for found in await proposals(change, outage) for one in found.evidence]
            player = self._player(who)
            await decisions.attribute(change, player, outage.id, party, reason, grounds)
            await refresh_figures_since(change, {tenant: outage.start}, self.context)

    async def plan(
        self, who: str, title: str, span: tuple[datetime, datetime], names: Sequence[str], why: str
    ) -> None:
        """Plan a maintenance window; its tenants are mailed."""
        start, end = micros(span[0]), micros(span[1])
        async with self.context.writer.change(self._actor(who)) as change:
            await maintenance.plan(
                change,
                self._player(who),
                title,
                (start, end),
                names,
                why,
                config=self.context.config,
            )
            await refresh_figures_since(change, dict.fromkeys(names, start), self.context)

    async def claim(self, who: str, tenant: str, month: Month, reference: str) -> None:
        """The tenant asks for its credit, by mail."""
        at = micros(self.clock.at)
        async with self.context.writer.change(self._actor(who)) as change:
            await claims.claim(
                change,
                self._player(who),
                tenant,
                month,
                CreditClaimed(at, at, "mail", reference),
                terms=self.context.terms,
            )

    async def supply_licences(self, who: str, product: str, left_out: str) -> None:
        """Note licences for all the guests that each tenant may have, but for one tenant."""
        since = paris_day(micros(self.clock.at))
        async with self.context.writer.change(self._actor(who)) as change:
            for tenant in await TENANTS.read(change):
                if tenant.id != left_out:
                    told = SuppliedLicence(tenant.id, "os", product, since, quantity=LICENCES)
                    await supply_licence(change, self._player(who), told)

    def _actor(self, name: str) -> Actor:
        return identity.actor(self._player(name))

    def _player(self, name: str) -> Caller:
        config = self.context.config
        assert config.demo is not None  # noqa: S101 -- written by the demo itself; tells mypy
        return caller(config.demo.account, config.roles, config.demo, name)

    async def _incident(self, change: Change, tenant: str) -> int:
        if tenant:
            gathered = (await _newest(change, tenant)).incident
            assert gathered is not None  # noqa: S101 -- outside of a window each has one
            return gathered
        return next(
            one.id for one in await recent_incidents(change) if one.subject.startswith("node:")
        )


async def _newest(change: Change, tenant: str) -> Outage:
    rows = [row for row in await OUTAGES.read(change) if row.tenant == tenant]
    return max(rows, key=lambda row: row.start)
