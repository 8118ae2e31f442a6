"""`abuse`: a guest sends spam, another is attacked, and a client will not let itself be stopped."""

from functools import partial

from noc_tui.simulator import machines, power_requests
from noc_tui.simulator.model.guest import Guest, Surge
from noc_tui.simulator.scenarios.stage import HOUR, MINUTE, Stage

MEGABYTE = 1e6


def abuse(stage: Stage) -> None:
    """After a minute spam goes out; later an attack comes in.

    Whoever stops the sender without a barrier sees its owner start it again within minutes.
    """
    sender, target = _machine(stage, 0), _machine(stage, 1)
    now = stage.begun
    spam = Surge(now + MINUTE, cpu=0.45, net_in=0.3 * MEGABYTE, net_out=38 * MEGABYTE)
    flood = Surge(now + 2 * HOUR, cpu=0.4, net_in=110 * MEGABYTE, net_out=2 * MEGABYTE)
    stage.at(MINUTE, machines.surge, stage.first, sender.vmid, spam)
    stage.at(MINUTE, _note, stage, sender)
    stage.at(2 * HOUR, machines.surge, stage.first, target.vmid, flood)
    stage.at(3 * HOUR, machines.surge, stage.first, target.vmid, None)
    stage.every(4 * MINUTE, partial(_insist, stage, sender, spam), first=6 * MINUTE)


def _machine(stage: Stage, number: int) -> Guest:
    guests = stage.guests(stage.tenant(number))
    running = [guest for guest in guests if guest.running and guest.kind == "qemu"]
    return (running or guests)[0]


def _note(stage: Stage, guest: Guest) -> None:
    text = f"firewall: {guest.vmid} 4 tap{guest.vmid}i0-OUT: many connections to port 25"
    stage.first.note(guest.node, "root@pam", text, tag="pvefw-logger")


def _insist(stage: Stage, guest: Guest, spam: Surge) -> None:
    """Its owner starts it again, as far as the owner's rights go."""
    cluster, tenant = stage.first, stage.owner(guest)
    if tenant is None or guest.vmid not in cluster.guests:
        return
    allowed = cluster.access.has(tenant.user, f"/vms/{guest.vmid}", "VM.PowerMgmt")
    if guest.running or guest.lock or not allowed or not cluster.quorate:
        return
    power_requests.start(stage.world, cluster, guest, tenant.user)
    cluster.timeline.after(MINUTE, partial(_again, stage, guest, spam))


def _again(stage: Stage, guest: Guest, spam: Surge) -> None:
    if guest.running:
        since = stage.world.timeline.now
        load = Surge(since, spam.cpu, spam.net_in, spam.net_out)
        machines.surge(stage.first, guest.vmid, load)
