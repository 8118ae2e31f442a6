"""What happens in the simulated estate, by name: seeded scripts in simulated time."""

from collections.abc import Callable

from noc_tui.simulator.scenarios import abuse, backup_trouble, failures, ordinary, outage
from noc_tui.simulator.scenarios.stage import Stage
from noc_tui.simulator.world import World

_PLAYS: dict[str, Callable[[Stage], None]] = {
    "calm": lambda _stage: None,
    "day": ordinary.day,
    "node-failure": failures.node_failure,
    "quorum-loss": failures.quorum_loss,
    "tenant-outage": outage.tenant_outage,
    "backup-trouble": backup_trouble.backup_trouble,
    "abuse": abuse.abuse,
}


def play(world: World) -> None:
    """Put the chosen scenario on the timeline."""
    _PLAYS[world.options.scenario](Stage.of(world))
