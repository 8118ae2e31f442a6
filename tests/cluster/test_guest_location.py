"""A guest on the move is followed or tried again; only a list that proves it makes it gone."""

import pytest

from noc_tui.cluster import errors
from noc_tui.cluster.actions import apply, find_drift, plan_cut_network, read_guest
from noc_tui.cluster.guest_location import GuestGone, locate_guest, reach_guest
from noc_tui.cluster.ids import GuestPlace
from noc_tui.simulator import machines
from noc_tui.simulator.faults import Fault
from noc_tui.simulator.model.guest import Guest
from tests.cluster.actions.conftest import Lab, lab, options, ref

__all__ = ["lab", "options"]
pytestmark = pytest.mark.anyio


def others(lab: Lab, *nodes: str) -> list[str]:
    return [name for name in lab.cluster.nodes if name not in nodes]


async def test_a_guest_that_migrates_between_locate_and_read_is_followed(lab: Lab) -> None:
    guest = lab.guest()
    asked: list[str] = []

    async def read(where: GuestPlace) -> str:
        asked.append(where.node)
        if len(asked) == 1:
            machines.migrate_guest(lab.cluster, guest.vmid, others(lab, where.node)[0])
        return (await lab.gateway.guest_config(where)).values["name"]

    assert await reach_guest(lab.gateway, guest.vmid, read) == guest.config["name"]
    assert len(asked) == 2
    assert asked[-1] == guest.node


async def test_a_guest_that_never_rests_is_tried_again_and_not_gone(lab: Lab) -> None:
    guest = lab.guest()

    async def read(where: GuestPlace) -> None:
        machines.migrate_guest(lab.cluster, guest.vmid, others(lab, where.node)[0])
        await lab.gateway.guest_config(where)

    with pytest.raises(errors.GuestNotLocated):
        await reach_guest(lab.gateway, guest.vmid, read, seen=ref(guest))


async def test_a_guest_that_is_listed_where_it_cannot_be_read_is_on_its_way(lab: Lab) -> None:
    guest = lab.guest()
    nowhere = f"^GET .*/{guest.vmid}/config"
    said = f"Configuration file 'nodes/x/qemu-server/{guest.vmid}.conf' does not exist"
    lab.simulator.world.faults.add(Fault("status", nowhere, status=500, reason=said))
    with pytest.raises(errors.GuestNotLocated):
        await read_guest(lab.gateway, guest.vmid, None, seen=ref(guest))


async def test_a_silent_node_is_waited_for(lab: Lab) -> None:
    guest, where = await on_a_far_node(lab)
    lab.cluster.nodes[where.node].killed = True
    await lab.simulator.sync()
    with pytest.raises(errors.NodeUnreachable):
        await read_guest(lab.gateway, guest.vmid, None, seen=where)


async def test_a_guest_that_ha_started_elsewhere_is_read_there(lab: Lab) -> None:
    guest, where = await on_a_far_node(lab)
    lab.cluster.nodes[where.node].killed = True
    await lab.simulator.sync()
    guest.node = next(iter(lab.cluster.nodes))
    lab.cluster.touch()
    state = await read_guest(lab.gateway, guest.vmid, None, seen=where)
    assert state.guest == ref(guest)


async def on_a_far_node(lab: Lab) -> tuple[Guest, GuestPlace]:
    """A guest on a node other than the one that answers."""
    guest, far = lab.guest(), list(lab.cluster.nodes)[-1]
    if guest.node != far:
        machines.migrate_guest(lab.cluster, guest.vmid, far)
    return guest, ref(guest)


async def test_a_whole_list_without_it_makes_a_guest_gone(lab: Lab) -> None:
    guest = lab.guest()
    where = ref(guest)
    lab.cluster.remove_guest(guest.vmid)
    with pytest.raises(GuestGone, match=f"{lab.gateway.name}/{guest.vmid}"):
        await read_guest(lab.gateway, guest.vmid, None, seen=where)


async def test_a_list_that_lost_it_with_a_privilege_proves_nothing(lab: Lab) -> None:
    guest = lab.guest()
    where = ref(guest)
    lab.cluster.remove_guest(guest.vmid)
    hide(lab)
    with pytest.raises(errors.GuestNotLocated, match=r"VM\.Audit"):
        await locate_guest(lab.gateway, guest.vmid)
    with pytest.raises(errors.PermissionMissing):
        await read_guest(lab.gateway, guest.vmid, None, seen=where)


def hide(lab: Lab) -> None:
    """The read token loses the sight of every guest."""
    roles = lab.cluster.access.roles
    for name, privileges in roles.items():
        roles[name] = privileges - {"VM.Audit"}
    lab.cluster.access.changed()


async def test_a_list_of_an_endpoint_without_quorum_proves_nothing(lab: Lab) -> None:
    guest = lab.guest()
    lab.cluster.remove_guest(guest.vmid)
    answering = next(iter(lab.cluster.nodes))
    for name in others(lab, answering):
        lab.cluster.nodes[name].killed = True
    await lab.simulator.sync()
    with pytest.raises(errors.GuestNotLocated, match="out of date"):
        await locate_guest(lab.gateway, guest.vmid)


async def test_a_step_on_a_guest_that_is_not_to_be_seen_is_refused_and_not_gone(lab: Lab) -> None:
    guest = lab.guest()
    record = await read_guest(lab.gateway, guest.vmid, None, ())
    (step,) = plan_cut_network(record).steps
    lab.cluster.remove_guest(guest.vmid)
    hide(lab)
    outcome = await apply(step, record, lab.gateway)
    assert (outcome.kind, outcome.again) == ("refused", False)


async def test_drift_is_read_where_the_guest_is_now(lab: Lab) -> None:
    guest = lab.guest()
    record = await read_guest(lab.gateway, guest.vmid, None, ())
    steps = plan_cut_network(record).steps
    polled = (await lab.gateway.fast_poll()).guests[guest.vmid]
    machines.migrate_guest(lab.cluster, guest.vmid, others(lab, guest.node)[0])
    found = await find_drift(steps, record, lab.gateway, polled, acl=None, ha=None)
    assert [finding.kind for _step, finding in found] == ["todo"]
    guest.config["smbios1"] = "uuid=00000000-0000-0000-0000-000000000001"
    with pytest.raises(GuestGone, match="another guest"):
        await find_drift(steps, record, lab.gateway, polled, acl=None, ha=None)
