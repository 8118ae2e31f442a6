"""The last hour of a tenant: how much of its guests' processors was in use, minute by minute."""

from collections.abc import Mapping, Sequence

from storage.load_history import MINUTES, PoolLoad

PoolHours = Mapping[tuple[str, str], Sequence[PoolLoad | None]]
"""By cluster and pool, the oldest minute first; None is a gap."""
_HUNDREDTHS = 100


def tenant_hour(pools: Sequence[str], hours: PoolHours, vcpus: float | None) -> list[float | None]:
    """Return the cores in use in percent of the guests' `vcpus`; `pools` are `cluster/pool`.

    A minute in which any of the pools was not seen is a gap, as is all of it without `vcpus`.
    """
    places = [pool.partition("/")[::2] for pool in pools]
    known = [hours[place] for place in places if place in hours]
    if not known or not vcpus:
        return []
    return [_share([hour[at] for hour in known], vcpus) for at in range(MINUTES)]


def _share(loads: Sequence[PoolLoad | None], vcpus: float) -> float | None:
    seen = [load.cores for load in loads if load is not None]
    return sum(seen) / _HUNDREDTHS / vcpus * 100 if len(seen) == len(loads) else None
