"""Membership that would change in silence (R40): tenants that lose all their guests."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Pool = tuple[str, str]
"""(cluster, pool)."""


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
