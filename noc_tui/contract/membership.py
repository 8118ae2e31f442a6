"""Membership that would change in silence (R40): pools below a tenant's, tenants that lose all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Pool = tuple[str, str]
"""(cluster, pool)."""


def find_nested(owners: Mapping[Pool, str], pools: Iterable[Pool]) -> list[tuple[Pool, str]]:
    """Return the pools that lie below a tenant's pool and that nobody names, each with that tenant:
    their guests belong to no one.
    """
    found = []
    for cluster, name in sorted(set(pools)):
        if (cluster, name) in owners:
            continue
        above = name.rpartition("/")[0]
        while above and (cluster, above) not in owners:
            above = above.rpartition("/")[0]
        if above:
            found.append(((cluster, name), owners[cluster, above]))
    return found


def find_left_out(
    running: Iterable[Pool], before: Mapping[Pool, str], after: Mapping[Pool, str]
) -> dict[str, int]:
    """Return the tenants that would have none of the guests that run, and how many they have.

    `running` are the pools of these guests, one for each; `before` and `after` whose each pool is.
    """
    pools: Sequence[Pool] = list(running)
    held = Counter(before[pool] for pool in pools if pool in before)
    kept = {after[pool] for pool in pools if pool in after}
    return {tenant: number for tenant, number in sorted(held.items()) if tenant not in kept}
