"""The slow tier: what changes in minutes. A fixed number of requests a cluster and backup server.

High availability, replication, jobs, rights and the version of each cluster; the backups that each
backup server keeps. Each is a source of its own, with its own age.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from msgspec.structs import replace

from noc_tui.alerts.inputs import ENDPOINTS
from noc_tui.cluster.errors import GatewayError
from noc_tui.cluster.omissions import Omissions
from noc_tui.cluster.pbs import BackupGateway, BackupSnapshot
from noc_tui.config import BackupServer, ClusterConfig
from noc_tui.daemon.core import gateways
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.polling import backups, node_rounds
from noc_tui.daemon.polling import snapshot_rows as sources
from noc_tui.daemon.polling.job_failures import JobFailures
from noc_tui.i18n import _
from storage import inventory
from storage.change import Change
from storage.inventory import Source

SLOW = "slow"
ENDPOINT_SECONDS = 60.0
"""How often each endpoint of a cluster is asked whether it answers, at most."""
MISSED_POLLS = 2.5
"""A source is stale when it missed two of its polls."""

Write = backups.Write


def build(context: Context) -> "Slow":
    """Build the service for the daemon's list."""
    return Slow(context)


@dataclass(slots=True)
class Slow:
    """Runs one loop per cluster and backup server."""

    context: Context
    name: str = "slow"
    _found: dict[str, BackupSnapshot] = field(default_factory=dict)
    _failures: JobFailures = field(default_factory=JobFailures)

    def routes(self) -> Sequence[web.RouteDef]:
        return []

    async def polled(self, result: PollResult) -> None:
        """A guest that is new has no backup yet: that is known at once, not minutes later."""
        if result.difference is None or not result.difference.guests.added:
            return
        writes = [
            await backups.update_rows(
                server, self._found[server.name], self.context, self._failures
            )
            for server in self.context.config.backup_servers
            if server.name in self._found
        ]
        async with self.context.writer.change(itself()) as change:
            for write in writes:
                await write(change)

    async def run(self) -> None:
        config = self.context.config
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as loops:
            for cluster in config.clusters:
                look = self._cluster(cluster)
                loops.create_task(self._again(cluster.name, SLOW, look, _no_rows))
                if len(cluster.endpoints) > 1:
                    loops.create_task(self._endpoints(cluster))
            for server in config.backup_servers:
                gateway = gateways.backup_gateway(server, self.context.secrets, self.context.clock)
                stack.push_async_callback(gateway.close)
                unseen = partial(backups.age_rows, server, self.context)
                look = self._backups(server, gateway)
                loops.create_task(self._again("", f"pbs:{server.name}", look, unseen))

    async def _again(
        self,
        cluster: str,
        name: str,
        look: Callable[[], Awaitable[tuple[Write, Omissions]]],
        missed: Callable[[], Awaitable[Write]],
    ) -> None:
        """Look at the slow pace; keep when it was seen, or since when and why it was not. `missed`
        is what is written when it was not.
        """
        pace = self.context.config.poll.slow
        source = await self._source(cluster, name, pace)
        while True:
            try:
                write, omitted = await look()
            except GatewayError as error:
                source = sources.failed_source(source, self.context.clock.now(), error)
                await self._write(source, await missed())
            else:
                source = sources.seen_source(source, self.context.clock.now(), omitted)
                await self._write(source, write)
            await self.context.clock.sleep(pace)

    async def _endpoints(self, cluster: ClusterConfig) -> None:
        """Ask each endpoint of a cluster once a minute: polls go on while one of them answers, so
        that nobody would notice the loss of the others.
        """
        pace = min(self.context.config.poll.slow, ENDPOINT_SECONDS)
        source = await self._source(cluster.name, ENDPOINTS, self.context.config.poll.slow)
        while True:
            states = await self.context.gateways[cluster.name].check_endpoints()
            now = self.context.clock.now()
            lost = [str(state.error) for state in states if state.error is not None]
            if lost:
                said = _("{answering} of {all} answer; {lost}").format(
                    answering=len(states) - len(lost), all=len(states), lost="; ".join(lost)
                )
                # They were looked at, and so this is no old news.
                source = replace(sources.failed_source(source, now, said), seen_at=now)
            else:
                source = sources.seen_source(source, now)
            await self._write(source, _nothing)
            await self.context.clock.sleep(pace)

    async def _source(self, cluster: str, name: str, pace: float) -> Source:
        """Return what an earlier run left of a source, or one that was never seen."""
        unseen = Source(
            cluster=cluster,
            name=name,
            seen_at=None,
            tried_at=None,
            failing_since=None,
            error=None,
            due_seconds=pace * MISSED_POLLS,
        )
        return await inventory.SOURCES.get(self.context.writer, cluster, name) or unseen

    async def _write(self, source: Source, write: Write) -> None:
        async with self.context.writer.change(itself()) as change:
            await write(change)
            await change.put(inventory.SOURCES, [source])

    def _cluster(self, cluster: ClusterConfig) -> Callable[[], Awaitable[tuple[Write, Omissions]]]:
        async def look() -> tuple[Write, Omissions]:
            gateway = self.context.gateways[cluster.name]
            found = await gateway.slow_poll()
            self.context.estate.remember_slow(found)
            snapshot = self.context.estate.snapshots.get(cluster.name)
            if snapshot is not None:
                await self._failures.look(gateway, snapshot)
            return await node_rounds.look_at_estate(self.context, found), found.omitted

        return look

    def _backups(
        self, server: BackupServer, gateway: BackupGateway
    ) -> Callable[[], Awaitable[tuple[Write, Omissions]]]:
        async def look() -> tuple[Write, Omissions]:
            found = await gateway.poll(server.datastore, namespace=server.namespace)
            self._found[server.name] = found
            write = await backups.update_rows(server, found, self.context, self._failures)
            return write, found.omitted

        return look


async def _no_rows() -> Write:
    return _nothing


async def _nothing(_change: Change) -> None:
    """The slow picture of a cluster is kept in memory, for the parts that judge it."""
