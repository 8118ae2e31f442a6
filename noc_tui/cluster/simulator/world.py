"""The whole simulated world: two clusters, their backup servers, and what is to happen to them."""

from collections import Counter
from dataclasses import dataclass, field

from noc_tui.clock import Clock
from noc_tui.cluster.simulator.calls import Encoded
from noc_tui.cluster.simulator.faults import Faults
from noc_tui.cluster.simulator.ha import HaManager
from noc_tui.cluster.simulator.model.cluster import Cluster
from noc_tui.cluster.simulator.options import Options
from noc_tui.cluster.simulator.tickets import Tickets
from noc_tui.cluster.simulator.timeline import Timeline


@dataclass(slots=True)
class World:
    """Moves on with `clock`: call `advance` before looking."""

    options: Options
    clock: Clock
    timeline: Timeline
    tickets: Tickets
    clusters: dict[str, Cluster] = field(default_factory=dict)
    ha: HaManager = field(default_factory=HaManager)
    faults: Faults = field(default_factory=Faults)
    requests: Counter[str] = field(default_factory=Counter)
    written: dict[tuple[str, str, str], tuple[object, Encoded]] = field(default_factory=dict)

    def advance(self) -> float:
        """Play everything up to the clock's present, and return that instant."""
        self.timeline.advance(self.clock.now().timestamp())
        return self.timeline.now

    def count(self, where: str, verb: str, path: str) -> None:
        """Count a request that reached a call: `rennes GET /cluster/status`."""
        self.requests[f"{where} {verb} {path}"] += 1
