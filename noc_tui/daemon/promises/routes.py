"""Takes what people note about the promises of annexe 2."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api import promises as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.server import Call, route
from noc_tui.i18n import _
from noc_tui.probing.target import BadTargetError, Target
from storage.backup_nights import RESTORE_TESTS, RestoreTest, next_test_id
from storage.change import Change
from storage.cloud_edges import CLOUD_EDGES, CloudEdge
from storage.register import TENANTS
from storage.resources import RESOURCE_LIMITS, ResourceLimit


@dataclass(frozen=True, slots=True)
class PromiseRoutes:
    """The endpoints of `noc_tui.api.promises`; each note is an entry of the evidence log."""

    context: Context

    def table(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            route(api.NOTE_RESTORE_TEST, self.note_restore_test),
            route(api.SET_LIMITS, self.set_limits),
            route(api.SET_EDGE, self.set_edge),
        ]

    async def note_restore_test(self, call: Call[api.RestoreTest]) -> api.Noted:
        """Keep a restore test. Refused where its instants lie ahead or contradict each other."""
        test, now = call.body, self.context.clock.now()
        tested_at = utc_instant(test.tested_at, "tested_at")
        backup_at = None if test.backup_at is None else utc_instant(test.backup_at, "backup_at")
        if tested_at > now:
            raise BadRequest(_("tested_at: this lies ahead"))
        if backup_at is not None and backup_at > tested_at:
            raise BadRequest(_("backup_at: the backup is newer than its test"))
        cluster, vmid = place_of(test.guest)
        async with self.context.writer.change(actor(call.who)) as change:
            await require_tenant(change, test.tenant)
            row = RestoreTest(
                id=await next_test_id(change),
                tenant=test.tenant,
                cluster=cluster,
                vmid=vmid,
                tested_at=tested_at,
                backup_at=backup_at,
                outcome=test.outcome,
                note=test.note.strip(),
                account=call.who.name,
                recorded_at=change.at,
            )
            await change.record(
                "backup.restore_tested",
                [f"tenant:{test.tenant}", f"guest:{test.guest}"],
                {"test": row},
            )
            await change.put(RESTORE_TESTS, [row])
        return api.Noted(row.id)

    async def set_limits(self, call: Call[api.Limits]) -> api.LimitsSet:
        """Put other limits in force for a tenant, or for one guest."""
        limits = call.body
        if not limits.reason.strip():
            raise BadRequest(_("reason: say why, for whoever reads it later"))
        async with self.context.writer.change(actor(call.who)) as change:
            await require_tenant(change, limits.tenant)
            row = ResourceLimit(
                tenant=limits.tenant,
                guest=limits.guest or "",
                cpu=limits.cpu,
                memory=limits.memory,
                disk=limits.disk,
                reason=limits.reason.strip(),
                account=call.who.name,
                set_at=change.at,
            )
            about = [f"guest:{row.guest}"] if row.guest else []
            await change.record(
                "promise.limited", [f"tenant:{row.tenant}", *about], {"limits": row}
            )
            await change.put(RESOURCE_LIMITS, [row])
        return api.LimitsSet(row.tenant, row.guest)

    async def set_edge(self, call: Call[api.Edge]) -> api.EdgeSet:
        """Watch an endpoint from now on, or no longer."""
        edge = call.body
        try:
            Target.parse(edge.target)
        except BadTargetError as error:
            text = _("{endpoint!r} is none of https://…, http://…, tcp://host:port, icmp://host")
            raise BadRequest(text.format(endpoint=edge.target)) from error
        async with self.context.writer.change(actor(call.who)) as change:
            await require_tenant(change, edge.tenant)
            before = await CLOUD_EDGES.get(change, edge.tenant, edge.kind, edge.target)
            if before is None and not edge.watched:
                raise NotFound(_("{target} is not watched").format(target=repr(edge.target)))
            row = CloudEdge(
                tenant=edge.tenant,
                kind=edge.kind,
                target=edge.target,
                account=call.who.name,
                watched_from=change.at if before is None else before.watched_from,
                ended_at=None if edge.watched else change.at,
            )
            kind = "promise.edge_watched" if edge.watched else "promise.edge_ended"
            await change.record(kind, [f"tenant:{row.tenant}"], {"edge": row})
            await change.put(CLOUD_EDGES, [row])
        return api.EdgeSet(edge.tenant, edge.kind, edge.target, watched=edge.watched)


def place_of(guest: str) -> tuple[str, int]:
    """Cluster and number of a guest that the API has checked to be `cluster/vmid`."""
    cluster, _slash, vmid = guest.rpartition("/")
    return cluster, int(vmid)


async def require_tenant(change: Change, tenant: str) -> None:
    """`NotFound` where the register has no such tenant."""
    if await TENANTS.get(change, tenant) is None:
        raise NotFound(_("no tenant is called {name}").format(name=repr(tenant)))
