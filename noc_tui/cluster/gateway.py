"""The facade: one `Gateway` per cluster, asynchronous, typed, and raising only `errors`.

    gateway = Gateway(access, clock)
    snapshot = await gateway.fast_poll()
    changed = difference(earlier, snapshot)
    upid = await gateway.shutdown(GuestPlace("pve1", "qemu", 101), timeout=180)

Polls, details and changes have threads of their own, so that none waits for another.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from noc_tui.clock import Clock
from noc_tui.cluster import answers, errors, ids
from noc_tui.cluster.api_rows import ResourceRow, StatusRow
from noc_tui.cluster.build_snapshot import KnownCluster, is_quorate
from noc_tui.cluster.client import Client, EndpointAnswer, Method
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.decoding import decode, decode_leniently, decode_rows, read_rows
from noc_tui.cluster.endpoints import Endpoints, EndpointState
from noc_tui.cluster.fast import read_fast
from noc_tui.cluster.guest_inside import (
    AgentInterface,
    ContainerInterface,
    FileSystem,
    FsInfoAnswer,
    InterfacesAnswer,
    agent_path,
)
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.node_questions import NO_ZFS, QUESTIONS, NodeFact
from noc_tui.cluster.omissions import OmissionLog
from noc_tui.cluster.privileges import ACCOUNT_NEEDS, ACL_NEEDS, GUEST_SIGHT, is_granted
from noc_tui.cluster.replication import with_runs
from noc_tui.cluster.slow import Permissions, SlowSnapshot, decode_permissions
from noc_tui.cluster.slow_reading import read_slow
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.cluster.term_proxy import TerminalLink
from noc_tui.cluster.token_file import TokenFile
from noc_tui.cluster.transport import parameters
from noc_tui.cluster.workers import Workers

T = TypeVar("T")
Parameter = str | int | bool | None
ASK_OTHERS_EVERY = 6
"""While there is no quorum, every so many polls the other endpoints are asked whether they have."""
CEPH_AGAIN = timedelta(hours=1)
"""How long a cluster that has no Ceph is not asked for it again."""
EVERYWHERE = "root@pam"
"""A user that each cluster has: a list without it is not whole, whatever the privileges say."""


class Gateway:
    """One cluster. `known` is what an earlier run knew, so that names of a dead node's guests are
    there from the first poll on. All methods may raise the errors of `errors`, and nothing else.
    """

    def __init__(
        self, access: ClusterAccess, clock: Clock, known: KnownCluster | None = None
    ) -> None:
        self.name = access.name
        self._access = access
        self._clock = clock
        self._known = known or KnownCluster()
        self._endpoints = Endpoints(access.endpoints)
        self._unquorate_polls = 0
        self._ceph_from = datetime.min.replace(tzinfo=UTC)
        limits = access.limits
        reading = TokenFile(access.read_token, access.read_token_file)
        acting = (
            TokenFile(access.action_token, access.action_token_file)
            if access.action_token is not None
            else None
        )
        self._tokens = tuple(token for token in (reading, acting) if token is not None)
        # A poll's silence leaves time to ask the other endpoints within the poll's own limit.
        share = limits.read / max(2, len(access.endpoints))
        self._polls = self._workers(reading, 1, min(limits.silence, share))
        # Some of the slow tier reads every guest's configuration, and is silent meanwhile.
        self._slow = self._workers(reading, 1, limits.write_silence)
        self._details = self._workers(reading, 2, limits.silence)
        self._checks = self._workers(reading, 1, limits.silence)
        # An agent that hangs keeps nobody from a guest's details.
        self._agents = self._workers(reading, 1, limits.write_silence)
        self._actions = (
            self._workers(acting, 2, limits.write_silence) if acting is not None else None
        )

    def now(self) -> datetime:
        """The instant that this gateway's clock shows, in UTC."""
        return self._clock.now()

    @property
    def accounts(self) -> frozenset[str]:
        """The users (`name@realm`) whose tokens this gateway holds."""
        return frozenset(token.current().user for token in self._tokens)

    @property
    def endpoint(self) -> str:
        """The endpoint in use: the one that answered last, unless it failed since."""
        return self._endpoints.current

    def last_place(self, vmid: int) -> GuestPlace | None:
        """Where the last poll has seen a guest; None where there was none, or it has not."""
        snapshot = self._known.snapshot
        guest = None if snapshot is None else snapshot.guests.get(vmid)
        return None if guest is None else GuestPlace(guest.node, guest.kind, guest.vmid)

    # polls

    async def fast_poll(self) -> ClusterSnapshot:
        """`/cluster/status`, `/cluster/resources`, `/cluster/tasks`: three requests.

        Only when quorum was just lost, and once a minute while it is, are the other endpoints asked
        too, since the one in use may be alone on the wrong side of a split. What it said stands
        unless another one says that there is quorum. Only when every guest is gone is it asked
        whether the token may still see any.
        """
        failures = self._endpoints.failures
        snapshot, known = await self._poll_once()
        if snapshot.quorate is not False:
            self._unquorate_polls = 0
        else:
            if self._unquorate_polls % ASK_OTHERS_EVERY == 0:
                snapshot, known = await self._of_majority(snapshot, known, failures)
            self._unquorate_polls += 1
        self._known = replace(known, version=self._known.version)
        return snapshot

    async def _of_majority(
        self, alone: ClusterSnapshot, known: KnownCluster, failures: int
    ) -> tuple[ClusterSnapshot, KnownCluster]:
        """The snapshot of an endpoint with quorum, or the one there is. An endpoint that already
        failed in this poll is not asked again.
        """
        for endpoint in self._endpoints.others(alone.endpoint):
            if self._endpoints.failed_after(endpoint, failures):
                continue
            try:
                found = await self._poll_once(endpoint)
            except errors.ClusterError:
                continue
            if found[0].quorate:
                self._endpoints.use(endpoint)
                return found
        self._endpoints.use(alone.endpoint)
        return alone, known

    async def check_endpoints(self) -> tuple[EndpointState, ...]:
        """Ask each endpoint for its version, one request each; what each one said, in order.

        Any answer counts, a refusal too: this is about the endpoint, and not about the token.
        """
        limits = self._access.limits
        for endpoint in self._endpoints:
            try:
                await self._checks.run(
                    lambda client, at=endpoint: client.read_at(at, "version"),  # type: ignore[misc]  # a default that binds
                    limits.connect + limits.silence,
                    about=endpoint,
                )
            except errors.CircuitOpen:
                continue  # it hung before, and what it said last stands
            except errors.TimedOut as error:
                self._endpoints.failed(endpoint, error)
            except errors.ClusterError:
                continue  # noted where it happened
        return self._endpoints.states()

    async def slow_poll(self) -> SlowSnapshot:
        """HA, its rules, replication, backup jobs, one ACL read, permissions, version: nine
        requests, one for Ceph where there is some, and one for each node whose guests are
        replicated.
        """
        now, seen = self._clock.now(), self._known.snapshot
        asks_ceph = now >= self._ceph_from

        def work(client: Client) -> SlowSnapshot:
            def read(path: str) -> bytes:
                return client.read(path, {}).body

            found = read_slow(self.name, now, read, asks_ceph=asks_ceph)
            return with_runs(found, seen, read)

        slow = await self._slow.run(work, self._access.limits.write * 2)
        self._known = replace(self._known, version=slow.version or self._known.version)
        if slow.without_ceph and asks_ceph:
            self._ceph_from = now + CEPH_AGAIN
        return slow

    async def ask_node(self, node: str, topic: str) -> tuple[NodeFact, ...]:
        """Ask a node one of `node_questions.QUESTIONS`: one request. Empty where it has no such
        thing (a node without ZFS).
        """
        question, log = QUESTIONS[topic], OmissionLog()
        path = f"nodes/{ids.node(node)}/{question.path}"
        try:
            answered = await self._slow.run(
                lambda client: client.read(path, {}), self._access.limits.write, about=node
            )
        except errors.RequestRefused as error:
            if NO_ZFS in error.said:
                return ()
            raise
        return tuple(answered.decoded(self.name, lambda body: question.read(body, log)))

    # details

    async def guest_config(
        self, guest: GuestPlace, *, current: bool = True
    ) -> answers.ConfigAnswer:
        """The configuration; `current` leaves pending changes out."""
        values = await self.read(f"{guest.path}/config", dict[str, object], current=current)
        digest = values.pop("digest", None)
        plain = {key: answers.text(value) for key, value in values.items()}
        return answers.ConfigAnswer(plain, None if digest is None else str(digest))

    async def locate(self, vmid: int) -> GuestPlace | None:
        """Where a guest is now, asked afresh; None when the cluster surely has no such guest.

        A list that lacks it proves so only where the token may see the guest and the endpoint is
        in the quorate part: `GuestNotLocated` otherwise. Three requests more, for such a list.
        """
        number = ids.vmid(vmid)
        found, _endpoint = await self._listed(number)
        if found is None:
            await self._require_sight(number)
            status = await self._get(self._details, "cluster/status", {})
            rows = status.decoded(self.name, lambda data: decode_rows(data, StatusRow))
            found, endpoint = await self._listed(number)
            if found is None and (endpoint != status.endpoint or not is_quorate(rows)):
                said = f"guest {number} is not listed, by an endpoint that may be out of date"
                raise errors.GuestNotLocated(self.name, endpoint, said)
        return found

    async def _listed(self, vmid: int) -> tuple[GuestPlace | None, str]:
        """Where the list has a guest, and the endpoint that gave the list."""
        answered = await self._get(self._details, "cluster/resources", {"type": "vm"})
        log = OmissionLog()
        rows = answered.decoded(self.name, lambda data: read_rows(data, ResourceRow, log))
        found = next((row for row in rows if row.vmid == vmid and row.node), None)
        if found is None and log.rows:
            said = f"guest {vmid} is not listed, and {log.rows} rows of the list cannot be read"
            raise errors.GuestNotLocated(self.name, answered.endpoint, said)
        where = None if found is None else GuestPlace(str(found.node), found.type, vmid)
        return where, answered.endpoint

    async def _require_sight(self, vmid: int) -> None:
        """`GuestNotLocated` where the token would not be shown the guest if it were there."""
        path = f"/vms/{vmid}"
        answered = await self._get(self._details, "access/permissions", {"path": path})
        held = answered.decoded(self.name, decode_permissions)
        if GUEST_SIGHT not in held.get(path, {}):
            said = f"without {GUEST_SIGHT} on {path} guest {vmid} is not listed"
            raise errors.GuestNotLocated(self.name, answered.endpoint, said)

    async def guest_pending(self, guest: GuestPlace) -> tuple[answers.PendingChange, ...]:
        """The keys that wait for the next start; empty when none does."""
        rows = await self.read(f"{guest.path}/pending", list[answers.PendingChange])
        return tuple(row for row in rows if row.is_pending)

    async def guest_file_systems(self, guest: GuestPlace) -> tuple[FileSystem, ...]:
        """The file systems that the guest's agent tells of; it may be slow, or silent."""
        path = agent_path(guest)
        answered = await self._agents.run(
            lambda client: client.read(path, {}),
            self._access.limits.write,
            about=f"{guest.node}/{guest.vmid}",
        )
        return answered.decoded(self.name, lambda data: decode(data, FsInfoAnswer)).result

    async def guest_interfaces(self, guest: GuestPlace) -> tuple[AgentInterface, ...]:
        """The interfaces that the guest's agent tells of; it may be slow, or silent."""
        path = f"{guest.path}/agent/network-get-interfaces"
        answered = await self._agents.run(
            lambda client: client.read(path, {}),
            self._access.limits.write,
            about=f"{guest.node}/{guest.vmid}",
        )
        return answered.decoded(self.name, lambda data: decode(data, InterfacesAnswer)).result

    async def container_interfaces(self, guest: GuestPlace) -> list[ContainerInterface]:
        """The interfaces that the node sees in a running container."""
        return await self.read(f"{guest.path}/interfaces", list[ContainerInterface])

    async def guest_status(self, guest: GuestPlace) -> answers.GuestStatus:
        """The state of a guest now."""
        return await self.read(f"{guest.path}/status/current", answers.GuestStatus)

    async def guest_rrddata(
        self, guest: GuestPlace, timeframe: answers.Timeframe = "hour"
    ) -> list[answers.RrdPoint]:
        """Load over time: `time` and what Proxmox measured; a missing sample is a missing key."""
        path = f"{guest.path}/rrddata"
        return await self.read(path, list[answers.RrdPoint], timeframe=timeframe, cf="AVERAGE")

    async def node_tasks(
        self, node: str, *, vmid: int | None = None, limit: int = 50, errors_only: bool = False
    ) -> list[answers.NodeTask]:
        """A node's tasks, active and archived, newest first."""
        return await self.read(
            f"nodes/{ids.node(node)}/tasks",
            list[answers.NodeTask],
            source="all",
            limit=limit,
            vmid=None if vmid is None else ids.vmid(vmid),
            errors=errors_only or None,
        )

    async def task_status(self, upid: str) -> answers.TaskStatus:
        """A task's state; only a hint about the guest, whose own state decides."""
        return await self.read(f"{_task_path(upid)}/status", answers.TaskStatus)

    async def task_log(
        self, upid: str, *, start: int = 0, limit: int = 500
    ) -> list[answers.LogLineAnswer]:
        """Lines of a task's log. A log that cannot be read is one line that says so."""
        path = f"{_task_path(upid)}/log"
        # Proxmox answers with a single line in place of a list when the file is not there.
        found = await self.read(
            path,
            list[answers.LogLineAnswer] | answers.LogLineAnswer,  # type: ignore[arg-type]  # a union
            start=start,
            limit=limit,
        )
        return found if isinstance(found, list) else [found]

    async def acl(self) -> list[answers.AclEntry]:
        """Every entry of the access list. Proxmox leaves out, without a word, what a token may not
        see; `PermissionMissing` where that could be anything.
        """
        if not is_granted(await self.permissions(), *ACL_NEEDS):
            path, privilege = ACL_NEEDS
            said = f"without {privilege} on {path} the access list is not shown whole"
            raise errors.PermissionMissing(
                self.name, None, said, status=None, path=path, privilege=privilege
            )
        return await self.read("access/acl", list[answers.AclEntry])

    async def principals(self) -> frozenset[str] | None:
        """The users (`name@realm`) and groups (`@name`) of the cluster; None where the token may be
        shown a part of them only, which proves nothing of the others.
        """
        if not is_granted(await self.permissions(), *ACCOUNT_NEEDS):
            return None
        users = {row.userid for row in await self.read("access/users", list[answers.User])}
        if EVERYWHERE not in users:
            return None
        groups = await self.read("access/groups", list[answers.Group])
        return frozenset([*users, *(f"@{row.groupid}" for row in groups)])

    async def permissions(
        self, *, of_action_token: bool = False, path: str | None = None
    ) -> Permissions:
        """A token's own privileges: path → privilege → whether it propagates. With `path` those on
        just that path, whatever grants them.
        """
        workers = self._acting() if of_action_token else self._details
        answered = await self._get(workers, "access/permissions", {"path": path})
        return answered.decoded(self.name, decode_permissions)

    # changes

    async def start(self, guest: GuestPlace) -> str:
        """Start a guest; the UPID of the task, which may still fail."""
        return await self.task("POST", f"{guest.path}/status/start")

    async def stop(self, guest: GuestPlace, *, overrule_shutdown: bool = False) -> str:
        """Stop a guest at once; `overrule_shutdown` ends a shutdown that runs (not under HA)."""
        values: dict[str, Parameter] = {"overrule-shutdown": overrule_shutdown or None}
        return await self.task("POST", f"{guest.path}/status/stop", values)

    async def shutdown(self, guest: GuestPlace, *, timeout: int = 180, force: bool = False) -> str:  # noqa: ASYNC109 - Proxmox's own parameter, seconds
        """Ask a guest to shut down; with `force`, stop it after `timeout` seconds."""
        values: dict[str, Parameter] = {"timeout": timeout, "forceStop": force or None}
        return await self.task("POST", f"{guest.path}/status/shutdown", values)

    async def reboot(self, guest: GuestPlace, *, timeout: int = 180) -> str:  # noqa: ASYNC109 - as above
        """Shut a guest down and start it again."""
        return await self.task("POST", f"{guest.path}/status/reboot", {"timeout": timeout})

    async def task(
        self, method: Method, path: str, values: Mapping[str, Parameter] | None = None
    ) -> str:
        """A change that runs as a task; returns its UPID."""
        upid = await self.write(method, path, values)
        if upid is None:
            raise errors.AmbiguousOutcome(self.name, None, "no task id in the answer")
        try:
            return ids.upid(upid).text
        except errors.InvalidId as error:
            raise errors.AmbiguousOutcome(self.name, None, str(error)) from None

    async def open_terminal(self, guest: GuestPlace, serial: int | None = None) -> TerminalLink:
        """The guest's serial console, open; of a virtual machine its first one unless said.

        Needs `VM.Console` of the action token, which is sent to the cluster and nowhere else.
        """
        asked: dict[str, Parameter] = {}
        if guest.kind == "qemu" and serial is not None:
            asked["serial"] = f"serial{serial}"
        acting, sent = self._acting(), parameters(asked)
        answered = await acting.run(
            lambda client: client.write("POST", f"{guest.path}/termproxy", sent),
            self._access.limits.write,
            about=guest.node,
            is_write=True,
        )
        ticket = answered.decoded(self.name, lambda body: decode(body, answers.TerminalTicket))
        link = TerminalLink(self.name, answered.endpoint)
        try:
            await link.open(self._access, self._tokens[-1].current(), guest, ticket)
        except BaseException:
            await link.close()
            raise
        return link

    # any call; `path` is relative to `/api2/json`, and its ids are the caller's to check

    async def read(self, path: str, kind: type[T], **values: Parameter) -> T:
        """GET, decoded as `kind`."""
        answered = await self._get(self._details, path, values)
        return answered.decoded(self.name, lambda data: decode_leniently(data, kind))

    async def read_acting(self, path: str, kind: type[T], **values: Parameter) -> T:
        """The same with the action token, for what only who may change something is shown."""
        answered = await self._get(self._acting(), path, values)
        return answered.decoded(self.name, lambda data: decode_leniently(data, kind))

    async def write(
        self, method: Method, path: str, values: Mapping[str, Parameter] | None = None
    ) -> str | None:
        """POST, PUT or DELETE with the action token; the `data` of the answer.

        Sent once. `AmbiguousOutcome` says that the object must be read before anything else.
        """
        sent = parameters(values or {})
        answered = await self._acting().run(
            lambda client: client.write(method, path, sent),
            self._access.limits.write,
            about=ids.node_of(path),
            is_write=True,
        )
        try:
            return decode(answered.body, str | None)  # type: ignore[arg-type]  # a union at run time
        except ValueError as error:
            said = f"an answer that is not Proxmox's: {error}"
            raise errors.AmbiguousOutcome(self.name, answered.endpoint, said) from None

    async def close(self) -> None:
        """End every connection and thread."""
        groups = (
            self._polls, self._slow, self._details, self._checks, self._agents, self._actions,
        )  # fmt: skip
        await asyncio.gather(*(workers.close() for workers in groups if workers is not None))

    # inside

    def _workers(self, token: TokenFile, threads: int, silence: float) -> Workers:
        return Workers(self._access, token, self._endpoints, threads=threads, silence=silence)

    def _acting(self) -> Workers:
        if self._actions is None:
            raise errors.NotConfigured(f"{self.name}: no action_token_file is configured")
        return self._actions

    async def _get(
        self, workers: Workers, path: str, values: Mapping[str, Parameter]
    ) -> EndpointAnswer:
        sent = parameters(values)
        return await workers.run(
            lambda client: client.read(path, sent),
            self._access.limits.read,
            about=ids.node_of(path),
        )

    async def _poll_once(self, endpoint: str | None = None) -> tuple[ClusterSnapshot, KnownCluster]:
        """One poll, by whichever endpoint answers or by that one alone."""
        known, now = self._known, self._clock.now()

        def work(client: Client) -> tuple[ClusterSnapshot, KnownCluster]:
            def read(path: str) -> EndpointAnswer:
                return client.read(path, {}) if endpoint is None else client.read_at(endpoint, path)

            return read_fast(self.name, known, now, read)

        about = endpoint or ""
        return await self._polls.run(work, self._access.limits.read, about=about)


def _task_path(upid: str) -> str:
    """A task is asked of its own node. Its id is escaped: only `/` and `..` are excluded in it."""
    return f"nodes/{ids.upid(upid).node}/tasks/{quote(upid, safe=':@!')}"
