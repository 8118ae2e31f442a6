"""What a simulated estate is made from."""

from dataclasses import dataclass

from noc_tui.simulator.model.versions import OLD, PVE

SCENARIOS = (
    "calm",
    "day",
    "node-failure",
    "quorum-loss",
    "tenant-outage",
    "backup-trouble",
    "abuse",
)


@dataclass(frozen=True, slots=True)
class Options:
    """The estate and how patient its daemons are.

    `delay_scale` multiplies the seconds that the real daemons let a client wait (3 s after a bad
    token, 30 s for a frozen node): 0 in tests. `task_scale` does so for how long tasks take, in
    simulated time. `endpoints` is how many nodes of each cluster can be asked directly.
    `pve` is the version of Proxmox VE, `mixed` a cluster in the middle of its upgrade.
    """

    guests: int = 120
    tenants: int = 12
    seed: int = 1
    scenario: str = "calm"
    port: int = 0
    hostile: bool = False
    endpoints: int = 2
    delay_scale: float = 1.0
    task_scale: float = 1.0
    probe_targets: int = 500
    pve: str = OLD

    def __post_init__(self) -> None:
        if self.pve not in PVE:
            raise ValueError(f"pve {self.pve!r} is none of {', '.join(PVE)}")
        if self.scenario not in SCENARIOS:
            raise ValueError(f"scenario {self.scenario!r} is none of {', '.join(SCENARIOS)}")
        if self.guests < 2:
            raise ValueError(f"guests is at least 2, not {self.guests}")
        if not 1 <= self.tenants <= self.guests:
            raise ValueError(f"tenants is between 1 and {self.guests} (guests), not {self.tenants}")
        if not 0 <= self.port <= 65000:
            raise ValueError(f"port is between 0 and 65000, not {self.port}")
