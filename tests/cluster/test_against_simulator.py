"""The gateway and the simulator, over TLS, with the tokens that a configuration would name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.difference import difference
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.cluster.privileges import list_missing_needs
from noc_tui.simulator import machines
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Site:
    simulator: Simulator
    clock: SteppedClock
    gateway: Gateway

    def requests(self) -> int:
        return sum(self.simulator.world.requests.values())

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await self.simulator.sync()


@asynccontextmanager
async def site(
    folder: Path, guests: int = 60, which: str = "token", endpoints: int | None = None
) -> AsyncIterator[Site]:
    clock = SteppedClock(START)
    async with Simulator(Options(guests=guests, tenants=6, delay_scale=0), clock, folder) as made:
        where = made.clusters[0]
        access = ClusterAccess(
            where.name,
            where.urls[:endpoints],
            ApiToken.parse(getattr(where, which)),
            ApiToken.parse(where.action_token),
            ca_file=Path(where.ca_file),
        )
        gateway = Gateway(access, clock)
        try:
            yield Site(made, clock, gateway)
        finally:
            await gateway.close()


async def test_the_number_of_requests_does_not_depend_on_the_size(tmp_path: Path) -> None:
    counts = []
    for guests in (10, 800):
        folder = tmp_path / str(guests)
        folder.mkdir()
        async with site(folder, guests) as lab:
            before = lab.requests()
            snapshot = await lab.gateway.fast_poll()
            fast = lab.requests() - before
            await lab.gateway.slow_poll()
            cluster = lab.simulator.world.clusters["rennes"]
            sources = {cluster.guests[job.guest].node for job in cluster.replications}
            counts.append((fast, lab.requests() - before - fast - len(sources)))
            assert len(snapshot.guests) == len(lab.simulator.world.clusters["rennes"].guests)
    assert counts == [(3, 10), (3, 10)]


async def test_only_what_could_be_seen_to_change_changes(tmp_path: Path) -> None:
    async with site(tmp_path, 200) as lab:
        first = await lab.gateway.fast_poll()
        assert not difference(first, await lab.gateway.fast_poll())
        await lab.pass_time(10)
        found = difference(first, second := await lab.gateway.fast_poll())
        assert not found.guests.added
        assert not found.guests.removed
        for old, new in found.guests.changed:
            assert old.booted_at == new.booted_at
        assert second.quorate


async def test_a_dead_nodes_guests_keep_their_names(tmp_path: Path) -> None:
    async with site(tmp_path) as lab:
        first = await lab.gateway.fast_poll()
        cluster = lab.simulator.world.clusters["rennes"]
        dead = list(cluster.nodes)[-1]
        names = {v: g.name for v, g in first.guests.items() if g.node == dead}
        machines.kill_node(lab.simulator.world, cluster, dead)
        for seconds in (10, 400):
            await lab.pass_time(seconds)
            snapshot = await lab.gateway.fast_poll()
            assert snapshot.nodes[dead].status == "offline"
            lost = [g for g in snapshot.guests.values() if g.node == dead]
            assert lost
            assert {g.status for g in lost} == {"unknown"}
            assert all(g.name == names[g.vmid] for g in lost if g.vmid in names)
        assert any(guest.carried for guest in lost)


async def test_the_slow_tier_is_read_whole(tmp_path: Path) -> None:
    async with site(tmp_path) as lab:
        slow = await lab.gateway.slow_poll()
        assert slow.gaps == ()
        assert slow.version == "8.4.21"
        assert slow.ha_resources
        assert slow.acl
        assert list_missing_needs(slow.permissions or {}, ["read"]) == ()
        action = await lab.gateway.permissions(of_action_token=True)
        assert list_missing_needs(action, ["power", "suspend"]) == ()
        assert (await lab.gateway.fast_poll()).version == "8.4.21"


async def test_a_replication_that_fails_is_asked_of_the_node_of_its_guest(tmp_path: Path) -> None:
    async with site(tmp_path, endpoints=1) as lab:  # the node that dies is not asked itself
        await lab.gateway.fast_poll()
        cluster = lab.simulator.world.clusters["rennes"]
        job = cluster.replications[0]
        job.fail_count, job.error = 3, "no space left on target"
        slow = await lab.gateway.slow_poll()
        (failing,) = [run for run in slow.runs if run.fail_count]
        assert (failing.guest, failing.error) == (job.guest, "no space left on target")
        assert {run.id for run in slow.runs} == {one.id for one in slow.replication or ()}
        machines.kill_node(lab.simulator.world, cluster, cluster.guests[job.guest].node)
        gone = await lab.gateway.slow_poll()
        assert failing.id not in {run.id for run in gone.runs}
        assert [gap.call.rpartition("/")[2] for gap in gone.gaps] == ["replication"]
        for one in cluster.replications:
            one.disabled = True
        before = lab.requests()
        assert (await lab.gateway.slow_poll()).runs == ()
        assert lab.requests() - before == 9  # that there is no Ceph is known by now


async def test_a_token_that_may_see_little_says_what_it_does_not_see(tmp_path: Path) -> None:
    async with site(tmp_path, which="blind_token") as lab:
        snapshot = await lab.gateway.fast_poll()
        slow = await lab.gateway.slow_poll()
        assert snapshot.quorate is None
        assert snapshot.gaps[0].privilege == "Sys.Audit"
        assert slow.ha_status is None
        assert "cluster/ha/status/current" in {gap.call for gap in slow.gaps}
        lacking = {
            (n.path, n.privilege) for n in list_missing_needs(slow.permissions or {}, ["read"])
        }
        assert ("/", "Sys.Audit") in lacking
        assert ("/vms", "VM.Audit") in lacking


async def test_details_of_a_guest(tmp_path: Path) -> None:
    async with site(tmp_path) as lab:
        snapshot = await lab.gateway.fast_poll()
        guest = next(g for g in snapshot.guests.values() if g.status == "running")
        ref = GuestPlace(guest.node, guest.kind, guest.vmid)
        assert await lab.gateway.locate(guest.vmid) == ref
        assert await lab.gateway.locate(999_999) is None
        config = await lab.gateway.guest_config(ref)
        assert config.digest
        assert "digest" not in config.values
        assert (await lab.gateway.guest_status(ref)).status == "running"
        assert await lab.gateway.guest_pending(ref) == ()
        points = await lab.gateway.guest_rrddata(ref)
        assert points
        assert all("time" in point for point in points)


async def test_power_and_its_task(tmp_path: Path) -> None:
    async with site(tmp_path) as lab:
        snapshot = await lab.gateway.fast_poll()
        guest = next(
            g for g in snapshot.guests.values() if g.status == "running" and g.ha_state is None
        )
        ref = GuestPlace(guest.node, guest.kind, guest.vmid)
        upid = await lab.gateway.stop(ref)
        assert (await lab.gateway.task_status(upid)).outcome == "running"
        await lab.pass_time(60)
        task = await lab.gateway.task_status(upid)
        assert (task.outcome, task.exitstatus) == ("ok", "OK")
        assert await lab.gateway.task_log(upid)
        assert (await lab.gateway.guest_status(ref)).state == "stopped"
        listed = await lab.gateway.node_tasks(guest.node, vmid=guest.vmid)
        assert upid in {each.upid for each in listed}


async def test_backups_of_the_second_site(tmp_path: Path) -> None:
    async with site(tmp_path) as lab:
        where = lab.simulator.pbs[0]
        access = ClusterAccess(
            where.name,
            (where.url,),
            ApiToken.parse(where.token),
            ca_file=Path(where.ca_file),
            service="PBS",
        )
        server = BackupGateway(access, lab.clock)
        try:
            before = lab.requests()
            found = await server.poll(where.datastore, where.namespace)
            assert lab.requests() - before == 5
            assert (found.collection, found.verification) != (None, None)
            assert found.total
            backups = next(iter(found.guests.values()))
            times = [backup.at for backup in backups.backups]
            assert times == sorted(times, reverse=True)
            with pytest.raises(errors.ClusterError):
                await server.poll("nothing-here")
            with pytest.raises(errors.InvalidId):
                await server.poll("../../access")
            assert await server.version()
        finally:
            await server.close()


async def test_a_backup_servers_refusals(tmp_path: Path) -> None:
    async with site(tmp_path) as lab:
        where = lab.simulator.pbs[0]
        wrong = ApiToken("noc@pbs!read", "00000000-0000-0000-0000-000000000000")
        access = ClusterAccess(
            where.name, (where.url,), wrong, fingerprint=where.fingerprint, service="PBS"
        )
        server = BackupGateway(access, lab.clock)
        try:
            with pytest.raises(errors.AuthenticationFailed):
                await server.poll(where.datastore)
        finally:
            await server.close()
