"""A small estate as `nocd` writes it, with something of everything, and a clock that stands.

One cluster is seen now and one was seen long ago; one tenant is up, one is down.
"""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from noc_tui.config import (
    ClusterConfig,
    Configuration,
    Console,
    Database,
    Demo,
    SiteConfig,
    Socket,
)
from noc_tui.daemon.core.identity import itself
from storage import backups, inventory, oncall, register, settings
from storage import guests as stored_guests
from storage.database import Writer
from storage.guests import Guest
from tests.support.changes import recorded
from tests.support.guests import stored_guest

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
GIB = 1 << 30


def configuration(folder: Path, **console: object) -> Configuration:
    """A demo's configuration whose account is the one that runs the tests."""
    return Configuration(
        database=Database(path=folder / "noc.db"),
        socket=Socket(path=folder / "s"),
        sites=(SiteConfig(name="dc1", country="FR"), SiteConfig(name="dc2", country="FR")),
        clusters=tuple(
            ClusterConfig(
                name=name,
                site=site,
                endpoints=("https://pve.example.fr:8006",),
                read_token_file=Path("token"),
            )
            for name, site in (("rennes", "dc1"), ("nantes", "dc2"))
        ),
        console=Console(**console),  # type: ignore[arg-type] # a test names the fields it means
        demo=Demo(account=os.getuid()),
    )


def source(cluster: str, name: str, age: float, error: str | None = None) -> inventory.Source:
    """A source last seen `age` seconds ago."""
    seen = NOW - timedelta(seconds=age)
    return inventory.Source(cluster, name, seen, seen, seen if error else None, error, 45)


def node(cluster: str, name: str, status: str = "online", cpu: int | None = 12) -> inventory.Node:
    """A node with 64 cores."""
    booted = NOW - timedelta(days=40) if status == "online" else None
    return inventory.Node(
        cluster,
        name,
        status,
        "192.0.2.1",
        cpu,
        cpu and cpu + 30,
        8,
        64,
        512 * GIB,
        100 * GIB,
        booted,
    )


def guest(
    cluster: str, vmid: int, name: str | None, status: str = "running", pool: str | None = "acme"
) -> Guest:
    """A virtual machine of 4 cores on the cluster's first node."""
    up = status == "running"
    return stored_guest(
        vmid, cluster=cluster, name=name, node=f"{cluster[:3]}-pve1", status=status, pool=pool,
        cpu_percent=vmid % 90 if up else None, memory_percent=vmid % 70 if up else None, cpus=4,
        memory=8 * GIB, disk=40 * GIB, booted_at=NOW - timedelta(days=vmid % 30) if up else None,
        tags=("prod",),
    )  # fmt: skip


def tenant(ident: str, name: str, start: date | None, pools: Sequence[str]) -> register.Tenant:
    """A tenant with level-2 infogérance."""
    return register.Tenant(
        ident, name, f"compte@{ident}.example.fr", start, None, tuple(pools), (f"{ident}@pve",), (),
        (), (f"https://www.{ident}.example.fr/",), "infogerance", "flat", ("os", "databases"),
    )  # fmt: skip


GUESTS = (
    guest("rennes", 101, "acme-web-1"),
    guest("rennes", 102, "acme-db-1"),
    guest("rennes", 103, "acme-batch", "stopped"),
    guest("rennes", 110, "globex-web-1", "stopped", "globex"),
    guest("rennes", 111, "globex-db-1", "io-error", "globex"),
    guest("rennes", 120, "lab", "running", "lab"),
    guest("nantes", 101, "acme-dr", "running"),
    guest("nantes", 130, None, "unknown", None),
)
TENANTS = (
    tenant("acme", "Acme SARL", date(2023, 4, 10), ["rennes/acme", "nantes/acme"]),
    tenant("globex", "Globex", date(2025, 7, 1), ["rennes/globex"]),
    tenant("initech", "Initech", None, []),
)


def _register() -> register.Register:
    owned = (("rennes", "acme", "acme"), ("nantes", "acme", "acme"), ("rennes", "globex", "globex"))
    return register.Register(
        sites=[register.Site("dc1", "Rennes", "FR"), register.Site("dc2", "Nantes", "FR")],
        tenants=TENANTS,
        amounts=[register.TenantAmount("acme", date(2023, 4, 10), Decimal("1250.00"))],
        quotas=[
            register.TenantQuota("acme", 16, 64 * GIB, None, 10),
            register.TenantQuota("globex", 8, 16 * GIB, 100 * GIB, 10),
        ],
        pools=[
            register.TenantPool(cluster, pool, date(2023, 4, 10), None, owner)
            for cluster, pool, owner in owned
        ],
    )


def _backups() -> list[backups.Backup]:
    def kept(cluster: str, vmid: int, state: str, hours: float) -> backups.Backup:
        at = NOW - timedelta(hours=hours)
        return backups.Backup(cluster, vmid, "pbs", "dc2", state, at, GIB, True, 7, None)

    return [
        kept("rennes", 101, "fresh", 8),
        kept("rennes", 102, "unverified", 8),
        kept("rennes", 103, "stale", 30),
        kept("rennes", 110, "fresh", 9),
        kept("rennes", 111, "failed", 33),
        backups.Backup("rennes", 120, "pbs", "dc2", "missing", None, None, None, 0, None),
    ]


async def write(path: Path, guests: Sequence[Guest] = GUESTS) -> None:
    """The estate, in a new database at `path`."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            await settings.put_clock(change, settings.ClockNumbers(NOW, 0.0, 1e-12))
            await change.put(
                inventory.CLUSTERS,
                [
                    inventory.Cluster("rennes", "dc1", "8.4.1", True),
                    inventory.Cluster("nantes", "dc2", "9.0.3", True),
                ],
            )
            await change.put(
                inventory.SOURCES,
                [source("rennes", "fast", 4), source("nantes", "fast", 190, "timed out")],
            )
            await change.put(
                inventory.NODES,
                [
                    node("rennes", "ren-pve1"),
                    node("rennes", "ren-pve2", "offline", None),
                    node("nantes", "nan-pve1", cpu=31),
                ],
            )
            await change.put(stored_guests.GUESTS, guests)
            await change.put(inventory.STORAGES, [
                    inventory.Storage(
                        "rennes", "ceph", "", "rbd", "available", True, ("images",), (),
                        930 * GIB, 1000 * GIB,
                    )
                ])  # fmt: skip
            await change.put(
                inventory.POOLS,
                [inventory.Pool("rennes", name) for name in ("acme", "globex", "lab")],
            )
            await change.put(inventory.TASKS, [
                    inventory.Task(
                        "rennes", "UPID:1", "ren-pve1", "vzdump", "101", "backup@pam",
                        NOW - timedelta(seconds=95), None, None, "running",
                    )
                ])  # fmt: skip
            await register.replace_register(change, _register())
            await change.put(backups.BACKUPS, _backups())
    finally:
        await writer.close()


async def change(path: Path, *guests: Guest) -> None:
    """Some guests as a later poll would write them."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with writer.change(itself()) as change:
            await change.put(stored_guests.GUESTS, guests)
    finally:
        await writer.close()


async def attend(path: Path, account: str, subject: str) -> None:
    """Another operator's console that is open on a case."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with writer.change(itself()) as change:
            await change.put(oncall.PRESENCE, [oncall.Presence(account, "7", subject, NOW)])
    finally:
        await writer.close()


async def hold(path: Path) -> None:
    """The alert that a restore waits for a lead."""
    held = oncall.Alert(
        "held:database:noc", "held", "critical", "", "database:noc", "", ("number=2",), None,
        "open", NOW, 1, None, None, "", "", None, "", None,
    )  # fmt: skip
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with recorded(writer) as change:
        await change.put(oncall.ALERTS, [held])
    await writer.close()
