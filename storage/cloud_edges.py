"""Our end of tenants' VPNs and the firewalls in front of them, and whether they answer."""

from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class CloudEdge(msgspec.Struct, frozen=True):
    """An endpoint to probe; `kind`: vpn, firewall. It is watched until `ended_at`, where set."""

    tenant: str
    kind: str
    target: str
    account: str
    watched_from: datetime
    ended_at: datetime | None


class EdgeState(msgspec.Struct, frozen=True):
    """What probes of an endpoint found; `state`: answers, silent, unknown, since then.

    `failures` in a row up to now, `failing_since` the first of them; `reason` is the last probe's
    word.
    """

    tenant: str
    kind: str
    target: str
    state: str
    since: datetime
    checked_at: datetime
    failures: int
    failing_since: datetime | None
    reason: str


CLOUD_EDGES = Table("cloud_edge", CloudEdge, ["tenant", "kind", "target"], binding=Binding.RECORDED)
EDGE_STATES = Table(
    "edge_state",
    EdgeState,
    ["tenant", "kind", "target"],
    binding=Binding.RECORDED,
    unbound=["checked_at", "failures", "failing_since", "reason"],
)
EDGE_SEEN = "promise.edge_seen"
"""The kind of the entries about what an endpoint was found to do, or that it is watched no more."""


async def watched_edges(db: Readable) -> list[CloudEdge]:
    """The endpoints that are watched now."""
    return await CLOUD_EDGES.where(db, "ended_at IS NULL ORDER BY tenant, kind, target")
