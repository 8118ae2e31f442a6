"""What of the register's pools cannot be meant so: a pool that two clients name, one nobody has."""

from collections.abc import Iterator, Sequence

from noc_tui import register
from noc_tui.commands.failure import CommandFailure
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.register import RegisterTenant
from noc_tui.register.resolution import Pool
from noc_tui.text import visible
from storage import inventory
from storage.connection import Readable


def contested_pools(config: Configuration) -> list[str]:
    """Return a sentence for each pool that several clients name, on the clusters that are
    configured: its guests would count for none of them.
    """
    tenants = _register(config)
    clusters = [cluster.name for cluster in config.clusters]
    meant = [pool for tenant in tenants for name in tenant.pools for pool in _meant(name, clusters)]
    text = _("pool {pool} is named by {tenants}: its guests count for none of them")
    return [
        text.format(pool=visible("/".join(pool)), tenants=visible(", ".join(ids)))
        for pool, ids in register.resolve(tenants, meant).contested
    ]


def unknown_pools(config: Configuration) -> Iterator[str]:
    """Yield a sentence for each pool that no cluster has, where every cluster was seen before."""
    known = _known_pools(config)
    if known is None:
        return
    text = _("{tenant}: pool {pool} is in no cluster")
    for tenant, name in register.resolve(_register(config), known).unknown:
        yield text.format(tenant=visible(tenant), pool=visible(name))


def _register(config: Configuration) -> Sequence[RegisterTenant]:
    """The register; one that cannot be read is told of elsewhere."""
    if config.register is None:
        return ()
    try:
        return register.read(config.register.file)
    except register.RegisterError:
        return ()


def _meant(name: str, clusters: Sequence[str]) -> list[Pool]:
    """The pools that a name means: `cluster:pool`, or the pool of that name on every cluster."""
    cluster, colon, pool = name.partition(":")
    if colon and cluster in clusters:
        return [(cluster, pool)]
    return [(one, name) for one in clusters]


def _known_pools(config: Configuration) -> list[Pool] | None:
    """The pools of all clusters as they were last seen; None where that is not known of each."""

    async def look(db: Readable) -> tuple[set[str], list[Pool]]:
        seen = {row.cluster for row in await inventory.SOURCES.read(db) if row.seen_at is not None}
        return seen, [(row.cluster, row.name) for row in await inventory.POOLS.read(db)]

    try:
        seen, pools = read(config, look)
    except CommandFailure:
        return None
    return pools if {cluster.name for cluster in config.clusters} <= seen else None
