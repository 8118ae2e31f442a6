"""Making things happen from another process: a second door, for tests and demonstrations alone.

`POST <url>` with one JSON command, `{"do": "kill-node", "cluster": "rennes", "node": "ren-pve02"}`;
the answer is `{}`, or `{"error": "…"}` with status 400. `GET <url>` tells the requests counted so
far and the simulated time. The URL holds a secret; the door is on loopback and speaks plain HTTP.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from noc_tui.simulator import machines, power_requests
from noc_tui.simulator.faults import Fault, Kind
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Surge
from noc_tui.simulator.model.versions import NEW
from noc_tui.simulator.world import World


class FaultWanted(msgspec.Struct, frozen=True):
    """A fault as `noc_tui.simulator.faults` describes it; `body` is text."""

    kind: Kind
    path: str = ""
    cluster: str = ""
    times: int = 0
    seconds: float = 0.0
    status: int = 596
    reason: str = "Connection timed out"
    body: str = "null"


class Command(msgspec.Struct, frozen=True):
    """What is to happen, and to whom; `value` is a lock, a reason, a user,
    a storage, a target node or a token."""

    do: str
    cluster: str = ""
    node: str = ""
    vmid: int = 0
    tenant: str = ""
    value: str = ""
    fault: FaultWanted | None = None


Act = Callable[[World, Cluster, Command], None]


def _stop_as(world: World, cluster: Cluster, command: Command) -> None:
    power_requests.stop(world, cluster, cluster.guests[command.vmid], command.value or "root@pam")


def _start_as(world: World, cluster: Cluster, command: Command) -> None:
    power_requests.start(world, cluster, cluster.guests[command.vmid], command.value or "root@pam")


def _add_fault(world: World, _cluster: Cluster, command: Command) -> None:
    wanted = command.fault
    if wanted is None:
        raise ValueError("fault is missing")
    world.faults.add(
        Fault(
            kind=wanted.kind,
            path=wanted.path,
            cluster=wanted.cluster,
            times=wanted.times,
            seconds=wanted.seconds,
            status=wanted.status,
            reason=wanted.reason,
            body=wanted.body.encode(),
        )
    )


def _spam(_world: World, cluster: Cluster, command: Command) -> None:
    machines.surge(cluster, command.vmid, Surge(cluster.now, cpu=0.4, net_out=40e6))


def _rename(_world: World, cluster: Cluster, command: Command) -> None:
    guest = cluster.guests[command.vmid]
    guest.config["hostname" if guest.kind == "lxc" else "name"] = command.value
    cluster.touch()


def _set_option(_world: World, cluster: Cluster, command: Command) -> None:
    """`net0=virtio=…`: as an edited file would have it; nothing after the sign removes it."""
    name, _, value = command.value.partition("=")
    config = cluster.guests[command.vmid].config
    config.pop(name, None)
    if value:
        config[name] = int(value) if value.isdigit() else value
    cluster.touch()


def _set_daemon(_world: World, cluster: Cluster, command: Command) -> None:
    """`pvedaemon`, `pveproxy` or `pve-firewall`: stopped, or running again."""
    name = command.do.replace("-", "_")
    setattr(cluster.nodes[command.node], name, command.value != "stopped")


def _renew_token(_world: World, cluster: Cluster, command: Command) -> None:
    """`user@realm!name=secret`: the secret that is good from now on."""
    name, _, secret = command.value.partition("=")
    machines.renew_token(cluster, name, secret)


def _burden(world: World, cluster: Cluster, command: Command) -> None:
    """`memory=0.97`, `disk=0.95` or `cpu=0.99`: the share that a guest uses from now on."""
    name, _, value = command.value.partition("=")
    guest, share = cluster.guests[command.vmid], float(value) if value else None
    if name == "cpu":
        guest.surge = None if share is None else Surge(cluster.now, cpu=share)
    elif name == "memory":
        guest.memory_fill = share
    elif name == "disk":
        guest.disk_fill = share
    else:
        raise ValueError(f"{name!r} is none of cpu, memory, disk")
    cluster.touch()


def _set_zone(_world: World, cluster: Cluster, command: Command) -> None:
    """`zone=error`: what a node reports of a zone; nothing after the sign is the usual."""
    zone, _, status = command.value.partition("=")
    if zone not in cluster.zones:
        cluster.zones.append(zone)
    cluster.zone_states.pop((command.node, zone), None)
    if status:
        cluster.zone_states[command.node, zone] = status
    cluster.touch()


def _set_health(_world: World, cluster: Cluster, command: Command) -> None:
    """`zfs:rpool=DEGRADED`, `disk:/dev/nvme0n1=FAILED`, `subscription=expired`,
    `ceph=HEALTH_WARN`.
    """
    what, _, value = command.value.partition("=")
    topic, _, name = what.partition(":")
    if topic == "ceph":
        cluster.ceph = value
        return
    health = cluster.nodes[command.node].health
    if topic == "zfs":
        health.pools[name] = value
    elif topic == "disk":
        health.disks[name] = value
    elif topic == "subscription":
        health.subscription = value
    else:
        raise ValueError(f"{topic!r} is none of ceph, disk, subscription, zfs")


def _upgrade(_world: World, cluster: Cluster, command: Command) -> None:
    cluster.nodes[command.node].pve = command.value or NEW
    cluster.touch()


def _arm(_world: World, cluster: Cluster, command: Command) -> None:
    """`armed`, or `disarmed` with what becomes of the services: `disarmed=freeze`."""
    cluster.armed, _, cluster.resource_mode = command.value.partition("=")
    cluster.touch()


def _silence_agent(_world: World, cluster: Cluster, command: Command) -> None:
    cluster.guests[command.vmid].agent_silent = command.value != "off"


ACTS: dict[str, Act] = {
    "kill-node": lambda w, c, o: machines.kill_node(w, c, o.node),
    "revive-node": lambda w, c, o: machines.revive_node(w, c, o.node),
    "freeze-node": lambda _, c, o: machines.freeze_node(c, o.node),
    "thaw-node": lambda _, c, o: machines.thaw_node(c, o.node),
    "cut-node": lambda w, c, o: machines.cut_node(w, c, o.node),
    "pvedaemon": _set_daemon,
    "pveproxy": _set_daemon,
    "pve-firewall": _set_daemon,
    "renew-token": _renew_token,
    "lose-quorum": lambda w, c, _: _ignore(machines.lose_quorum(w, c)),
    "regain-quorum": lambda w, c, _: machines.regain_quorum(w, c),
    "lose-storage": lambda _, c, o: machines.lose_storage(c, o.value, o.node),
    "regain-storage": lambda _, c, o: machines.regain_storage(c, o.value, o.node),
    "node-maintenance": lambda w, c, o: machines.put_in_maintenance(
        w, c, o.node, on=o.value != "off"
    ),
    "set-zone": _set_zone,
    "set-health": _set_health,
    "upgrade-node": _upgrade,
    "arm-ha": _arm,
    "lock-guest": lambda _, c, o: machines.lock_guest(c, o.vmid, o.value),
    "migrate-guest": lambda _, c, o: machines.migrate_guest(c, o.vmid, o.value),
    "delete-guest": lambda _, c, o: c.remove_guest(o.vmid),
    "crash-guest": lambda w, c, o: machines.crash_guest(w, c, o.vmid),
    "stop-guest": _stop_as,
    "start-guest": _start_as,
    "rename-guest": _rename,
    "set-option": _set_option,
    "spam": _spam,
    "burden": _burden,
    "silence-agent": _silence_agent,
    "calm": lambda _, c, o: machines.surge(c, o.vmid, None),
    "skip-backup": lambda w, c, o: w.backups_of(c.name).skipped.add(o.vmid),
    "fail-backup": lambda w, c, o: w.backups_of(c.name).failing.update({o.vmid: o.value}),
    "pbs-down": lambda w, c, _: setattr(w.backups_of(c.name), "down", True),
    "pbs-up": lambda w, c, _: setattr(w.backups_of(c.name), "down", False),
    "cut-tenant": lambda w, _, o: w.outside.cut.add(o.tenant),
    "join-tenant": lambda w, _, o: w.outside.cut.discard(o.tenant),
    "cut-prober": lambda w, *_: setattr(w.outside, "prober_cut_off", True),
    "join-prober": lambda w, *_: setattr(w.outside, "prober_cut_off", False),
    "add-fault": _add_fault,
    "clear-faults": lambda w, *_: w.faults.clear(),
    "reset-counts": lambda w, *_: w.requests.clear(),
}
"""Every command by its name."""


def _ignore(_value: object) -> None:
    """For commands whose result nobody waits for."""


def obey(world: World, command: Command) -> None:
    """Do it; raises `ValueError` for what does not exist."""
    act = ACTS.get(command.do)
    if act is None:
        raise ValueError(f"{command.do!r} is none of {', '.join(sorted(ACTS))}")
    name = command.cluster or next(iter(world.clusters))
    if name not in world.clusters:
        raise ValueError(f"no cluster {name!r}")
    try:
        act(world, world.clusters[name], command)
    except KeyError as missing:
        raise ValueError(f"no {missing} in {name}") from missing


@dataclass(slots=True)
class Control:
    """The door; `sync` lets the sockets follow after a command."""

    world: World
    sync: Callable[[], Awaitable[None]]
    url: str = ""
    _secret: str = ""
    _server: web.Server | None = None
    _listener: asyncio.Server | None = None

    async def open(self) -> None:
        self._secret = secrets.token_urlsafe(16)
        self._server = web.Server(self._handle, access_log=None)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._server, "127.0.0.1", 0)
        port = self._listener.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/{self._secret}"

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self._server is not None:
            await self._server.shutdown(0.2)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if not secrets.compare_digest(request.path.strip("/"), self._secret):
            return web.Response(status=404)
        if request.method == "GET":
            now = datetime.fromtimestamp(self.world.advance(), UTC)
            return _json({"now": now, "requests": self.world.requests})
        try:
            command = msgspec.json.decode(await request.read(), type=Command)
            self.world.advance()
            obey(self.world, command)
        except (ValueError, msgspec.DecodeError) as wrong:
            return _json({"error": str(wrong)}, status=400)
        await self.sync()
        return _json({})


def _json(value: object, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(status=status, body=body, content_type="application/json")
