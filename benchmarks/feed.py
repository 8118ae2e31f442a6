"""A database of N guests that changes, and the socket that tells so: `nocd` without clusters.

usage: python -m benchmarks.feed DIR [--guests N] [--share 0.01] [--period 1.0]

What a console costs is measured against it alone: no poll, no simulator takes part. Prints the
configuration's path when ready, and goes on until its input ends.
"""

import argparse
import asyncio
import getpass
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import web

from noc_tui.daemon.core.identity import itself
from storage.database import Writer
from storage.guests import GUESTS, Guest
from storage.inventory import CLUSTERS, NODES, SOURCES, Cluster, Node, Source
from storage.register import SITES, TENANT_POOLS, TENANTS, Site, Tenant, TenantPool

GIB = 2**30
KINDS = ("web", "db", "cache", "app", "mail")
CONFIG = """
[database]
path = "{folder}/noc.db"
[socket]
path = "{folder}/nocd.sock"
[roles]
operator = {{ users = ["{user}"] }}
[console]
theme = "noc-measured"
remember = false
"""


def guests(number: int, dice: random.Random) -> list[Guest]:
    """Guests on nodes of fifty, each tenant with twenty."""
    booted = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Guest(
            cluster="rennes" if n % 5 < 3 else "nantes",
            vmid=100 + n,
            kind="lxc" if n % 7 == 0 else "qemu",
            name=f"{dice.choice(KINDS)}-{n:05d}",
            node=f"pve{n // 50:03d}",
            status="running" if dice.random() < 0.95 else "stopped",
            last_status=None,
            pool=f"t{n // 20:03d}",
            template=False,
            cpu_percent=dice.randrange(100),
            memory_percent=dice.randrange(100),
            disk_percent=None,
            cpus=4.0,
            memory=dice.randrange(1, 64) * GIB,
            disk=dice.randrange(10, 900) * GIB,
            booted_at=booted + timedelta(minutes=dice.randrange(300_000)),
            ha_state=None,
            lock=None,
            tags=(),
            carried=False,
        )
        for n in range(number)
    ]


def changed(known: list[Guest], share: float, dice: random.Random) -> list[Guest]:
    """`share` of the guests with another load, one in twenty of them in another state."""
    out = []
    for index in dice.sample(range(len(known)), max(1, int(len(known) * share))):
        guest = known[index]
        status = guest.status
        if dice.random() < 0.05:
            status = "stopped" if status == "running" else "running"
        known[index] = msgspec.structs.replace(
            guest,
            status=status,
            cpu_percent=dice.randrange(100),
            memory_percent=dice.randrange(100),
        )
        out.append(known[index])
    return out


async def fill(writer: Writer, known: list[Guest]) -> None:
    """Everything that a console reads at first."""
    now = datetime.now(UTC)
    pools = sorted({(guest.cluster, guest.pool or "") for guest in known})
    nodes = sorted({(guest.cluster, guest.node) for guest in known})
    tenants = sorted({pool for _, pool in pools})
    async with writer.change(itself()) as change:
        await change.record("benchmark.filled", [], {})
        await change.put(SITES, [Site("dc1", "Rennes", "FR"), Site("dc2", "Nantes", "FR")])
        for name, site in (("rennes", "dc1"), ("nantes", "dc2")):
            await change.put(CLUSTERS, [Cluster(name, site, "8.4.1", True)])
            source = Source(name, "fast", now, now, None, None, 10**9)
            await change.put(SOURCES, [source])
        await change.put(
            NODES,
            [Node(c, n, "online", None, 10, 20, 30, 64.0, 512 * GIB, 0, now) for c, n in nodes],
        )
        await change.put(GUESTS, known)
        await change.put(
            TENANT_POOLS, [TenantPool(c, p, now.date().replace(day=1), None, p) for c, p in pools]
        )
        await change.put(TENANTS, [
                Tenant(
                    t, t.upper(), "", None, None, (), (), (), (), (), "none", "", ()
                )
                for t in tenants
            ])  # fmt: skip


class Feed:
    """Writes changes and tells listeners."""

    def __init__(self, writer: Writer, known: list[Guest], share: float, period: float) -> None:
        self._writer, self._known, self._share, self._period = writer, known, share, period
        self._revision = 1
        self._moved = asyncio.Condition()

    async def run(self) -> None:
        dice = random.Random(2)
        while True:
            await asyncio.sleep(self._period)
            async with self._writer.change(itself()) as change:
                await change.put(GUESTS, changed(self._known, self._share, dice))
            async with self._moved:
                self._revision = change.revision
                self._moved.notify_all()

    def _has_moved(self, told: int) -> bool:
        return self._revision != told

    async def events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        while not (request.transport is None or request.transport.is_closing()):
            async with self._moved:
                told = self._revision
                await stream.write(b"data: %d\n\n" % told)
                await self._moved.wait_for(partial(self._has_moved, told))
        return stream


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--period", type=float, default=1.0)
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "noc.toml"
    config.write_text(CONFIG.format(folder=folder, user=getpass.getuser()))
    writer = await Writer.open(folder / "noc.db", clock_now=lambda: datetime.now(UTC))
    known = guests(asked.guests, random.Random(1))
    await fill(writer, known)
    feed = Feed(writer, known, asked.share, asked.period)
    app = web.Application()
    app.router.add_get("/v1/events", feed.events)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.UnixSite(runner, str(folder / "nocd.sock")).start()
    print(config, flush=True)
    running = asyncio.create_task(feed.run()) if asked.share > 0 else None
    await asyncio.to_thread(sys.stdin.read)
    if running is not None:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await writer.close()
    os._exit(0)  # listeners are still connected, and there is nothing more to tell them


if __name__ == "__main__":
    asyncio.run(main())
