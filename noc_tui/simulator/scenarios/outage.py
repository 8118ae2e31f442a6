"""`tenant-outage`: clients lose what they pay for, for different reasons."""

from collections.abc import Iterable

from noc_tui.simulator import machines, power_requests
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.scenarios.stage import HOUR, MINUTE, Stage


def tenant_outage(stage: Stage) -> None:
    """One client loses its connectivity, one all its machines, one stops its own.

    The first is cut off for 52 minutes, past the month's budget; the second's machines crash for
    twelve; the third's own administrator stops everything for half an hour. Later the prober
    itself is cut off, when nobody is down.
    """
    outside = stage.world.outside
    cut, crashed, own = (stage.tenant(number) for number in range(3))
    stage.at(MINUTE, outside.cut.add, cut.slug)
    stage.at(53 * MINUTE, outside.cut.discard, cut.slug)
    for cluster in stage.clusters:
        crashing, stopping = stage.guests(crashed, cluster), stage.guests(own, cluster)
        stage.at(3 * MINUTE, _crash_all, stage, cluster, crashing)
        stage.at(15 * MINUTE, _start_all, stage, cluster, crashing, "root@pam")
        stage.at(30 * MINUTE, _stop_all, stage, cluster, stopping, own.user)
        stage.at(HOUR, _start_all, stage, cluster, stopping, own.user)
    stage.at(3 * HOUR, setattr, outside, "prober_cut_off", True)
    stage.at(3 * HOUR + 10 * MINUTE, setattr, outside, "prober_cut_off", False)


def _crash_all(stage: Stage, cluster: Cluster, guests: Iterable[Guest]) -> None:
    """All at once; HA is told to leave them alone, as an administrator in trouble would."""
    for guest in guests:
        if guest.sid in cluster.ha:
            cluster.ha[guest.sid].state = "ignored"
        if guest.running:
            machines.crash_guest(stage.world, cluster, guest.vmid)


def _stop_all(stage: Stage, cluster: Cluster, guests: Iterable[Guest], user: str) -> None:
    for guest in guests:
        if guest.running:
            power_requests.stop(stage.world, cluster, guest, user)


def _start_all(stage: Stage, cluster: Cluster, guests: Iterable[Guest], user: str) -> None:
    """HA, where it was told to leave them alone, is put in charge again."""
    for guest in guests:
        if guest.sid in cluster.ha:
            cluster.ha[guest.sid].state = "stopped"
        if not guest.running and guest.config.get("onboot"):
            power_requests.start(stage.world, cluster, guest, user)
