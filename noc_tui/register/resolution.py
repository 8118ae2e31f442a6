"""Resolves pools to tenants: the register against the pools that exist (R4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from noc_tui.register.values import RegisterTenant

Pool = tuple[str, str]
"""(cluster, pool)."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """`owners` gives the tenant of each pool; the rest is shown to people, not dropped.

    `unknown` are (tenant, pool as written) that no cluster has; `orphans` are pools without a
    tenant; `contested` are pools that more than one tenant names, which belong to none. A pool
    that nobody names is whose the pool above it is, as Proxmox's own rights are (`inherited`).
    """

    owners: dict[Pool, str]
    unknown: tuple[tuple[str, str], ...]
    orphans: tuple[Pool, ...]
    contested: tuple[tuple[Pool, tuple[str, ...]], ...] = ()
    inherited: tuple[tuple[Pool, str], ...] = ()

    def of(self, tenant: str) -> tuple[Pool, ...]:
        """The pools of that tenant, in order."""
        return tuple(sorted(pool for pool, owner in self.owners.items() if owner == tenant))


def resolve(tenants: Sequence[RegisterTenant], pools: Iterable[Pool]) -> Resolution:
    """Match names: `pool` is that pool on every cluster, `cluster:pool` the one on that cluster."""
    live = sorted(set(pools))
    meant = _by_name(live)
    claims: dict[Pool, list[str]] = {}
    unknown: list[tuple[str, str]] = []
    for tenant in tenants:
        for written in tenant.pools:
            found = meant.get(written, ())
            for pool in found:
                claims.setdefault(pool, []).append(tenant.id)
            if not found:
                unknown.append((tenant.id, written))
    named = {pool: sorted(set(ids)) for pool, ids in claims.items()}
    owned = named | _list_inherited(named, live)
    return Resolution(
        owners={pool: ids[0] for pool, ids in owned.items() if len(ids) == 1},
        unknown=tuple(unknown),
        orphans=tuple(pool for pool in live if pool not in owned),
        contested=tuple((pool, tuple(ids)) for pool, ids in owned.items() if len(ids) > 1),
        inherited=tuple(
            (pool, ids[0]) for pool, ids in owned.items() if len(ids) == 1 and pool not in named
        ),
    )


def _list_inherited(named: Mapping[Pool, list[str]], live: Sequence[Pool]) -> dict[Pool, list[str]]:
    """The pools that nobody names below one that somebody does: whose the nearest above them is."""
    found: dict[Pool, list[str]] = {}
    for cluster, pool in live:
        above = pool
        while above and (cluster, above) not in named:
            above = above.rpartition("/")[0]
        if above and above != pool:
            found[cluster, pool] = named[cluster, above]
    return found


def _by_name(live: Sequence[Pool]) -> dict[str, list[Pool]]:
    """The pools that each way of writing means: `pool`, and `cluster:pool`."""
    meant: dict[str, list[Pool]] = {}
    for pool in live:
        meant.setdefault(pool[1], []).append(pool)
        meant.setdefault(":".join(pool), []).append(pool)
    return meant
