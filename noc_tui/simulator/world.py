"""The whole simulated world: two clusters, their backup servers, and what is to happen to them."""

from collections import Counter, deque
from dataclasses import dataclass, field

from noc_tui.clock import Clock
from noc_tui.simulator.data import Encoded
from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.faults import Faults
from noc_tui.simulator.ha import HaManager
from noc_tui.simulator.model.backups import BackupServer
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.options import Options
from noc_tui.simulator.terminal import Terminal
from noc_tui.simulator.tickets import Tickets
from noc_tui.simulator.timeline import Timeline


@dataclass(slots=True)
class Outside:
    """The way from outside: tenants (by slug) and sites that it does not reach.

    `prober_cut_off` is the prober's own link: everything falls silent, the canaries too.
    """

    cut: set[str] = field(default_factory=set)
    sites_cut: set[str] = field(default_factory=set)
    prober_cut_off: bool = False


@dataclass(slots=True)
class World:
    """Moves on with `clock`: call `advance` before looking."""

    options: Options
    clock: Clock
    timeline: Timeline
    tickets: Tickets
    tenants: tuple[Tenant, ...] = ()
    clusters: dict[str, Cluster] = field(default_factory=dict)
    backups: dict[str, BackupServer] = field(default_factory=dict)
    outside: Outside = field(default_factory=Outside)
    ha: HaManager = field(default_factory=HaManager)
    faults: Faults = field(default_factory=Faults)
    requests: Counter[str] = field(default_factory=Counter)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=100))
    """Seconds that the last answers kept their clients waiting, before `delay_scale`."""
    terminals: dict[str, Terminal] = field(default_factory=dict)
    """Consoles that were asked for, by their ticket."""
    written: dict[tuple[str, str, str], tuple[object, Encoded]] = field(default_factory=dict)

    def advance(self) -> float:
        """Play everything up to the clock's present, and return that instant."""
        self.timeline.advance(self.clock.now().timestamp())
        return self.timeline.now

    def count(self, where: str, verb: str, path: str) -> None:
        """Count a request that reached a call: `rennes GET /cluster/status`."""
        self.requests[f"{where} {verb} {path}"] += 1

    def backups_of(self, cluster: str) -> BackupServer:
        """The server that keeps a cluster's guests."""
        return next(one for one in self.backups.values() if one.guests_of == cluster)
