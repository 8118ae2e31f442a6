"""An operator's daily acts against the simulator: previewed, carried out, on record."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.api import acts as api
from noc_tui.cluster import guest_acts
from noc_tui.cluster.ha_rules import HaRule
from noc_tui.cluster.ids import GuestPlace, is_net
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.guests.act_kinds import ActIntent, MigrationIntent, SnapshotIntent
from noc_tui.daemon.guests.guest_facts import read_facts
from noc_tui.simulator.model.guest import Guest, SavedState
from storage import evidence, intents
from storage.intents import left_tests
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.guests.lab import Lab, made_lab

pytestmark = pytest.mark.anyio


async def test_a_snapshot_is_taken_gone_back_to_and_deleted(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        (taken,) = await lab.order(api.TakeSnapshot("before-update", "v 2"), guest)
        assert taken.state == "done", taken.result
        assert list(guest.snapshots) == ["before-update"]
        guest.config["memory"] = "1024"
        preview = await lab.preview(api.RollBack("before-update", "bad update"), guest)
        assert preview.interrupted == preview.tenants == (guest.pool,)
        assert "is lost" in preview.guests[0].warnings[0]
        (back,) = await lab.order(api.RollBack("before-update", "bad update"), guest)
        assert back.state == "done", back.result
        assert guest.config["memory"] != "1024"
        assert guest.running
        await lab.look()
        (gone,) = await lab.order(api.DeleteSnapshot("before-update"), guest)
        assert gone.state == "done", gone.result
        assert not guest.snapshots
        assert (
            await lab.kinds()
            == [f"guest.snapshot.{end}" for end in ("ordered", "done") for _ in (1,)] * 3
        )
        assert (await evidence.search(lab.context.writer, evidence.Query()))[0].account == "omar"


async def test_old_snapshots_alone_go_by_age(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest, day = lab.guest(), 86400
        for name, age in (("old", 40), ("older", 90), ("young", 3)):
            guest.snapshots[name] = SavedState(lab.cluster.now - age * day, dict(guest.config))
        ended = await lab.order(api.DeleteSnapshot(older_than_days=30), guest)
        assert [one.state for one in ended] == ["done", "done"]
        assert list(guest.snapshots) == ["young"]
        report = verify(lab.context.writer.path)
        assert report.verdict is Verdict.INTACT, report.reason


async def test_a_task_that_fails_says_so_in_proxmox_words(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        guest.config["lock"] = "backup"
        (taken,) = await lab.order(api.TakeSnapshot("now"), guest)
        assert taken.state == "failed"
        assert "locked (backup)" in (taken.result or "")
        assert (await lab.kinds())[-1] == "guest.snapshot.failed"


async def test_a_backup_goes_to_the_storage_of_the_guests_own_job(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        server = lab.simulator.world.backups_of("rennes")
        before = len(server.snapshots["vm", guest.vmid])
        newest = server.snapshots["vm", guest.vmid][-1].time
        (made,) = await lab.order(api.BackUp(note="before the move"), guest)
        assert made.state == "done", made.result
        kept = server.snapshots["vm", guest.vmid]
        assert len(kept) >= before
        assert kept[-1].time > newest
        assert kept[-1].size


async def test_a_restored_test_is_off_and_has_no_network(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        known = set(lab.cluster.guests)
        (test,) = await lab.order(api.TestRestore(), guest)
        assert test.state == "done", test.result
        (number,) = set(lab.cluster.guests) - known
        made = lab.cluster.guests[number]
        assert not made.running
        assert not [key for key in made.config if is_net(key)]
        assert made.config["tags"] == guest_acts.TEST_TAG
        assert str(made.config["name"]).startswith(f"restore-test-{guest.vmid}-")
        assert not made.config["onboot"]
        assert [key for key in guest.config if is_net(key)]
        assert str(number) in (test.result or "")


async def test_a_restored_test_alone_is_deleted_and_told_of_while_it_is_left(
    tmp_path: Path,
) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        known = set(lab.cluster.guests)
        await lab.order(api.TestRestore(), guest)
        await lab.look()
        (number,) = set(lab.cluster.guests) - known
        made, now = lab.cluster.guests[number], lab.clock.now()
        assert await left_tests(lab.context.writer, now - timedelta(days=1)) == []
        (left,) = await left_tests(lab.context.writer, now + timedelta(days=1))
        assert (left.vmid, left.name) == (number, made.name)
        stopped = lab.guest(running=False)
        refused = await lab.preview(api.DeleteTest(), stopped)
        assert "was not restored for a test" in refused.guests[0].refused
        made.config["tags"] = "prod"  # somebody took it into use meanwhile
        (kept,) = await lab.order(api.DeleteTest(), made)
        assert kept.state == "failed"
        assert number in lab.cluster.guests
        made.config["tags"] = guest_acts.TEST_TAG
        (gone,) = await lab.order(api.DeleteTest(), made)
        assert gone.state == "done", gone.result
        assert number not in lab.cluster.guests


async def test_a_machine_moves_alive_and_a_container_by_a_restart(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        machine, container = lab.guest(), lab.guest("lxc")
        started = machine.started, container.started
        target = next(n for n in lab.cluster.nodes if n not in (machine.node, container.node))
        preview = await lab.preview(api.Migrate(target), machine, container)
        assert {one.node for one in preview.nodes} >= {target}
        ended = await lab.order(api.Migrate(target), machine, container)
        assert [one.state for one in ended] == ["done", "done"], [one.result for one in ended]
        assert (machine.node, container.node) == (target, target)
        assert machine.started == started[0]
        assert container.started > started[1]


async def test_ha_moves_its_guest_itself_and_that_is_waited_for(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest(ha=True)
        target = next(name for name in lab.cluster.nodes if name != guest.node)
        (moved,) = await lab.order(api.Migrate(target), guest)
        assert moved.state == "done", moved.result
        assert guest.node == target
        assert target in (moved.result or "")


async def test_no_more_than_so_many_are_worked_on_at_once(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        target = next(iter(lab.cluster.nodes))
        guests = [
            one
            for one in lab.cluster.guests.values()
            if one.node != target and one.running and one.sid not in lab.cluster.ha
        ][:6]
        ended = await lab.order(api.Migrate(target), *guests, at_once=2)
        assert [one.state for one in ended] == ["done"] * 6
        tasks = [
            task
            for node in lab.cluster.nodes
            for task in lab.cluster.tasks.of_node(node)
            if task.kind in ("qmigrate", "vzmigrate")
        ]
        assert len(tasks) == 6
        for task in tasks:
            beside = [one for one in tasks if one.start <= task.start < (one.end or 0)]
            assert len(beside) <= 2


async def test_what_lies_on_a_node_alone_is_refused_before_anything_is_ordered(
    tmp_path: Path,
) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        guest.config["scsi0"] = f"local:{guest.vmid}/vm-{guest.vmid}-disk-0.raw,size=32G"
        target = next(name for name in lab.cluster.nodes if name != guest.node)
        preview = await lab.preview(api.Migrate(target), guest)
        assert "lie on its node alone" in preview.guests[0].refused
        with pytest.raises(Conflict, match="lie on its node alone"):
            await lab.order(api.Migrate(target), guest)
        assert await lab.kinds() == []


async def test_without_quorum_nothing_is_ordered(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        lab.cluster.quorum_denied = True
        await lab.look()
        with pytest.raises(Conflict, match="no quorum"):
            await lab.preview(api.TakeSnapshot("now"), lab.guest())


async def test_unplugging_proves_that_nothing_is_left(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest(running=False)
        place = GuestPlace(guest.node, guest.kind, guest.vmid)
        taken = await guest_acts.unplug(lab.gateway, place)
        assert taken
        assert not [key for key in guest.config if is_net(key)]


async def test_what_a_guest_says_of_itself(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        machine, container = lab.guest(), lab.guest("lxc")
        told = await read_facts(lab.gateway, place_of(machine))
        assert told.agent == "answers"
        assert told.file_systems[0].mount in ("/", "C:\\")
        assert told.interfaces[0].addresses[0].startswith("10.99.")
        of_container = await read_facts(lab.gateway, place_of(container))
        assert of_container.interfaces[0].name == "eth0"
        assert of_container.file_systems[0].used
        machine.agent_silent = True
        assert (await read_facts(lab.gateway, place_of(machine))).agent == "silent"
        machine.config["agent"] = "0"
        assert (await read_facts(lab.gateway, place_of(machine))).agent == "off"
        stopped = lab.guest(running=False)
        assert (await read_facts(lab.gateway, place_of(stopped))).agent == "stopped"


def place_of(guest: Guest) -> GuestPlace:
    return GuestPlace(guest.node, guest.kind, guest.vmid)


async def test_a_storage_that_is_not_there_is_refused_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        for act in (api.BackUp("nope"), api.TestRestore(storage="nope")):
            if isinstance(act, api.TestRestore):
                await lab.order(api.BackUp(), guest)
            preview = await lab.preview(act, guest)
            assert "has no storage nope" in preview.guests[0].refused


async def test_a_storage_that_fills_is_warned_of(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        seen = lab.context.estate.snapshots["rennes"]
        (server,) = {one.name for one in seen.storages.values() if "backup" in one.content}
        full = {
            key: replace(one, total=100, used=97) if one.name == server else one
            for key, one in seen.storages.items()
        }
        lab.context.estate.remember(replace(seen, storages=full))
        preview = await lab.preview(api.BackUp(), guest)
        assert f"the storage {server} is 97 % full" in preview.guests[0].warnings


async def _left_half_way(lab: Lab, order: ActIntent, kind: str) -> int:
    """The intent of a daemon that died when it had asked, and had not noted the task."""
    async with lab.context.writer.change(evidence.Actor(1, "omar")) as change:
        number = await intents.create(
            change,
            kind=kind,
            subject=f"guest:rennes/{order.vmid}",
            payload=order,
            uid=1,
            account="omar",
        )
        await change.record(f"{kind}.ordered", [f"guest:rennes/{order.vmid}"], {"intent": number})
    async with lab.context.writer.change(evidence.Actor(1, "omar")) as change:
        await intents.move(change, number, "doing")
    return number


async def test_a_move_that_went_well_while_nobody_noted_it_is_found_on_the_node_it_left(
    tmp_path: Path,
) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        source = guest.node
        target = next(name for name in lab.cluster.nodes if name != source)
        order = MigrationIntent(
            cluster="rennes", vmid=guest.vmid, source=source, target=target, running=True
        )
        number = await _left_half_way(lab, order, "guest.migration")
        place = GuestPlace(source, "qemu", guest.vmid)
        await guest_acts.migrate(lab.gateway, place, target, running=True)
        while guest.node == source:
            await lab.pass_time()
        await lab.look()
        lab.acts.orders.put(number)
        (row,) = await lab.ended((number,))
        assert row.state == "done", row.result


async def test_a_task_of_another_program_is_not_taken_for_ours(tmp_path: Path) -> None:
    async with made_lab(tmp_path) as lab:
        guest = lab.guest()
        order = SnapshotIntent(cluster="rennes", vmid=guest.vmid, action="snapshot", name="mine")
        number = await _left_half_way(lab, order, "guest.snapshot")
        lab.cluster.begin_task(
            guest.node, "qmsnapshot", str(guest.vmid), "backup@pve!auto", 0, lambda _task: "OK"
        )
        await lab.pass_time()
        lab.acts.orders.put(number)
        (row,) = await lab.ended((number,))
        assert row.state == "failed"
        assert "knows no such task" in (row.result or "")


async def test_a_move_that_rules_of_ha_bar_is_refused_and_another_target_is_found(
    tmp_path: Path,
) -> None:
    async with made_lab(tmp_path, guests=60) as lab:
        guest = lab.guest(ha=True)
        others = [name for name in lab.cluster.nodes if name != guest.node]
        barred, free = others[0], others[1:]
        seen = lab.context.estate.slow["rennes"]
        nodes = dict.fromkeys((guest.node, *free), 0)
        rule = HaRule("licence", "node-affinity", (guest.sid,), nodes, strict=True)
        pair = HaRule("pair", "resource-affinity", (guest.sid, "vm:9999"), affinity="positive")
        lab.context.estate.remember_slow(replace(seen, ha_rules=(rule, pair)))
        preview = await lab.preview(api.Migrate(barred), guest)
        assert preview.guests[0].refused == f"rules of HA keep it off {barred} (licence)"
        chosen = await lab.preview(api.Migrate(), guest)
        assert not chosen.guests[0].refused
        assert barred not in chosen.guests[0].effect[0]
        assert "HA moves with it: vm:9999" in chosen.guests[0].warnings
