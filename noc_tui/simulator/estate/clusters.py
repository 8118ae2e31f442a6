"""The clusters of the estate, filled with nodes, storages, pools, accounts and guests."""

import math
from datetime import UTC, datetime
from itertools import cycle, islice

from noc_tui.simulator.dice import Dice
from noc_tui.simulator.estate.guests import make_guest, make_template
from noc_tui.simulator.estate.names import HOSTILE
from noc_tui.simulator.estate.tenants import Tenant, make_tenants
from noc_tui.simulator.model.access import Token, User
from noc_tui.simulator.model.backups import BackupServer
from noc_tui.simulator.model.cluster import Cluster, HaResource, Pool, Replication
from noc_tui.simulator.model.guest import GIB
from noc_tui.simulator.model.node import Storage, standard_node
from noc_tui.simulator.model.privileges import roles_of
from noc_tui.simulator.model.versions import version_of_node
from noc_tui.simulator.options import Options
from noc_tui.simulator.timeline import Timeline

SITES = (("rennes", "dc1", 0.6), ("nantes", "dc2", 0.4))
"""Clusters by name, site and share of the guests."""

GUESTS_PER_NODE = 50
OPERATOR = "noc@pve"
DATASTORE = "backup"
_TIB = 1024 * GIB
_SUSPEND = frozenset(("VM.Audit", "VM.PowerMgmt", "VM.Config.Network", "VM.Config.Options"))
_ACTS = frozenset(
    (
        "VM.Audit",
        "VM.Console",
        "VM.Snapshot",
        "VM.Snapshot.Rollback",
        "VM.Backup",
        "VM.Migrate",
        "VM.Allocate",
    )
)
"""What the daily acts of an operator need, beside what a suspension does."""
_CLIENT = frozenset(("VM.Audit", "VM.PowerMgmt", "VM.Console", "VM.Backup"))
_OPERATOR_GRANTS = (
    ("/", "PVEAuditor"),
    ("/", "NocRoot"),
    ("/vms", "NocSuspend"),
    ("/vms", "NocBarrier"),
    ("/pool", "PVEAuditor"),
    ("/pool", "NocSuspend"),
    ("/vms", "NocActs"),
    ("/pool", "NocActs"),
    ("/storage", "NocStorage"),
    ("/sdn/zones", "PVESDNUser"),
)
"""An entry replaces those of the paths above it, so each path repeats what it must keep."""


def make_clusters(options: Options, timeline: Timeline) -> tuple[tuple[Tenant, ...], list[Cluster]]:
    """The clients and both clusters at the timeline's present."""
    today = datetime.fromtimestamp(timeline.now, UTC).date()
    names = tuple(name for name, _, _ in SITES)
    tenants = make_tenants(options.seed, options.tenants, names, today)
    first = max(1, min(options.guests - 1, round(options.guests * SITES[0][2])))
    counts = (first, options.guests - first)
    clusters = [
        _cluster(options, timeline, tenants, name, site, count)
        for (name, site, _), count in zip(SITES, counts, strict=True)
    ]
    return tenants, clusters


def make_backup_servers(clusters: list[Cluster]) -> list[BackupServer]:
    """A server on each site, for the guests of the other."""
    servers = []
    for cluster, other in zip(clusters, reversed(clusters), strict=True):
        name = f"pbs-{other.name}"
        dice = Dice.named(cluster.seed, name)
        servers.append(
            BackupServer(
                name=name,
                site=other.site,
                guests_of=cluster.name,
                datastore=DATASTORE,
                secrets={"noc@pbs!read": dice.uuid(), "root@pam": "rootsecret"},
                total=max(40, len(cluster.guests) // 4) * _TIB,
            )
        )
    return servers


def _cluster(
    options: Options,
    timeline: Timeline,
    tenants: tuple[Tenant, ...],
    name: str,
    site: str,
    guests: int,
) -> Cluster:
    cluster = Cluster(name, site, timeline, options.seed, options.task_scale)
    cluster.options = {"mac_prefix": "BC:24:11", "description": "", "keyboard": "fr"}
    _add_nodes(cluster, guests, options.pve)
    _add_storages(cluster, guests)
    _add_operators(cluster)
    own = [tenant for tenant in tenants if name in tenant.clusters]
    for tenant in own:
        _add_tenant(cluster, tenant)
    cluster.pools["infra"] = Pool("infra", "Machines de l'hébergeur")
    _add_guests(cluster, own, guests)
    if options.hostile:
        _add_hostile_names(cluster)
    _add_services(cluster)
    _add_jobs(cluster)
    return cluster


def _add_nodes(cluster: Cluster, guests: int, pve: str) -> None:
    for number in range(max(3, math.ceil(guests / GUESTS_PER_NODE))):
        dice = Dice.named(cluster.seed, cluster.name, "node", number)
        booted = cluster.now - dice.between(5, 160) * 86400
        name = f"{cluster.name[:3]}-pve{number + 1:02d}"
        node = standard_node(name, number + 1, booted, dice.fraction(), guests)
        node.pve = version_of_node(pve, number)
        cluster.nodes[name] = node


def _add_storages(cluster: Cluster, guests: int) -> None:
    size = max(20, guests // 8) * _TIB
    other = next(name for name, _, _ in SITES if name != cluster.name)
    for storage in (
        Storage(
            name="local",
            kind="dir",
            content="iso,vztmpl,snippets",
            total=440 * GIB,
            used_share=0.18,
            shared=False,
            path="/var/lib/vz",
        ),
        Storage(
            name="ceph-vm",
            kind="rbd",
            content="images,rootdir",
            total=size,
            used_share=0.52,
            shared=True,
        ),
        Storage(
            name=f"pbs-{other}",
            kind="pbs",
            content="backup",
            total=size * 2,
            used_share=0.61,
            shared=True,
            server=f"pbs-{other}",
        ),
    ):
        cluster.storages[storage.name] = storage


def _add_operators(cluster: Cluster) -> None:
    """The accounts that the operations centre uses, each with just what it needs."""
    access = cluster.access
    access.roles = roles_of(new=cluster.upgraded)
    dice = Dice.named(cluster.seed, cluster.name, "secrets")
    access.users["root@pam"] = User("root@pam", password="rootsecret")  # noqa: S106  simulated
    access.users[OPERATOR] = User(OPERATOR, comment="Centre d'exploitation")
    access.roles["NocSuspend"] = _SUSPEND
    access.roles["NocActs"] = _ACTS
    access.roles["NocStorage"] = frozenset(("Datastore.Audit", "Datastore.AllocateSpace"))
    access.roles["NocBarrier"] = frozenset(("Permissions.Modify",))
    access.roles["NocRoot"] = frozenset(("Sys.Audit", "Sys.Console"))
    for token in ("read", "action", "blind"):
        access.tokens[f"{OPERATOR}!{token}"] = Token(dice.uuid())
    access.tokens["root@pam!full"] = Token(dice.uuid(), separated=False)
    for kind, who in (("user", OPERATOR), ("token", f"{OPERATOR}!action")):
        for path, role in _OPERATOR_GRANTS:
            access.grant(path, kind, who, role, propagate=role != "NocRoot")
    asking = "VM.GuestAgent.Audit" if cluster.upgraded else "VM.Monitor"
    access.roles["NocAgent"] = frozenset(("VM.Audit", asking))
    for path in ("/vms", "/pool"):
        for kind, who in (("user", OPERATOR), ("token", f"{OPERATOR}!read")):
            access.grant(path, kind, who, "NocAgent")
    access.grant("/", "token", f"{OPERATOR}!read", "PVEAuditor")
    access.grant("/pool", "token", f"{OPERATOR}!read", "PVEAuditor")
    access.grant("/nodes", "token", f"{OPERATOR}!blind", "PVEAuditor")


def _add_tenant(cluster: Cluster, tenant: Tenant) -> None:
    """A pool, and the accounts that act on it: by user, or by group."""
    access = cluster.access
    cluster.pools[tenant.pool] = Pool(tenant.pool, tenant.name)
    access.roles.setdefault("Client", _CLIENT)
    if tenant.group:
        access.groups.add(tenant.group)
        access.grant(f"/pool/{tenant.pool}", "group", tenant.group, "Client")
    for user in tenant.users:
        password = f"{tenant.slug[:20]}-secret"
        groups = {tenant.group} if tenant.group else set()
        access.users[user] = User(user, password, comment=tenant.name, groups=groups)
        if not tenant.group:
            access.grant(f"/pool/{tenant.pool}", "user", user, "Client")
    secret = Dice.named(cluster.seed, cluster.name, tenant.slug).uuid()
    access.tokens[f"{tenant.user}!panel"] = Token(secret, separated=False)


def _add_guests(cluster: Cluster, tenants: list[Tenant], count: int) -> None:
    """Each client gets one guest at least, the rest by weight."""
    nodes = list(cluster.nodes)
    vmid = 100
    for pool, share in _shares(tenants, count):
        for number in range(share):
            node = nodes[(vmid * 7) % len(nodes)]
            guest = make_guest(cluster.seed, cluster.name, vmid, number, pool, node, cluster.now)
            cluster.add_guest(guest)
            vmid += 1
    for number, name in enumerate(("tpl-debian-12", "tpl-windows-2022")):
        template = make_template(
            cluster.seed, cluster.name, 90_000 + number, nodes[0], name, cluster.now
        )
        cluster.add_guest(template)


def _shares(tenants: list[Tenant], count: int) -> list[tuple[str, int]]:
    """How many guests each pool gets, `infra` one in forty; the sum is `count`."""
    own = min(count // 40, 30) if tenants else count
    left = count - own
    total = sum(tenant.weight for tenant in tenants)
    spare = max(0, left - len(tenants))
    shares = {
        tenant.pool: int(number < left) + int(spare * tenant.weight / total)
        for number, tenant in enumerate(tenants)
    }
    for tenant in islice(cycle(tenants), left - sum(shares.values())):
        shares[tenant.pool] += 1
    return [*shares.items(), ("infra", own)]


def _add_hostile_names(cluster: Cluster) -> None:
    """Names that a real API refuses but that a restored configuration file may hold."""
    for guest, name in zip(cluster.guests.values(), HOSTILE, strict=False):
        guest.config["hostname" if guest.kind == "lxc" else "name"] = name


def _add_services(cluster: Cluster) -> None:
    """One running machine in five is kept up by HA."""
    for guest in cluster.guests.values():
        if guest.vmid % 5 == 0 and guest.kind == "qemu" and guest.running:
            cluster.ha[guest.sid] = HaResource(guest.sid, state="started", service="started")
            cluster.ha_used = True


def _add_jobs(cluster: Cluster) -> None:
    target = next(name for name in cluster.storages if name.startswith("pbs-"))
    cluster.jobs.append(
        {
            "id": "backup-nightly",
            "type": "vzdump",
            "schedule": "21:00",
            "enabled": 1,
            "storage": target,
            "mode": "snapshot",
            "all": 1,
            "comment": "Chaque nuit vers l'autre site",
            "prune-backups": "keep-last=7",
        }
    )
    for guest in cluster.guests.values():
        if guest.vmid % 23 == 0 and len(cluster.nodes) > 1:
            target_node = next(name for name in cluster.nodes if name != guest.node)
            cluster.replications.append(
                Replication(guest.vmid, 0, target_node, last_sync=cluster.now - 300)
            )
