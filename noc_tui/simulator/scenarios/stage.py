"""What the scripts of scenarios are written with: a cast, a clock, and dice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from noc_tui.simulator.dice import Dice
from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.world import World

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
DRAWS = 50
"""How often a guest is drawn until one fits."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`at` counts from the moment at which the simulator was started."""

    world: World
    dice: Dice
    begun: float

    @classmethod
    def of(cls, world: World) -> "Stage":
        dice = Dice.named(world.options.seed, "scenario", world.options.scenario)
        return cls(world, dice, world.timeline.now)

    @property
    def first(self) -> Cluster:
        """The larger cluster."""
        return next(iter(self.world.clusters.values()))

    @property
    def clusters(self) -> list[Cluster]:
        return list(self.world.clusters.values())

    def at(self, seconds: float, event: Callable[..., object], *arguments: object) -> None:
        """Let `event(*arguments)` happen that long after the start."""
        call = partial(event, *arguments)
        self.world.timeline.at(self.begun + seconds, lambda: _done(call))

    def every(self, seconds: float, event: Callable[[], None], first: float) -> None:
        self.world.timeline.every(seconds, event, self.begun + first)

    def tenant(self, number: int) -> Tenant:
        """A client of the first cluster, the largest ones first."""
        here = [one for one in self.world.tenants if self.first.name in one.clusters]
        ranked = sorted(here, key=lambda one: -len(self.guests(one)))
        return ranked[number % len(ranked)]

    def guests(self, tenant: Tenant, cluster: Cluster | None = None) -> list[Guest]:
        """A client's guests on a cluster."""
        where = cluster or self.first
        return list(where.guests_in(tenant.pool))

    def some_guest(self, cluster: Cluster, *, running: bool = True) -> Guest | None:
        """A guest of a client, chosen by the dice, that nothing holds at the moment."""
        numbers = list(cluster.guests)
        drawn = (cluster.guests[self.dice.choice(numbers)] for _ in range(DRAWS))
        fit = (one for one in drawn if one.running == running and _at_ease(cluster, one))
        return next(fit, None)

    def owner(self, guest: Guest) -> Tenant | None:
        return next((one for one in self.world.tenants if one.pool == guest.pool), None)


def _at_ease(cluster: Cluster, guest: Guest) -> bool:
    """Whether it is a client's, and nothing holds it at the moment."""
    return (
        guest.pool not in ("", "infra")
        and not guest.lock
        and not guest.template
        and cluster.nodes[guest.node].online
        and guest.busy_until <= cluster.now
    )


def _done(call: Callable[[], object]) -> None:
    call()
