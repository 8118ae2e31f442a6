"""A means is in force once its effect is known; what was only configured or asked says so."""

import dataclasses

import msgspec
import pytest

from noc_tui.config.values import Probe
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.suspension.effect_proofs import PROBE_TIME
from noc_tui.daemon.suspension.steps import Steps, StepState
from noc_tui.labels import states
from noc_tui.simulator.faults import Fault
from storage import suspension as stored
from storage.ledger import LEDGER, OBSERVERS, ObservedState, Observer
from storage.times import micros
from tests.daemon.suspension.lab import CLUSTER, Lab
from tests.support.changes import PREPARED, TESTER

pytestmark = pytest.mark.anyio


def a_guest(lab: Lab) -> int:
    """One of the tenant's that runs."""
    tenant = next(row for row in lab.simulator.tenants if CLUSTER in row.clusters)
    return next(g.vmid for g in lab.cluster.guests_in(tenant.pool) if g.running)


async def ordered(lab: Lab, *means: str, ports: tuple[str, ...] = (), state: str) -> Case:
    case = await lab.draft("service-threat", means=means, vmids=(a_guest(lab),), ports=ports)
    return await lab.state(await lab.ordered(case), state)


async def shown(lab: Lab, case: Case) -> tuple[str, str]:
    """The guest's state as it is worded, and the sentence beside it."""
    (row,) = await stored.guests_of(lab.context.writer, case.id)
    return states.label_text(states.CASE_GUEST, row.state), row.detail


async def test_content_that_is_to_be_removed_is_asked_for_and_not_in_force(lab: Lab) -> None:
    case = await ordered(lab, "content_removal", state="asked")
    assert [(one.kind, one.means) for one in case.unproven] == [("asked", "content_removal")]
    assert case.started_at is None
    assert case.exclusion is None
    assert (await shown(lab, case))[0].endswith("asked of the client")
    told = await lab.until(case, lambda now: now.notice.delivery == "accepted")
    assert not told.notice.owed
    await lab.restored(case)


async def test_a_cut_with_a_device_passed_through_is_configured_only(lab: Lab) -> None:
    vmid = a_guest(lab)
    lab.guest(vmid).config["hostpci0"] = "0000:01:00.0"
    case = await ordered(lab, "vm_cut_network", state="configured")
    assert case.started_at is None
    (one,) = case.unproven
    assert (str(one.guest), one.means, one.kind) == (
        f"{CLUSTER}/{vmid}",
        "vm_cut_network",
        "configured",
    )
    assert "hostpci0" in one.why
    word, detail = await shown(lab, case)
    assert word.endswith("configured, not seen to work")
    assert "not seen to work" in detail
    await lab.restored(case)


@pytest.mark.parametrize("means", ["vm_public_ip_off", "vm_internet_cut", "vm_block_smtp_out"])
async def test_a_filter_that_was_read_back_is_in_force_until_its_firewall_is_off(
    lab: Lab, means: str
) -> None:
    case = await ordered(lab, means, state="suspended")
    assert case.started_at is not None
    assert case.unproven == ()
    rows = await stored.steps_of(lab.context.writer, case.id)
    assert {row.proof for row in rows} == {"read-back"}
    lab.cluster.firewall["enable"] = 0
    await lab.part.watch.configurations()
    case = await lab.load(case)
    assert case.state == "drifting"
    assert ["firewall is off" in row.what for row in case.drift] == [True]
    lab.cluster.firewall["enable"] = 1
    await lab.part.watch.configurations()
    assert (await lab.load(case)).state == "suspended"
    await lab.restored(case)


async def test_a_firewall_turned_off_under_the_order_leaves_it_configured(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan finds it on; by the time it is read back somebody turned it off."""
    begin = Steps._begin

    async def turned_off(
        self: Steps, row: stored.StepRow, state: StepState, **changes: object
    ) -> stored.StepRow:
        if row.means == "protocol_limit":
            lab.cluster.firewall["enable"] = 0
        return await begin(self, row, state, **changes)

    monkeypatch.setattr(Steps, "_begin", turned_off)
    case = await ordered(lab, "protocol_limit", ports=("both:tcp:6667",), state="configured")
    assert ["firewall is off" in one.why for one in case.unproven] == [True]
    assert case.started_at is None
    lab.cluster.firewall["enable"] = 1
    await lab.part.watch.configurations()
    await lab.part.runner.effect_proofs.look()
    case = await lab.load(case)
    assert (case.state, case.unproven) == ("suspended", ())
    assert case.started_at is not None
    assert (await shown(lab, case))[0].endswith("in force")


async def test_a_filter_is_in_force_while_the_nodes_service_is_known_to_run(lab: Lab) -> None:
    """Not known is configured; known to run is in force; known to be stopped is drift."""
    vmid = a_guest(lab)
    node = lab.cluster.nodes[lab.guest(vmid).node]
    unknown = lab.simulator.world.faults.add(Fault("odd", "/services$", body=b'{"data":[]}'))
    case = await ordered(lab, "vm_public_ip_off", state="configured")
    assert [f"{node.name}: pve-firewall" in one.why for one in case.unproven] == [True]
    assert case.started_at is None
    await lab.part.runner.effect_proofs.look()
    assert (await lab.load(case)).state == "configured"
    lab.simulator.world.faults.remove(unknown)
    await lab.part.runner.effect_proofs.look()
    case = await lab.load(case)
    assert (case.state, case.unproven) == ("suspended", ())
    assert case.started_at is not None
    node.pve_firewall = False
    await lab.part.watch.configurations()
    case = await lab.load(case)
    assert case.state == "drifting"
    assert ["pve-firewall (dead)" in row.what for row in case.drift] == [True]
    node.pve_firewall = True
    await lab.part.watch.configurations()
    assert (await lab.load(case)).state == "suspended"
    await lab.restored(case)


def watched(lab: Lab, vmid: int) -> Probe:
    """A probe of that guest's own, as the configuration has it."""
    probe = Probe(
        name="web", tenant="acme", target="tcp://192.0.2.9:443", instance=f"{CLUSTER}/{vmid}"
    )
    config = msgspec.structs.replace(lab.context.config, probes=(probe,))
    lab.part.runner.effect_proofs.context = dataclasses.replace(lab.context, config=config)
    return probe


async def observe(lab: Lab, probe: Probe, state: str, number: int) -> None:
    """The probe saw the guest in that state, well after what was carried out."""
    at = micros(lab.now() + 2 * PROBE_TIME)
    async with lab.context.writer.change(TESTER) as change:
        entry = await change.record(PREPARED, [], {})
        await change.put(OBSERVERS, [Observer(f"probe:acme/{probe.name}", 0, at, False)])
        seen = ObservedState(number, f"guest:{probe.instance}", at, at, state, "", entry)
        await change.put(LEDGER, [seen])


async def test_a_probe_that_still_reaches_a_guest_is_believed_before_its_settings(
    lab: Lab,
) -> None:
    case = await ordered(lab, "vm_cut_network", state="suspended")
    probe = watched(lab, a_guest(lab))
    await observe(lab, probe, "up", 1)
    await lab.part.runner.effect_proofs.look()
    case = await lab.load(case)
    assert case.state == "configured"
    assert "a probe still reaches it" in case.unproven[0].why
    before = len(await stored.steps_of(lab.context.writer, case.id))
    await lab.part.runner.effect_proofs.look()
    assert (await lab.load(case)).unproven == case.unproven
    assert len(await stored.steps_of(lab.context.writer, case.id)) == before
    await observe(lab, probe, "down", 2)
    await lab.part.runner.effect_proofs.look()
    case = await lab.load(case)
    assert (case.state, case.unproven) == ("suspended", ())
    rows = await stored.steps_of(lab.context.writer, case.id)
    assert {row.proof for row in rows if row.means == "vm_cut_network"} == {"probe"}
    assert {row.proof for row in rows if row.means == "barrier"} == {"read-back"}


async def test_a_probe_proves_what_settings_cannot(lab: Lab) -> None:
    vmid = a_guest(lab)
    lab.guest(vmid).config["hostpci0"] = "0000:01:00.0"
    case = await ordered(lab, "vm_cut_network", state="configured")
    await observe(lab, watched(lab, vmid), "down", 1)
    await lab.part.runner.effect_proofs.look()
    case = await lab.load(case)
    assert case.state == "suspended"
    assert case.started_at is not None


async def test_an_old_observation_proves_nothing(lab: Lab) -> None:
    vmid = a_guest(lab)
    await observe(lab, watched(lab, vmid), "down", 1)
    lab.guest(vmid).config["hostpci0"] = "0000:01:00.0"
    lab.clock.leap(3 * PROBE_TIME)
    case = await ordered(lab, "vm_cut_network", state="configured")
    await lab.part.runner.effect_proofs.look()
    assert (await lab.load(case)).state == "configured"


async def test_the_barrier_alone_is_a_means_of_its_own(lab: Lab) -> None:
    case = await lab.draft("service-threat", means=(), vmids=(a_guest(lab),))
    case = await lab.state(await lab.ordered(case), "suspended")
    assert case.started_at is not None
    assert "NoAccess" in str(lab.cluster.access.acl[f"/vms/{a_guest(lab)}"])
    assert "link_down" not in str(lab.guest(a_guest(lab)).config["net0"])
    await lab.restored(case)


async def test_no_means_implies_the_barrier(lab: Lab) -> None:
    vmid = a_guest(lab)
    case = await lab.draft("service-threat", vmids=(vmid,), barred=False)
    before = dict(lab.cluster.access.acl.get(f"/vms/{vmid}", {}))
    case = await lab.state(await lab.ordered(case), "suspended")
    assert dict(lab.cluster.access.acl.get(f"/vms/{vmid}", {})) == before
    assert lab.guest(vmid).running
