"""The means of a suspension, as steps that can be repeated, verified and undone.

    parts = {"ha", "acl", "firewall"}                          # firewall only for a filter
    record = await observe(gateway, GuestPlace("pve1", "qemu", 101), parts)
    journal(record)                                            # before anything changes

    clients = [Principal.parse("client@pve"), Principal.parse("@clients")]
    plan = plan_barrier(record, clients, ours=gateway.accounts)
    plan = plan_cut_network(record)       # or plan_stop, plan_port_filter, plan_public_cut
    plan.obstacles                                             # why it cannot be done, if so
    rehearse(plan.steps, record)                               # every call, none made;
    rehearse_back(plan.steps, record)                          # and those of the restoration
    journal(plan.steps)

    for step in plan.steps:
        outcome = await apply(step, record, gateway, before_write=journal_intent)
        while outcome.again:                                   # locked, unreachable, waiting, …
            await clock.sleep(…)
            outcome = (
                await settle(step, record, gateway, outcome.upid)
                if outcome.upid else await apply(step, record, gateway)
            )

    await check_steps(plan.steps, record, gateway)             # drift: any finding not `done`
    await find_drift(plan.steps, record, gateway, guest, …)    # the same for one request

    for step in inverse(plan.steps, record):                   # restoration, the same way
        await apply(step, record, gateway)

The barrier's steps come first on suspension; their inverse comes last on restoration. After a crash
at any point: read record and steps from the journal, and `apply` from the first step on; what was
done is found done. `StepOutcome` says what each kind means, `NOTES` has the texts of the notes.
Source of calls, inverses and failure modes: the API of 8.4 and 9.x.
"""

from noc_tui.cluster.actions.acl import Principal
from noc_tui.cluster.actions.check import DOUBTS, NOTES, StepFinding, StepNote, Write
from noc_tui.cluster.actions.drift_check import find_drift
from noc_tui.cluster.actions.dry_run import rehearse, rehearse_back
from noc_tui.cluster.actions.execute import (
    StepOutcome,
    apply,
    check_steps,
    settle,
)
from noc_tui.cluster.actions.netline import NetLine
from noc_tui.cluster.actions.plan import (
    ActionPlan,
    ActionStep,
    inverse,
    plan_barrier,
    plan_cut_network,
    plan_port_filter,
    plan_public_cut,
    plan_stop,
)
from noc_tui.cluster.actions.read_state import observe, read_cluster_parts, read_guest
from noc_tui.cluster.actions.state import GuestIdentity, GuestState

__all__ = [
    "DOUBTS",
    "NOTES",
    "ActionPlan",
    "ActionStep",
    "GuestIdentity",
    "GuestState",
    "NetLine",
    "Principal",
    "StepFinding",
    "StepNote",
    "StepOutcome",
    "Write",
    "apply",
    "check_steps",
    "find_drift",
    "inverse",
    "observe",
    "plan_barrier",
    "plan_cut_network",
    "plan_port_filter",
    "plan_public_cut",
    "plan_stop",
    "read_cluster_parts",
    "read_guest",
    "rehearse",
    "rehearse_back",
    "settle",
]
