"""The privilege with which a guest's agent is asked, by the version of the cluster."""

from noc_tui.simulator.calls import Call


def agent_check(call: Call, /) -> None:
    """`VM.Monitor` until every node runs 9, then `VM.GuestAgent.Audit`: roles are the cluster's."""
    name = "VM.GuestAgent.Audit" if call.cluster.upgraded else "VM.Monitor"
    call.need(f"/vms/{call.path['vmid']}", name)
