"""`node-failure` and `quorum-loss`: the hoster's own machines fail."""

from noc_tui.simulator import machines
from noc_tui.simulator.scenarios.stage import HOUR, MINUTE, Stage


def node_failure(stage: Stage) -> None:
    """After a minute a node loses power for forty; later one hangs for ten, and one its storage.

    Guests under HA are recovered elsewhere within minutes, the others come back with their node.
    """
    world, cluster = stage.world, stage.first
    nodes = list(cluster.nodes)
    dead, hung = nodes[-1], nodes[len(nodes) // 2]
    stage.at(MINUTE, machines.kill_node, world, cluster, dead)
    stage.at(41 * MINUTE, machines.revive_node, world, cluster, dead)
    stage.at(2 * HOUR, machines.freeze_node, cluster, hung)
    stage.at(2 * HOUR + 10 * MINUTE, machines.thaw_node, cluster, hung)
    stage.at(4 * HOUR, machines.lose_storage, cluster, "ceph-vm", nodes[0])
    stage.at(4 * HOUR + 8 * MINUTE, machines.regain_storage, cluster, "ceph-vm", nodes[0])


def quorum_loss(stage: Stage) -> None:
    """After a minute the first cluster falls apart for fifteen, and again some hours later."""
    for begin in (MINUTE, 4 * HOUR):
        stage.at(begin, machines.lose_quorum, stage.world, stage.first)
        stage.at(begin + 15 * MINUTE, machines.regain_quorum, stage.world, stage.first)
