"""A cut and a stop under HA, there and back, on 8.4, on 9.2 and in the middle of an upgrade."""

import pytest

from noc_tui.cluster.actions import GuestState
from noc_tui.cluster.actions.check import StepNote
from noc_tui.cluster.actions.plan import inverse, plan_cut_network, plan_stop
from noc_tui.cluster.actions.read_state import observe
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.options import Options
from tests.cluster.actions.conftest import Lab, ref

pytestmark = pytest.mark.anyio


def running(pve: str) -> Options:
    return Options(guests=60, tenants=6, delay_scale=0, pve=pve)


async def state_of(lab: Lab, guest: Guest) -> GuestState:
    return await observe(lab.gateway, ref(guest), ("ha", "managers", "acl"))


@pytest.mark.parametrize("options", [running("8.4"), running("9.2"), running("mixed")])
async def test_what_is_restored_is_what_was_there(lab: Lab) -> None:
    guest = lab.guest(ha=True)
    before = await state_of(lab, guest)
    for plan in (plan_cut_network(before), plan_stop(before)):
        assert plan.obstacles == ()
        done = await lab.through(plan.steps, before)
        assert all(outcome.settled for outcome in done), done
        back = await lab.through(inverse(plan.steps, before), before)
        assert all(outcome.settled for outcome in back), back
    after = await state_of(lab, guest)
    assert (after.config, after.status) == (before.config, before.status)
    assert after.ha is not None
    assert before.ha is not None
    assert after.ha.state == before.ha.state


@pytest.mark.parametrize("options", [running("9.2")])
async def test_a_stop_that_a_disarmed_ha_leaves_undone_says_so(lab: Lab) -> None:
    guest = lab.guest(ha=True)
    lab.cluster.armed, lab.cluster.resource_mode = "disarmed", "freeze"
    record = await state_of(lab, guest)
    plan = plan_stop(record)
    assert StepNote("ha_disarmed", "freeze") in plan.notes
    asked = await lab.one(plan.steps[0], record)
    waited = await lab.one(plan.steps[1], record, rounds=6)
    assert (asked.settled, waited.kind) == (True, "waiting")
    assert StepNote("ha_disarmed", "freeze") in waited.notes
    lab.cluster.armed = "armed"
    assert (await lab.one(plan.steps[1], record)).settled
    assert not guest.running
